// Cuts a template into tokens. Outside of {{ }} everything up to the next {{ is one token; `{{- ` takes the white space
// before it away, ` -}}` that behind it, and comments vanish here. Inside, white space is a token of its own, since it
// separates arguments: `.a.b` is a chain, `.a .b` are two. Errors are tokens, so that the parser gives them their line.

import { quoteGo } from '../../model/index.ts';
import { describeRune } from '../format/rune.ts';
import { kindOfWord, type Token, type TokenKind } from './token.ts';

const SPACE = ' \t\r\n';
const SPACES = /[ \t\r\n]*/y;
const WORD = /[_\p{L}\p{Nd}]+/uy;
const NAME = /[_\p{L}\p{Nd}]*/uy;
const WORD_CHARACTER = /^[_\p{L}\p{Nd}]/u;
/** What Go's scanner takes for a number; whether it is one is found out when it is read. */
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
/** Quoted texts that end on their line; a backslash takes the next character with it. */
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;
const CHARACTER_CONSTANT = /'(?:[^'\\\n]|\\[^\n])*'/y;

export class Lexer {
  readonly #text: string;
  #at = 0;
  #insideAction = false;
  #parenDepth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; after the last one "end of text", again and again. */
  next(): Token {
    return this.#insideAction ? this.#nextInAction() : this.#nextText();
  }

