// What operators are to each other. One tells its output series once, and then gives rows: a series over all steps, some at a time into a
// batch that the caller owns. Rows come in any order, each at most once, and a series without a single value may be left out.
import { type Labels, labelValue } from '../../model/index.ts';
import type { Annotations } from '../annotations.ts';
import type { Budget } from '../budget.ts';
import type { SampleCounts } from '../sample-counts.ts';
import type { RowBatch } from './row-batch.ts';

export interface VectorSeries {
  /** Made when asked for, where that costs something. */
  readonly labels: Labels;
  /** The value of one of them, '' when it has none such: where that costs less than all. */
  label?(name: string): string;
  /** The metric name goes when the query is over (promql-delayed-name-removal). */
  readonly dropName?: boolean;
}

export function labelOf(series: VectorSeries, name: string): string {
  return series.label === undefined ? labelValue(series.labels, name) : series.label(name);
}

export interface SeriesList {
  readonly series: readonly VectorSeries[];
  /** All have the same metric name, or none: without it they are still different ones. */
  readonly oneName: boolean;
}

export interface VectorOperator {
  /** May be called again. */
  series(): Promise<SeriesList>;
  /** Empties the batch and fills it; false when there are no more rows. To be called after series(). */
  next(batch: RowBatch): Promise<boolean>;
}

/** How many rows are made between two looks at the clock, which cost more than a short row and nothing beside a long one. */
export function rowsAtOnce(steps: number): number {
  return steps > 64 ? 1 : 16;
}

export interface ScalarOperator {
  /** A value for each step. */
  values(): Promise<Float64Array>;
}

/** What all operators of a query share. */
export interface Evaluation {
  readonly annotations: Annotations;
  readonly budget: Budget;
  readonly counts: SampleCounts;
  readonly lookbackMs: number;
  /** Names are dropped at the end of the query instead of by each operator. */
  readonly delayedNameRemoval: boolean;
  readonly typeAndUnitLabels: boolean;
  /** Of the query, not of a subquery. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** Waits when it worked for long enough, so that others have their turn. Throws to end the query. */
  breathe(): Promise<void> | null;
  /** Runs `work`, synchronous and short, in which labels of many series are read. */
  together<T>(work: () => T): T;
}
