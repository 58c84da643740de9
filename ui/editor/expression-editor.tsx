// Where an expression is written: highlighted, completed, errors underlined, as this person prefers.
import { closeBrackets } from '@codemirror/autocomplete';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { diagnosticCount } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, placeholder as placeholderText, tooltips } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { LanguageType, promQLLanguage } from '@prometheus-io/codemirror-promql';
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { usePreferences } from '../preferences/preferences.ts';
import { styleNonce } from '../server/style-nonce.ts';
import { completion } from './completion.ts';
import { editorKeys } from './editor-keys.ts';
import { DARK, editorTheme } from './editor-theme.ts';
import { expressionLinter } from './expression-linter.ts';
import { promqlHighlighter } from './promql-highlighter.ts';

export interface EditorHandle {
  /** Puts `text` where the cursor is, in place of what is selected. */
  insert(text: string): void;
}

interface Props {
  readonly ref?: Ref<EditorHandle>;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Enter: with the text as it stands, which `value` may not be yet. */
  readonly onExecute: (text: string) => void;
  /** Queries that completion offers, newest first. */
  readonly history: readonly string[];
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
}

/** What is switched while the editor stands. */
interface Switches {
  readonly completion: Compartment;
  readonly highlighting: Compartment;
  readonly linting: Compartment;
  readonly scheme: Compartment;
  readonly placeholder: Compartment;
}

export function ExpressionEditor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  const switches = useRef<Switches>(null);
  switches.current ??= newSwitches();
  const { completion: completes, highlighting, linting } = usePreferences();
  const dark = useComputedColorScheme('light') === 'dark';
  const { value, placeholder = '' } = props;

  useLayoutEffect(() => {
    latest.current = props;
  });

  useLayoutEffect(() => {
    const { value, autoFocus } = latest.current;
    const made = new EditorView({
      state: EditorState.create({
        doc: value,
        selection: { anchor: value.length },
        extensions: extensionsOf(host.current!, latest, switches.current!),
      }),
      parent: host.current!,
    });
    view.current = made;
    if (autoFocus) made.focus();
    return () => made.destroy();
  }, []);

  useImperativeHandle(props.ref, () => ({
    insert: (text) => {
      view.current?.dispatch(view.current.state.replaceSelection(text));
      view.current?.focus();
    },
  }));

  useSwitch(view, switches.current.completion, completes, () => completion(() => latest.current.history));
  useSwitch(view, switches.current.highlighting, highlighting, () => syntaxHighlighting(promqlHighlighter));
  useSwitch(view, switches.current.linting, linting, expressionLinter);
  useSwitch(view, switches.current.scheme, dark, () => DARK);

  useEffect(() => {
    view.current?.dispatch({ effects: switches.current!.placeholder.reconfigure(placeholderText(placeholder)) });
  }, [placeholder]);

  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value }, selection: { anchor: value.length } });
  }, [value]);

  return <div ref={host} />;
}

function newSwitches(): Switches {
  return {
    completion: new Compartment(),
    highlighting: new Compartment(),
    linting: new Compartment(),
    scheme: new Compartment(),
    placeholder: new Compartment(),
  };
}

function useSwitch(view: { readonly current: EditorView | null }, compartment: Compartment, on: boolean, extension: () => Extension): void {
  const make = useRef(extension);
  useEffect(() => {
    view.current?.dispatch({ effects: compartment.reconfigure(on ? make.current() : []) });
  }, [view, compartment, on]);
}

function extensionsOf(host: HTMLElement, latest: { readonly current: Props }, switches: Switches): Extension {
  return [
    EditorView.cspNonce.of(styleNonce()),
    editorTheme,
    EditorView.lineWrapping,
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    promQLLanguage(LanguageType.PromQL),
    // Outside of whatever cuts off what leaves its box, yet on the page's main part.
    tooltips({ position: 'fixed', parent: host.closest('main') ?? document.body }),
    EditorView.contentAttributes.of((view) => ({
      'aria-label': 'Expression',
      'aria-invalid': diagnosticCount(view.state) > 0 ? 'true' : 'false',
      enterkeyhint: 'go',
    })),
    EditorView.updateListener.of(({ docChanged, state }) => {
      const text = docChanged ? state.doc.toString() : null;
      if (text !== null && text !== latest.current.value) latest.current.onChange(text);
    }),
    EditorView.domEventHandlers({ beforeinput: replaceSelection }),
    editorKeys((text) => latest.current.onExecute(text)),
    ...Object.values(switches).map((compartment: Compartment) => compartment.of([])),
  ];
}

/**
 * Text in place of other text. Left to themselves, browsers give it the look of what it replaces by a style attribute, which the
 * Content-Security-Policy refuses.
 */
function replaceSelection(event: InputEvent, view: EditorView): boolean {
  const { inputType, data, isComposing } = event;
  // The page's own selection: the view is told of its changes a moment later.
  const selection = document.getSelection();
  if (inputType !== 'insertText' || data === null || isComposing || view.composing) return false;
  if (selection === null || selection.isCollapsed || !view.contentDOM.contains(selection.anchorNode)) return false;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const ends = [view.posAtDOM(anchorNode!, anchorOffset), view.posAtDOM(focusNode!, focusOffset)];
  const range = { from: Math.min(...ends), to: Math.max(...ends) };
  event.preventDefault();
  view.dispatch({ selection: { anchor: range.from, head: range.to } });
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
  // Brackets and quotes stand around what was selected.
  const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, range.from, range.to, data, insert));
  if (!handled) view.dispatch(insert());
  return true;
}
