// Cuts a PromQL text into tokens. What a character means depends on the brackets around it: between { } every word is
// an identifier and only matchers' signs exist, between [ ] stand durations. Errors are thrown where they are found,
// in Prometheus's words. White space and comments (# to the end of the line) are skipped.

import { quoteGo, quoteRune } from '../../model/index.ts';
import { PromqlParseError } from './error.ts';
import { scanNumberOrDuration } from './number-scan.ts';
import { scanString } from './string-literal.ts';
import { kindOfWord, type Token, type TokenKind } from './token.ts';

/** Go prints the character that is not there, after the end of the text, as the replacement character. */
const NO_CHARACTER = '\ufffd';

export class Lexer {
  readonly #text: string;
  #at = 0;
  #parenDepth = 0;
  #inBraces = false;
  #inBrackets = false;
  #seenColon = false;
  #seenDuration = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; after the last one "end of input", again and again. Throws PromqlParseError. */
  next(): Token {
    this.#skipSpaceAndComments();
    if (this.#inBraces) return this.#nextInBraces();
    if (this.#inBrackets) return this.#nextInBrackets();
    return this.#nextOutside();
  }

  #nextOutside(): Token {
    const start = this.#at;
    const c = this.#peek();
    switch (c) {
      case '':
        if (this.#parenDepth > 0) throw this.#error(start, 'unclosed left parenthesis');
        return this.#token('end of input', 0);
      case ',':
      case '*':
      case '/':
      case '%':
      case '+':
      case '-':
      case '^':
      case '@':
        return this.#token(c, 1);
      case '=':
        if (this.#peek(1) === '~') throw this.#error(start, `unexpected character after '=': '~'`);
        return this.#peek(1) === '=' ? this.#token('==', 2) : this.#token('=', 1);
      case '!':
        if (this.#peek(1) !== '=') throw this.#error(start, `unexpected character after '!': ${this.#quotePeek(1)}`);
        return this.#token('!=', 2);
      case '<':
      case '>':
        if (this.#peek(1) === '/') return this.#token(`${c}/`, 2);
        return this.#peek(1) === '=' ? this.#token(`${c}=`, 2) : this.#token(c, 1);
      case '(':
      case ')':
        return this.#parenthesis(c);
      case '{':
        this.#inBraces = true;
        return this.#token('{', 1);
      case '[':
        this.#inBrackets = true;
        this.#seenColon = false;
        this.#seenDuration = false;
        return this.#token('[', 1);
      case ']':
        throw this.#error(start, `unexpected right bracket ']'`);
      case '"':
      case "'":
      case '`':
        return this.#string();
    }
    if (isDigit(c) || (c === '.' && isDigit(this.#peek(1)))) return this.#numberOrDuration();
    if (/[a-zA-Z_:]/.test(c)) return this.#word();
    throw this.#error(start, `unexpected character: ${quoteRune(c)}`);
  }

  #nextInBraces(): Token {
    const start = this.#at;
    const c = this.#peek();
    switch (c) {
      case '':
        throw this.#error(start, 'unexpected end of input inside braces');
      case ',':
        return this.#token(c, 1);
      case '"':
      case "'":
      case '`':
        return this.#string();
      case '=':
        return this.#peek(1) === '~' ? this.#token('=~', 2) : this.#token('=', 1);
      case '!':
        if (this.#peek(1) === '~') return this.#token('!~', 2);
        if (this.#peek(1) === '=') return this.#token('!=', 2);
        throw this.#error(start, `unexpected character after '!' inside braces: ${this.#quotePeek(1)}`);
      case '{':
        throw this.#error(start, `unexpected left brace '{'`);
      case '}':
        this.#inBraces = false;
        return this.#token('}', 1);
    }
    if (/[a-zA-Z_]/.test(c)) return this.#token('identifier', this.#run(/[a-zA-Z0-9_]+/y));
    throw this.#error(start, `unexpected character inside braces: ${quoteRune(c)}`);
  }

  /** Durations and arithmetic on them, up to the closing bracket. */
  #nextInBrackets(): Token {
    const start = this.#at;
    const c = this.#peek();
    switch (c) {
      case '':
        throw this.#error(start, this.#seenDuration ? 'unclosed left bracket' : 'unexpected end of input in duration expression');
      case ']':
        this.#inBrackets = false;
        return this.#token(']', 1);
      case ':':
        if (!this.#seenDuration) throw this.#error(start + 1, 'unexpected colon before duration in duration expression');
        if (this.#seenColon) throw this.#error(start + 1, 'unexpected repeated colon in duration expression');
        this.#seenColon = true;
        return this.#token(':', 1);
      case '(':
      case ')':
        return this.#parenthesis(c);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
      case ',':
        return this.#token(c, 1);
    }
    if (isDigit(c) || (c === '.' && isDigit(this.#peek(1)))) {
      this.#seenDuration = true;
      return this.#numberOrDuration();
    }
    const length = this.#run(/[a-zA-Z_]+/y);
    const kind = kindOfWord(this.#text.slice(start, start + length));
    if (kind === 'step' || kind === 'range' || kind === 'min_of' || kind === 'max_of') return this.#token(kind, length);
    throw this.#error(start, `unexpected character in duration expression: ${quoteRune(c)}`);
  }

  #parenthesis(c: '(' | ')'): Token {
    this.#parenDepth += c === '(' ? 1 : -1;
    if (this.#parenDepth < 0) throw this.#error(this.#at + 1, `unexpected right parenthesis ')'`);
    return this.#token(c, 1);
  }

  #string(): Token {
    const scan = scanString(this.#text, this.#at);
    if ('problem' in scan) throw this.#error(this.#at, scan.problem);
    return this.#token('string', scan.end - this.#at);
  }

  #numberOrDuration(): Token {
    const { kind, end } = scanNumberOrDuration(this.#text, this.#at);
    if (kind !== 'bad') return this.#token(kind, end - this.#at);
    throw this.#error(this.#at, `bad number or duration syntax: ${quoteGo(this.#text.slice(this.#at, end))}`);
  }

  #word(): Token {
    const length = this.#run(/[a-zA-Z0-9_:]+/y);
    const word = this.#text.slice(this.#at, this.#at + length);
    const kind = kindOfWord(word);
    if (kind !== undefined && !(kind.startsWith('fill') && !this.#parenthesisFollows(length))) return this.#token(kind, length);
    return this.#token(word.includes(':') ? 'metric identifier' : 'identifier', length);
  }

  /** `fill`, `fill_left` and `fill_right` are words of the grammar only before a parenthesis, else names. */
  #parenthesisFollows(length: number): boolean {
    const pattern = /[ \t\n\r]*\(/y;
    pattern.lastIndex = this.#at + length;
    return pattern.test(this.#text);
  }

  #skipSpaceAndComments(): void {
    this.#at += this.#run(/(?:[ \t\n\r]|#[^\n\r]*)+/y);
  }

  /** Length of what the sticky `pattern` matches here. */
  #run(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0].length ?? 0;
  }

  /** The character at `ahead` units from here, '' after the end. */
  #peek(ahead = 0): string {
    const code = this.#text.codePointAt(this.#at + ahead);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #quotePeek(ahead: number): string {
    return quoteRune(this.#peek(ahead) || NO_CHARACTER);
  }

  #token(kind: TokenKind, length: number): Token {
    const start = this.#at;
    this.#at += length;
    return { kind, start, text: this.#text.slice(start, this.#at) };
  }

  #error(offset: number, sentence: string): PromqlParseError {
    return new PromqlParseError(this.#text, offset, sentence);
  }
}

function isDigit(c: string): boolean {
  return c >= '0' && c <= '9' && c.length === 1;
}
