// A matcher in words. What is easily overlooked is said: that a series without the label may fit too.
import { isClassicLabelName, type Matcher, quoteGo } from '../../src/model/index.ts';
import type { VectorSelector } from '../../src/promql/parser/index.ts';

const NAME = '__name__';
/** More are no sentence; the regular expression itself says it as well. */
const MOST_VALUES = 10;

/** What a selector asks of labels; its metric name, where it stands before the braces, is no matcher that was written. */
export function writtenMatchers({ name, matchers }: VectorSelector): readonly Matcher[] {
  return matchers.filter((matcher) => name === '' || matcher.name !== NAME || matcher.op !== '=' || matcher.value !== name);
}

/** The metric that a selector names; '' where it may be several. */
export function metricNameOf({ name, matchers }: VectorSelector): string {
  return name || (matchers.find((matcher) => matcher.name === NAME && matcher.op === '=')?.value ?? '');
}

export function matcherSentence(matcher: Matcher): string {
  const name = matcher.name === NAME ? 'The metric name' : isClassicLabelName(matcher.name) ? matcher.name : quoteGo(matcher.name);
  return `${name} ${conditionOf(matcher)}.`;
}

function conditionOf(matcher: Matcher): string {
  const { op, value, setMatches } = matcher;
  if (op === '=' || op === '!=') {
    if (value === '') return op === '=' ? 'is not there' : 'is there, with any value';
    return op === '=' ? `is ${quoteGo(value)}` : `is not ${quoteGo(value)}; series without it fit too`;
  }
  if (op === '=~' && value === '.*') return 'may be anything, and need not be there';
  if (op === '=~' && value === '.+') return 'is there, with any value';
  const absent = matcher.matches('') ? '; series without it fit too' : '';
  const values = setMatches?.filter((one) => one !== '') ?? [];
  if (values.length === 1) return `is ${quoteGo(values[0])}${absent}`;
  if (values.length > 1 && values.length <= MOST_VALUES) return `is one of ${values.map(quoteGo).join(', ')}${absent}`;
  return `${op === '=~' ? 'fits' : 'does not fit'} the regular expression ${value} from its beginning to its end${absent}`;
}
