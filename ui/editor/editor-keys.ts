// Which keys do what. Tab is nobody's: it leaves the editor.
import { acceptCompletion, closeBracketsKeymap, closeCompletion, completionStatus, selectedCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { lintKeymap } from '@codemirror/lint';
import { type EditorState, type Extension, Prec } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';

/** `execute` is called with the whole text. */
export function editorKeys(execute: (text: string) => void): Extension {
  const run = (view: EditorView): boolean => {
    closeCompletion(view);
    execute(view.state.doc.toString());
    return true;
  };
  const enter = (view: EditorView): boolean => {
    // What is chosen in the list comes first, unless it stands there already.
    if (completionStatus(view.state) === 'active' && !isTyped(view.state) && acceptCompletion(view)) return true;
    return run(view);
  };
  return [
    history(),
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run },
        { key: 'Shift-Enter', run: insertNewlineAndIndent },
        { key: 'Enter', run: enter },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap]),
  ];
}

function isTyped(state: EditorState): boolean {
  const chosen = selectedCompletion(state);
  if (chosen === null || typeof chosen.apply === 'function') return false;
  const text = typeof chosen.apply === 'string' ? chosen.apply : chosen.label;
  const { head } = state.selection.main;
  const before = state.sliceDoc(head - text.length - 1, head);
  return before.endsWith(text) && !/^[\w:]/.test(before.slice(0, -text.length));
}