  #nextText(): Token {
    for (;;) {
      const start = this.#at;
      const open = this.#text.indexOf('{{', start);
      if (open < 0) {
        this.#at = this.#text.length;
        return start === this.#at ? this.#token('end of text', start, start) : this.#token('text', start, this.#at);
      }
      const trims = this.#text[open + 2] === '-' && this.#isSpace(open + 3);
      const end = trims ? this.#trimmedEnd(start, open) : open;
      if (end > start) {
        this.#at = open;
        return this.#token('text', start, end);
      }
      const inside = open + (trims ? 4 : 2);
      if (this.#text.startsWith('/*', inside)) {
        const problem = this.#skipComment(inside);
        if (problem !== null) return this.#error(inside, problem);
        continue;
      }
      this.#insideAction = true;
      this.#parenDepth = 0;
      this.#at = inside;
      return this.#token('left delimiter', open, open + 2);
    }
  }

  /** Goes behind the comment at `start` and its }}; the sentence of an error when there is none. */
  #skipComment(start: number): string | null {
    const close = this.#text.indexOf('*/', start + 2);
    if (close < 0) return 'unclosed comment';
    this.#at = close + 2;
    const delimiter = this.#rightDelimiter(this.#at);
    if (delimiter === null) return 'comment ends before closing delimiter';
    this.#leaveAction(delimiter);
    return null;
  }

  #nextInAction(): Token {
    const start = this.#at;
    const delimiter = this.#rightDelimiter(start);
    if (delimiter !== null) {
      if (this.#parenDepth > 0) return this.#error(start, 'unclosed left paren');
      this.#leaveAction(delimiter);
      return this.#token('right delimiter', delimiter - 2, delimiter);
    }
    const code = this.#text.codePointAt(start);
    if (code === undefined) return this.#error(start, 'unclosed action');
    const c = String.fromCodePoint(code);
    if (SPACE.includes(c)) return this.#space();
    switch (c) {
      case '=':
        return this.#take('assign', 1);
      case ':':
        return this.#text[start + 1] === '=' ? this.#take('declare', 2) : this.#error(start, 'expected :=');
      case '|':
        return this.#take('pipe', 1);
      case '"':
        return this.#quoted('string', QUOTED, 'unterminated quoted string');
      case "'":
        return this.#quoted('char constant', CHARACTER_CONSTANT, 'unterminated character constant');
      case '`': {
        const close = this.#text.indexOf('`', start + 1);
        return close < 0 ? this.#error(start, 'unterminated raw quoted string') : this.#take('raw string', close + 1 - start);
      }
      case '(':
        this.#parenDepth++;
        return this.#take('left parenthesis', 1);
      case ')':
        this.#parenDepth--;
        return this.#parenDepth < 0 ? this.#error(start, 'unexpected right paren') : this.#take('right parenthesis', 1);
      case '$':
        return this.#fieldOrVariable('variable', 'variable');
      case '.':
        if (start + 1 < this.#text.length && !isDigit(this.#text[start + 1])) return this.#fieldOrVariable('field', 'dot');
        return this.#number();
      case '+':
      case '-':
        return this.#number();
    }
    if (isDigit(c)) return this.#number();
    if (WORD_CHARACTER.test(c)) return this.#word();
    if (c >= '!' && c <= '~') return this.#take('character', 1);
    return this.#error(start, `unrecognized character in action: ${describeRune(code)}`);
  }

  /** A run of white space, but not the space of ` -}}`. */
  #space(): Token {
    const length = this.#run(SPACES);
    const before = this.#at + length - 1;
    return this.#take('space', this.#rightDelimiter(before) === null ? length : length - 1);
  }

  #quoted(kind: TokenKind, pattern: RegExp, problem: string): Token {
    const length = this.#run(pattern);
    return length === 0 ? this.#error(this.#at, problem) : this.#take(kind, length);
  }

  #word(): Token {
    const length = this.#run(WORD);
    return this.#terminated(kindOfWord(this.#text.slice(this.#at, this.#at + length)), length);
  }

  /** `.name`, `$name`, or the sign alone. */
  #fieldOrVariable(kind: TokenKind, alone: TokenKind): Token {
    NAME.lastIndex = this.#at + 1;
    const length = NAME.exec(this.#text)![0].length;
    return this.#terminated(length === 0 ? alone : kind, length + 1);
  }

  /** What follows a word must end it, so that nobody takes `$x+2` for a sum. */
  #terminated(kind: TokenKind, length: number): Token {
    const end = this.#at + length;
    const code = this.#text.codePointAt(end);
    if (code === undefined || this.#isSpace(end) || '.,|:)('.includes(this.#text[end]) || this.#text.startsWith('}}', end)) {
      return this.#take(kind, length);
    }
    return this.#error(this.#at, `bad character ${describeRune(code)}`);
  }

  #number(): Token {
    const start = this.#at;
    let end = this.#numberEnd(start);
    if (end < 0) return this.#badNumber(start, ~end);
    if (this.#text[end] === '+' || this.#text[end] === '-') {
      // A complex number. It is a number to the scanner; reading it is refused.
      end = this.#numberEnd(end);
      if (end < 0 || this.#text[end - 1] !== 'i') return this.#badNumber(start, end < 0 ? ~end : end);
    }
    return this.#take('number', end - start);
  }

  /** Index behind the number at `start`, or, where a letter follows, the complement of the index behind that. */
  #numberEnd(start: number): number {
    NUMBER.lastIndex = start;
    const end = start + NUMBER.exec(this.#text)![0].length;
    const next = this.#characterAt(end);
    return WORD_CHARACTER.test(next) ? ~(end + next.length) : end;
  }

  #badNumber(start: number, end: number): Token {
    return this.#error(start, `bad number syntax: ${quoteGo(this.#text.slice(start, end))}`);
  }

  /** Index behind the }} that stands at `at`, with or without its ` -` before it, or null. */
  #rightDelimiter(at: number): number | null {
    if (this.#text.startsWith('}}', at)) return at + 2;
    return this.#isSpace(at) && this.#text.startsWith('-}}', at + 1) ? at + 4 : null;
  }

  #leaveAction(delimiterEnd: number): void {
    this.#insideAction = false;
    const trims = delimiterEnd - this.#at === 4;
    this.#at = delimiterEnd;
    if (trims) this.#at += this.#run(SPACES);
  }

  #trimmedEnd(start: number, end: number): number {
    while (end > start && this.#isSpace(end - 1)) end--;
    return end;
  }

  /** Length of what the sticky `pattern` matches here. */
  #run(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0].length ?? 0;
  }

  #isSpace(at: number): boolean {
    return at < this.#text.length && SPACE.includes(this.#text[at]);
  }

  #characterAt(at: number): string {
    const code = this.#text.codePointAt(at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #take(kind: TokenKind, length: number): Token {
    this.#at += length;
    return this.#token(kind, this.#at - length, this.#at);
  }

  #token(kind: TokenKind, start: number, end: number): Token {
    return { kind, start, text: this.#text.slice(start, end) };
  }

  #error(start: number, sentence: string): Token {
    return { kind: 'error', start, text: sentence };
  }
}

function isDigit(c: string): boolean {
  return c >= '0' && c <= '9';
}
