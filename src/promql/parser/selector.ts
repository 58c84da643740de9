// Selectors: `name`, `name{matchers}`, `{matchers}` where a matcher is `label op "value"`, `"quoted label" op "value"` or
// a quoted metric name alone. This is what `match[]` parameters hold; the expression grammar has the same ones inside.
// Matchers keep their order; the metric name before the braces becomes the last one, as in Prometheus.

import { Matcher, type MatchOp, RegexpError } from '../../model/index.ts';
import { PromqlParseError } from './error.ts';
import { unquote } from './string-literal.ts';
import { mayNameMetric, type Token, type TokenKind } from './token.ts';
import { TokenStream } from './token-stream.ts';

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
  const tokens = new TokenStream(text);
  if (!tokens.is('{') && !mayNameMetric(tokens.token.kind)) throw tokens.unexpected();
  const matchers = readSelector(tokens, tokens.is('{') ? '' : tokens.take().text);
  if (!tokens.is('end of input')) throw tokens.unexpected();
  return matchers;
}

/** Reads what follows the name of a selector, '' for one that begins with its braces. @throws PromqlParseError */
export function readSelector(tokens: TokenStream, name: string): Matcher[] {
  const matchers = tokens.is('{') ? readMatchers(tokens) : [];
  if (name !== '') matchers.push(new Matcher(METRIC_NAME, '=', name));
  return matchers;
}

function readMatchers(tokens: TokenStream): Matcher[] {
  tokens.take();
  const matchers: Matcher[] = [];
  while (!tokens.is('}')) {
    matchers.push(readMatcher(tokens));
    if (tokens.accept(',') === null && !tokens.is('}')) throw tokens.unexpected('label matching', '"," or "}"');
  }
  tokens.take();
  return matchers;
}

function readMatcher(tokens: TokenStream): Matcher {
  if (!tokens.is('identifier') && !tokens.is('string')) throw tokens.unexpected('label matching', 'identifier or "}"');
  const label = tokens.take();
  const name = label.kind === 'string' ? unquote(label.text) : label.text;
  const op = tokens.token.kind;
  if (!isMatchOp(op)) {
    // A quoted name alone is the metric's; what may follow it is the list's matter.
    if (label.kind === 'string') return new Matcher(METRIC_NAME, '=', name);
    throw tokens.unexpected('label matching', 'label matching operator');
  }
  tokens.take();
  const value = tokens.expect('string', 'label matching', 'string');
  return buildMatcher(tokens, label, { name, op, value: unquote(value.text) });
}

function buildMatcher(tokens: TokenStream, label: Token, { name, op, value }: { name: string; op: MatchOp; value: string }): Matcher {
  try {
    return new Matcher(name, op, value);
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    throw new PromqlParseError(tokens.text, label.start, error.message, { cause: error });
  }
}

function isMatchOp(kind: TokenKind): kind is MatchOp {
  return MATCH_OPS.has(kind);
}
