// Tokens of a text, one ahead and not sooner than it is asked for: what is wrong with a later token must not hide what is wrong before it.
import { PromqlParseError } from './error.ts';
import { Lexer } from './lexer.ts';
import { describeToken, type Token, type TokenKind } from './token.ts';

export class TokenStream {
  readonly text: string;
  /** Index behind the last token that was taken. */
  end = 0;
  /** What the error of an unexpected token names where its place in the grammar has no name of its own. */
  outerContext = '';
  readonly #lexer: Lexer;
  #next: Token | null = null;

  constructor(text: string) {
    this.text = text;
    this.#lexer = new Lexer(text);
  }

  /** The token that comes next. @throws PromqlParseError */
  get token(): Token {
    this.#next ??= this.#lexer.next();
    return this.#next;
  }

  is(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  take(): Token {
    const { token } = this;
    this.#next = null;
    this.end = token.start + token.text.length;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  accept(kind: TokenKind): Token | null {
    return this.is(kind) ? this.take() : null;
  }

  /** Takes the next token, which must be of this kind. */
  expect(kind: TokenKind, context = '', expected = ''): Token {
    if (!this.is(kind)) throw this.unexpected(context, expected);
    return this.take();
  }

  unexpected(context = '', expected = ''): PromqlParseError {
    const named = context === '' ? this.outerContext : context;
    const where = named === '' ? '' : ` in ${named}`;
    const wanted = expected === '' ? '' : `, expected ${expected}`;
    return this.error(this.token.start, `unexpected ${describeToken(this.token)}${where}${wanted}`);
  }

  error(offset: number, sentence: string): PromqlParseError {
    return new PromqlParseError(this.text, offset, sentence);
  }
}
