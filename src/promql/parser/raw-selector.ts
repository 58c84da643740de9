// A selector as an expression, with its range, `offset` and `@`: all that is answered before there is an engine. What is a
// selector is checked in Prometheus's words; what is more than a selector is refused by name, without being looked at.
import { type Matcher, parseDuration } from '../../model/index.ts';
import { PromqlParseError, PromqlUnsupportedError } from './error.ts';
import { SelectorParser } from './selector.ts';
import { mayNameMetric, type Token } from './token.ts';

export interface RawSelector {
  readonly matchers: readonly Matcher[];
  /** Null for an instant vector selector. */
  readonly rangeMs: number | null;
  /** Before the time of evaluation; negative: after it. */
  readonly offsetMs: number;
  /** The time of evaluation instead of the query's, ms; null for the query's, which start() and end() are in an instant query. */
  readonly atMs: number | null;
}

/** @throws PromqlParseError, PromqlUnsupportedError */
export function parseRawSelector(text: string): RawSelector {
  if (text.trim() === '') throw new PromqlParseError(text, 0, 'no expression found in input');
  return new RawSelectorParser(text).parse();
}

const NOT_YET = 'only selectors such as up{job="node"} and up{job="node"}[5m], with offset and @, are answered';

function notYet(what: string): PromqlUnsupportedError {
  return new PromqlUnsupportedError(`not supported yet: ${what}: ${NOT_YET}`);
}

class RawSelectorParser {
  readonly #text: string;
  readonly #parser: SelectorParser;
  /** Where most of what is wrong with the modifiers is said to be. */
  readonly #start: Token;
  #rangeMs: number | null = null;
  #offsetMs: number | null = null;
  /** Undefined where there is no @. */
  #atMs: number | null | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#parser = new SelectorParser(text);
    this.#start = this.#parser.token;
  }

  parse(): RawSelector {
    const start = this.#start;
    if (start.kind !== '{' && !mayNameMetric(start.kind)) throw notYet(`${quoteGo(start.text)} at the beginning`);
    const matchers = this.#parser.selector();
    this.#checkMatchers(start, matchers);
    while (!this.#parser.is('end of input')) this.#modifier();
    return { matchers, rangeMs: this.#rangeMs, offsetMs: this.#offsetMs ?? 0, atMs: this.#atMs ?? null };
  }

  /** As Prometheus checks what `match[]` may leave out. */
  #checkMatchers(start: Token, matchers: readonly Matcher[]): void {
    const name = matchers.at(-1)!;
    const twice = start.kind === '{' ? undefined : matchers.slice(0, -1).find((matcher) => matcher.name === '__name__');
    if (twice !== undefined) {
      throw this.#error(start, `metric name must not be set twice: ${quoteGo(name.value)} or ${quoteGo(twice.value)}`);
    }
    if (matchers.every((matcher) => matcher.matches(''))) {
      throw this.#error(start, 'vector selector must contain at least one non-empty matcher');
    }
  }

  #modifier(): void {
    const { token } = this.#parser;
    if (token.kind === '[') this.#range(token);
    else if (token.kind === 'offset') this.#offset();
    else if (token.kind === '@') this.#at();
    else throw notYet(`${quoteGo(token.text)} behind a selector`);
  }

  #range(token: Token): void {
    if (this.#rangeMs !== null) throw this.#error(token, 'ranges only allowed for vector selectors');
    if (this.#offsetMs !== null) throw this.#error(token, 'no offset modifiers allowed before range');
    if (this.#atMs !== undefined) throw this.#error(token, 'no @ modifiers allowed before range');
    this.#parser.advance();
    const first = this.#parser.token;
    this.#rangeMs = this.#duration();
    if (this.#parser.is(':')) throw notYet('a subquery');
    if (!this.#parser.is(']')) throw notYet('arithmetic on durations');
    if (this.#rangeMs <= 0) throw this.#error(first, 'duration must be greater than 0');
    this.#parser.advance();
  }

  #offset(): void {
    if (this.#offsetMs !== null) throw this.#error(this.#start, 'offset may not be set multiple times');
    this.#parser.advance();
    const sign = this.#sign();
    this.#offsetMs = sign * this.#duration();
  }

  #at(): void {
    if (this.#atMs !== undefined) throw this.#error(this.#start, '@ <timestamp> may not be set multiple times');
    this.#parser.advance();
    if (this.#parser.is('start') || this.#parser.is('end')) {
      this.#parser.advance();
      for (const kind of ['(', ')'] as const) {
        if (!this.#parser.is(kind)) throw this.#parser.unexpected('', `"${kind}"`);
        this.#parser.advance();
      }
      this.#atMs = null;
      return;
    }
    const sign = this.#sign();
    const { token: number } = this.#parser;
    if (!this.#parser.is('number')) throw this.#parser.unexpected('@', 'timestamp');
    const ms = Math.round(sign * numberOf(number.text) * 1000);
    if (!Number.isSafeInteger(ms)) throw this.#error(number, `timestamp out of bounds for @ modifier: ${number.text}`);
    this.#parser.advance();
    this.#atMs = ms;
  }

  #sign(): 1 | -1 {
    if (!this.#parser.is('-') && !this.#parser.is('+')) return 1;
    const sign = this.#parser.is('-') ? -1 : 1;
    this.#parser.advance();
    return sign;
  }

  /** Milliseconds; a bare number is seconds. */
  #duration(): number {
    const { token } = this.#parser;
    if (!this.#parser.is('number') && !this.#parser.is('duration')) throw notYet('arithmetic on durations');
    const ms = this.#parser.is('number') ? Math.round(numberOf(token.text) * 1000) : this.#readDuration(token);
    if (!Number.isSafeInteger(ms)) throw this.#error(token, 'duration out of range');
    this.#parser.advance();
    return ms;
  }

  #readDuration(token: Token): number {
    try {
      return parseDuration(token.text);
    } catch (error) {
      throw this.#error(token, (error as Error).message);
    }
  }

  #error(token: Token, sentence: string): PromqlParseError {
    return new PromqlParseError(this.#text, token.start, sentence);
  }
}

/** A number token: decimal, hexadecimal, with underscores, Inf or NaN. */
function numberOf(text: string): number {
  const digits = text.replaceAll('_', '').toLowerCase();
  if (digits === 'inf') return Number.POSITIVE_INFINITY;
  return digits === 'nan' ? Number.NaN : Number(digits);
}
