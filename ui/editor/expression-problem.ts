// What is wrong with an expression, in the words that the server's answer would have, and where it stands. Needs no server.
import { type Expr, PromqlParseError, parseExpr, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';

export interface ExpressionProblem {
  /** Indices into the text; one character at least, but for an empty text. */
  readonly from: number;
  readonly to: number;
  readonly sentence: string;
}

/** One token from where it begins: a word with its dots, a string as far as it goes, a sign. */
const TOKEN = /[\w:.]+|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?|[=!<>]=|[=!]~|./suy;

/** The tree of a text or what is wrong with it. Which features are switched on is the server's to say: the whole language is read. */
export function readExpression(text: string): { readonly expr: Expr } | { readonly problem: ExpressionProblem } {
  try {
    return { expr: parseExpr(text, WHOLE_LANGUAGE) };
  } catch (error) {
    if (!(error instanceof PromqlParseError)) throw error;
    return { problem: { ...tokenAt(text, error.offset), sentence: error.sentence } };
  }
}

/** The range to mark for an error that begins at `offset`: its token; for one at the end of the text, the last character before it. */
export function tokenAt(text: string, offset: number): { from: number; to: number } {
  const from = Math.min(Math.max(offset, 0), text.length);
  const spaces = /\s*/y;
  spaces.lastIndex = from;
  const start = from + (spaces.exec(text)?.[0].length ?? 0);
  if (start < text.length) {
    TOKEN.lastIndex = start;
    return { from: start, to: start + (TOKEN.exec(text)?.[0].length ?? 1) };
  }
  const end = text.trimEnd().length;
  return { from: Math.max(end - 1, 0), to: end };
}
