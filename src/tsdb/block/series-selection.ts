// Which series of an index matchers select, with the results of Prometheus's PostingsForMatchers (tsdb/querier.go): a matcher that accepts an
// empty value takes away the series that have another one, the others pick. Cheap matchers come first; one that would have to look at more
// values than series are left is not looked up at all, but tested on those series' labels.
import { type Labels, labelValue, type Matcher } from '../../model/index.ts';
import type { IndexReader } from '../index/index-reader.ts';
import { intersect, NO_POSTINGS, type Postings, union, without } from '../index/postings.ts';

export interface SeriesSelection {
  /** In label order. */
  readonly postings: Postings;
  /** What each series' labels are still to be tested for. */
  readonly matchers: readonly Matcher[];
}

/** One matcher, as it is looked up. */
interface Condition {
  readonly matcher: Matcher;
  /** Whether it is fulfilled without the label, and so takes away instead of picking. */
  readonly takesAway: boolean;
  /** The values that it picks, or takes away, where they are known; else all values are to be looked at. */
  readonly values: readonly string[] | null;
}

/** @throws BlockError */
export function selectSeries(index: IndexReader, matchers: readonly Matcher[]): SeriesSelection {
  const conditions = matchers.map(conditionOf).sort((a, b) => rank(a) - rank(b));
  const tested: Matcher[] = [];
  let picked: Postings | null = null;
  for (const condition of conditions) {
    const { matcher, takesAway, values } = condition;
    if (values === null && picked !== null && picked.length <= index.valueCount(matcher.name)) {
      tested.push(matcher);
      continue;
    }
    const found = values === null ? walk(index, condition) : lookUp(index, matcher.name, values);
    if (takesAway) picked = without(picked ?? index.allPostings(), found);
    else picked = picked === null ? found : intersect(picked, found);
    if (picked.length === 0) return { postings: NO_POSTINGS, matchers: [] };
  }
  return { postings: picked ?? index.allPostings(), matchers: tested };
}

export function fulfils(labels: Labels, matchers: readonly Matcher[]): boolean {
  for (const matcher of matchers) if (!matcher.matches(labelValue(labels, matcher.name))) return false;
  return true;
}

function conditionOf(matcher: Matcher): Condition {
  const { op, value } = matcher;
  if (!matcher.matches('')) return { matcher, takesAway: false, values: matcher.setMatches };
  if (op === '!=' && value !== '') return { matcher, takesAway: true, values: [value] };
  // Nothing has a value that it refuses.
  if (op === '=~' && value === '.*') return { matcher, takesAway: true, values: [] };
  return { matcher, takesAway: true, values: null };
}

function rank({ takesAway, values }: Condition): number {
  return (values === null ? 2 : 0) + (takesAway ? 1 : 0);
}

function lookUp(index: IndexReader, name: string, values: readonly string[]): Postings {
  return union(values.flatMap((value) => index.postings(name, value) ?? []));
}

function walk(index: IndexReader, { matcher, takesAway }: Condition): Postings {
  const found: Postings[] = [];
  for (const { value, offset } of index.valuesOf(matcher.name)) {
    if (matcher.matches(value) !== takesAway) found.push(index.postingsAt(offset));
  }
  return union(found);
}
