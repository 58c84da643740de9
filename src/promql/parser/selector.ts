// Selectors: `name`, `name{matchers}`, `{matchers}` where a matcher is `label op "value"`, `"quoted label" op "value"` or
// a quoted metric name alone. This is what `match[]` parameters hold; the expression grammar has the same ones inside.
// Matchers keep their order; the metric name before the braces becomes the last one, as in Prometheus.

import { Matcher, type MatchOp, RegexpError } from '../../model/index.ts';
import { PromqlParseError } from './error.ts';
import { Lexer } from './lexer.ts';
import { unquote } from './string-literal.ts';
import { describeToken, mayNameMetric, type Token, type TokenKind } from './token.ts';

const METRIC_NAME = '__name__';
const MATCH_OPS: ReadonlySet<TokenKind> = new Set<TokenKind>(['=', '!=', '=~', '!~']);
/** Selectors come from the network; Prometheus has no such limit, but URLs and forms of this length are no selectors. */
const MAX_SELECTOR_LENGTH = 1 << 20;

/**
 * Parses one `match[]` parameter. As in Prometheus's /federate and series API, and unlike in expressions, a selector
 * may have no matcher that refuses the empty value (`{}`, `{job=~".*"}`). Throws PromqlParseError with Prometheus's text.
 */
export function parseMetricSelector(text: string): Matcher[] {
  if (text.length > MAX_SELECTOR_LENGTH) {
    throw new PromqlParseError(
      text.slice(0, 1),
      0,
      `selector too long: got ${text.length} characters, want at most ${MAX_SELECTOR_LENGTH}`,
    );
  }
  return new SelectorParser(text).parseWhole();
}

/** Reads selectors from where it stands in a text. Throws PromqlParseError. */
export class SelectorParser {
  readonly #text: string;
  readonly #lexer: Lexer;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
  }

  parseWhole(): Matcher[] {
    const matchers = this.selector();
    if (!this.is('end of input')) throw this.unexpected();
    return matchers;
  }

  /** The token that comes next. */
  get token(): Token {
    return this.#token;
  }

  selector(): Matcher[] {
    const name = this.#token;
    if (!mayNameMetric(name.kind)) {
      if (name.kind !== '{') throw this.unexpected();
      return this.#matchers();
    }
    this.advance();
    const matchers = this.is('{') ? this.#matchers() : [];
    matchers.push(new Matcher(METRIC_NAME, '=', name.text));
    return matchers;
  }

  #matchers(): Matcher[] {
    this.advance();
    const matchers: Matcher[] = [];
    while (!this.is('}')) {
      matchers.push(this.#matcher());
      if (this.is(',')) this.advance();
      else if (!this.is('}')) throw this.unexpected('label matching', '"," or "}"');
    }
    this.advance();
    return matchers;
  }

  #matcher(): Matcher {
    const label = this.#token;
    if (label.kind !== 'identifier' && label.kind !== 'string') throw this.unexpected('label matching', 'identifier or "}"');
    this.advance();
    const op = this.#token;
    const name = label.kind === 'string' ? unquote(label.text) : label.text;
    if (!isMatchOp(op.kind)) {
      // A quoted name alone is the metric's; what may follow it is the list's matter.
      if (label.kind === 'string') return new Matcher(METRIC_NAME, '=', name);
      throw this.unexpected('label matching', 'label matching operator');
    }
    this.advance();
    const value = this.#token;
    if (value.kind !== 'string') throw this.unexpected('label matching', 'string');
    // Built before the next token is read: of two errors Prometheus reports the regular expression's.
    const matcher = this.#build(label, name, op.kind, value);
    this.advance();
    return matcher;
  }

  #build(label: Token, name: string, op: MatchOp, value: Token): Matcher {
    try {
      return new Matcher(name, op, unquote(value.text));
    } catch (error) {
      if (!(error instanceof RegexpError)) throw error;
      throw new PromqlParseError(this.#text, label.start, error.message, { cause: error });
    }
  }

  is(kind: TokenKind): boolean {
    return this.#token.kind === kind;
  }

  advance(): void {
    this.#token = this.#lexer.next();
  }

  unexpected(context = '', expected = ''): PromqlParseError {
    const where = context === '' ? '' : ` in ${context}`;
    const wanted = expected === '' ? '' : `, expected ${expected}`;
    return new PromqlParseError(this.#text, this.#token.start, `unexpected ${describeToken(this.#token)}${where}${wanted}`);
  }
}

function isMatchOp(kind: TokenKind): kind is MatchOp {
  return MATCH_OPS.has(kind);
}
