// How the editor and its lists look. Colours come in pairs, as everywhere: light-dark() follows the scheme that is chosen.
import { EditorView } from '@codemirror/view';

const MONOSPACE = 'var(--mantine-font-family-monospace)';

export const editorTheme = EditorView.theme({
  // Lists and hints stand in a box of the same class.
  '&.cm-editor': {
    backgroundColor: 'light-dark(#ffffff, #1b1f22)',
    color: 'light-dark(#1f2933, #e9ecef)',
    border: '1px solid light-dark(#868e96, #7a838c)',
    borderRadius: 'var(--mantine-radius-sm)',
    fontSize: '0.875rem',
  },
  '&.cm-focused': {
    outline: '2px solid light-dark(var(--mantine-color-river-7), var(--mantine-color-river-4))',
    outlineOffset: '-1px',
  },
  '.cm-scroller': { fontFamily: MONOSPACE, lineHeight: '1.55', maxHeight: '50vh' },
  '.cm-content': { padding: '0.45rem 0', caretColor: 'light-dark(#000000, #ffffff)', minWidth: '0' },
  '.cm-line': { padding: '0 0.65rem' },
  '.cm-cursor': { borderLeftColor: 'light-dark(#000000, #ffffff)' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'light-dark(#b9e3ee, #175a6b)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'light-dark(#cfeef5, #14505f)',
    outline: '1px solid light-dark(#1f9ebb, #46b2cb)',
  },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'light-dark(#ffd8d8, #6b2020)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecoration: 'underline wavy light-dark(#c22525, #ff8787)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    backgroundColor: 'light-dark(#ffffff, #25292d)',
    color: 'light-dark(#1f2933, #e9ecef)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--mantine-radius-sm)',
    boxShadow: 'var(--mantine-shadow-md)',
    zIndex: '300',
  },
  '.cm-tooltip.cm-tooltip-below': { marginTop: '0.4rem' },
  '.cm-tooltip.cm-tooltip-above': { marginBottom: '0.4rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: MONOSPACE,
    fontSize: '0.82rem',
    maxHeight: '22em',
    maxWidth: 'min(44rem, 92vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    gap: '1.2em',
    padding: '0.22rem 0.6rem',
    minHeight: '1.5rem',
    lineHeight: '1.4',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > completion-section': {
    display: 'block',
    padding: '0.3rem 0.6rem 0.15rem',
    borderBottom: '1px solid var(--line)',
    opacity: '1',
    color: 'var(--quiet)',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '0.72rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'light-dark(var(--mantine-color-river-0), var(--mantine-color-river-9))',
    color: 'light-dark(#06323d, #ffffff)',
  },
  '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': {
    marginLeft: 'auto',
    color: 'var(--quiet)',
    fontStyle: 'normal',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '0.75rem',
    whiteSpace: 'nowrap',
  },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip.cm-completionInfo': {
    padding: '0.45rem 0.65rem',
    maxWidth: 'min(26rem, 92vw)',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '0.8rem',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-diagnostic': { padding: '0.35rem 0.65rem', fontSize: '0.8rem', maxWidth: 'min(36rem, 90vw)' },
  '.cm-diagnostic-error': { borderLeft: '4px solid light-dark(#c22525, #ff8787)' },
});

/** Tells CodeMirror's own styles which of theirs to take. */
export const DARK = EditorView.darkTheme.of(true);
