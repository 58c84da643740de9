// What a query's answer is, before it is encoded.
import type { Labels } from '../model/index.ts';
import type { FloatSamples } from '../storage/index.ts';
import type { Grid } from './grid.ts';
import type { RowStore } from './operator/row-store.ts';

export interface ResultSamples {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly count: number;
}

/** Series and their values at the steps: of an instant query one step, in the order that the query gives them. */
export interface RowResult {
  readonly labels: readonly Labels[];
  readonly store: RowStore;
  readonly grid: Grid;
  /** Rows of the store, in the answer's order. */
  readonly order: readonly number[];
}

export type QueryValue =
  | { readonly type: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly type: 'string'; readonly timeMs: number; readonly value: string }
  | { readonly type: 'vector'; readonly rows: RowResult }
  | { readonly type: 'matrix'; readonly rows: RowResult }
  /** A range vector as it is; an array of its series is not kept: each is read when it is its turn. */
  | { readonly type: 'samples'; readonly series: readonly ResultSamples[] };

/** The samples of an interval, in arrays of their own. */
export function cutSamples(
  samples: FloatSamples,
  labels: Labels,
  interval: { readonly afterMs: number; readonly untilMs: number },
): ResultSamples {
  const from = samples.indexAt(interval.afterMs + 1);
  const to = samples.indexAt(interval.untilMs + 1);
  return { labels, times: samples.times.slice(from, to), values: samples.values.slice(from, to), count: to - from };
}
