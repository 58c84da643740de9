// Underlines what is wrong with an expression: as the server would say it, without asking it.
import { type Diagnostic, linter } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { readExpression } from './expression-problem.ts';

const AFTER_MS = 300;

export function expressionLinter(): Extension {
  return linter(({ state }) => diagnosticsOf(state.doc.toString()), { delay: AFTER_MS });
}

/** One at most, since the parser stops at the first. A text that is empty is no mistake. */
export function diagnosticsOf(text: string): Diagnostic[] {
  if (text.trim() === '') return [];
  const read = readExpression(text);
  if ('expr' in read) return [];
  const { from, to, sentence } = read.problem;
  return [{ from, to, severity: 'error', message: sentence }];
}
