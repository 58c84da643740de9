// What /federate selects: the request's selectors without the series that are left out for their names, unless a selector means them
// (federation/alert-series.ts), and how many these are. Most heads have no such names; then nothing is hidden and nothing counted.
import type { HeadReader, KeyedSelectionQuery } from '../kernel/index.ts';
import { Matcher } from '../model/index.ts';
import { headQuery, type Job, type Selectors, selectorsOf } from './job.ts';
import type { AnsweredRequest, LeftOut } from './messages.ts';

/** The selection that is answered. */
export function answeredQuery(request: AnsweredRequest): KeyedSelectionQuery {
  const { leftOut, externalLabels, all } = request;
  if (leftOut === null || all) return headQuery(all ? [[]] : notEmpty(selectorsOf(request)), externalLabels);
  const { meaning, others } = split(selectorsOf(request), leftOut);
  return headQuery([...meaning, ...others], externalLabels, { series: [namedAny(leftOut)], from: meaning.length });
}

/**
 * How many visible series with the names the selectors select, less those that are answered since a selector means them. Both numbers are of
 * selections of their own, kept like all: of nothing but such series. Waits and throws as Job.select().
 */
export async function countLeftOut(job: Job, request: AnsweredRequest): Promise<number> {
  const { leftOut, externalLabels, minT, maxT, all } = request;
  if (leftOut === null || all || !hasAny(job.parts.reader, leftOut)) return 0;
  const named = namedAny(leftOut);
  const count = async (selectors: Selectors): Promise<number> => {
    if (selectors.length === 0) return 0;
    const narrowed = selectors.map((matchers) => [...matchers, named]);
    const query = { ...headQuery(narrowed, externalLabels), minT, maxT, withStale: false };
    const { series } = await job.select(query, (visible) => {
      visible.dispose();
      return { series: visible.count };
    });
    return series;
  };
  const { meaning, others } = split(selectorsOf(request), leftOut);
  const selected = await count([...meaning, ...others]);
  // A series that came between the two is no reason for less than nothing.
  return selected === 0 ? 0 : Math.max(0, selected - (await count(meaning)));
}

/** The selectors that mean the names, and the others. */
function split(selectors: Selectors, { meantBy }: LeftOut): { readonly meaning: Selectors; readonly others: Selectors } {
  const meant = new Set(meantBy);
  return {
    meaning: notEmpty(selectors.filter((_, index) => meant.has(index))),
    others: notEmpty(selectors.filter((_, index) => !meant.has(index))),
  };
}

/** `{}` selects nothing here (Prometheus, web/federate.go: the index has no postings for it). */
function notEmpty(selectors: Selectors): Selectors {
  return selectors.filter((matchers) => matchers.length > 0);
}

function namedAny({ names }: LeftOut): Matcher {
  return new Matcher('__name__', '=~', names.join('|'));
}

/** Whether a live series has one of the names. */
function hasAny(reader: HeadReader, { names }: LeftOut): boolean {
  return reader.inEpoch(() => {
    const nameId = reader.findName('__name__');
    return names.some((name) => reader.findPair(nameId, name) !== 0);
  });
}
