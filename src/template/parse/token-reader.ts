// Tokens with as much looking ahead as the grammar needs. Each definition of a template reads with a reader of its own:
// an error's line is that of the token which this reader took last from the lexer, looked at or consumed, as in Go.

import type { TemplateError } from '../error.ts';
import type { Lexer } from './lexer.ts';
import { lineAt, parseError } from './template.ts';
import { describeToken, type Token, type TokenKind } from './token.ts';

export interface Source {
  readonly name: string;
  readonly text: string;
  readonly lexer: Lexer;
}

export class TokenReader {
  /** Where the action began that is being read; null outside, and behind an inner one. */
  actionStart: number | null = null;
  readonly #source: Source;
  readonly #pending: Token[] = [];
  #latest: Token | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  next(): Token {
    return this.#pending.pop() ?? this.#scan();
  }

  peek(): Token {
    if (this.#pending.length === 0) this.#pending.push(this.#scan());
    return this.#pending.at(-1)!;
  }

  /** Puts tokens back; the first of them is read first. */
  putBack(...tokens: readonly Token[]): void {
    for (let i = tokens.length - 1; i >= 0; i--) this.#pending.push(tokens[i]);
  }

  nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== 'space') return token;
    }
  }

  /** White space before the token is consumed. */
  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.putBack(token);
    return token;
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) throw this.unexpected(token, context);
    return token;
  }

  unexpected(token: Token, context: string): TemplateError {
    if (token.kind !== 'error') return this.error(`unexpected ${describeToken(token)} in ${context}`);
    const { name, text } = this.#source;
    const actionLine = this.actionStart === null ? null : lineAt(text, this.actionStart);
    if (actionLine === null || actionLine === lineAt(text, token.start)) return this.error(token.text);
    return this.error(`${token.text}${token.text.endsWith(' action') ? '' : ' in action'} started at ${name}:${actionLine}`);
  }

  error(sentence: string): TemplateError {
    return parseError(this.#source.name, this.#source.text, this.#latest?.start ?? 0, sentence);
  }

  #scan(): Token {
    this.#latest = this.#source.lexer.next();
    return this.#latest;
  }
}
