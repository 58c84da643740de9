// A classic histogram over time: buckets that are cumulative by `le` become the count of each step in each bucket.
import type { GraphSeries, RangeData } from './range-data.ts';

export interface HeatMap {
  readonly times: readonly number[];
  /** Upper bounds as their labels have them, ascending; the first bucket begins below it. */
  readonly bounds: readonly string[];
  /** By bucket, then step; null where no histogram has a sample. */
  readonly counts: readonly (readonly (number | null)[])[];
  readonly largest: number;
  /** Histograms that were added up: label sets that differ in more than `le`. */
  readonly histograms: number;
}

const boundOf = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

/** Null where not every series is a bucket. */
export function heatMapOf({ times, series }: RangeData): HeatMap | null {
  if (series.length === 0 || !series.every(({ labels }) => !Number.isNaN(boundOf(labels.le ?? 'none')))) return null;
  const groups = new Map<string, GraphSeries[]>();
  for (const one of series) {
    const { le: _, ...others } = one.labels;
    const key = JSON.stringify(Object.entries(others).sort());
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  // Bounds may be written in several ways; the same number is the same bucket.
  const labels = new Map<number, string>();
  for (const { labels: its } of series) labels.set(boundOf(its.le), its.le);
  const bounds = [...labels.keys()].sort((a, b) => a - b);
  const counts: (number | null)[][] = bounds.map(() => new Array(times.length).fill(null));
  for (const buckets of groups.values()) addHistogram(buckets, bounds, counts);
  let largest = 0;
  for (const row of counts) for (const count of row) largest = Math.max(largest, count ?? 0);
  return { times, bounds: bounds.map((bound) => labels.get(bound)!), counts, largest, histograms: groups.size };
}

function addHistogram(buckets: readonly GraphSeries[], bounds: readonly number[], counts: (number | null)[][]): void {
  const ascending = buckets
    .map((bucket) => ({ bound: boundOf(bucket.labels.le), values: bucket.values }))
    .sort((a, b) => a.bound - b.bound);
  for (let step = 0; step < (counts[0]?.length ?? 0); step++) {
    let below = 0;
    for (const { bound, values } of ascending) {
      const cumulative = values[step];
      if (cumulative === null) continue;
      const row = counts[bounds.indexOf(bound)];
      // Rates of counters that were read at different times may go down a little.
      row[step] = (row[step] ?? 0) + Math.max(cumulative - below, 0);
      below = Math.max(cumulative, below);
    }
  }
}
