// Tokens of a template: whole pieces of text outside of {{ }}, words and signs inside.

import { quoteGo } from '../../model/index.ts';

export type KeywordKind = 'block' | 'break' | 'continue' | 'define' | 'dot' | 'else' | 'end' | 'if' | 'nil' | 'range' | 'template' | 'with';

export type TokenKind =
  | KeywordKind
  | 'assign'
  | 'bool'
  | 'char constant'
  | 'character'
  | 'declare'
  | 'end of text'
  | 'error'
  | 'field'
  | 'identifier'
  | 'left delimiter'
  | 'left parenthesis'
  | 'number'
  | 'pipe'
  | 'raw string'
  | 'right delimiter'
  | 'right parenthesis'
  | 'space'
  | 'string'
  | 'text'
  | 'variable';

export interface Token {
  readonly kind: TokenKind;
  /** Index into the template's text, in UTF-16 units. */
  readonly start: number;
  /** The token as written; of an error its sentence. */
  readonly text: string;
}

const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ['.', 'dot'],
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
]);

export function kindOfWord(word: string): TokenKind {
  if (word === 'true' || word === 'false') return 'bool';
  return KEYWORDS.get(word) ?? 'identifier';
}

/** The token in an error's sentence: `<end>`, `"x"`, at most ten characters of it. */
export function describeToken(token: Token): string {
  if (token.kind === 'end of text') return 'EOF';
  if (token.kind === 'error') return token.text;
  if (KEYWORDS.has(token.text) && KEYWORDS.get(token.text) === token.kind) return `<${token.text}>`;
  if (Buffer.byteLength(token.text) <= 10) return quoteGo(token.text);
  return `${quoteGo([...token.text.slice(0, 20)].slice(0, 10).join(''))}...`;
}
