// /api/v1/query and /api/v1/query_range. Times are seconds with a fraction; values are texts, since JSON has no NaN and no infinity.
import type { LabelMap } from './envelope.ts';

export type SampleAnswer = readonly [seconds: number, value: string];

export interface VectorElement {
  readonly metric: LabelMap;
  readonly value: SampleAnswer;
}

export interface MatrixRow {
  readonly metric: LabelMap;
  readonly values: readonly SampleAnswer[];
}

export interface QueryStatisticsAnswer {
  /** Seconds. */
  readonly timings: Readonly<Record<string, number>>;
  readonly samples: { readonly totalQueryableSamples: number; readonly peakSamples: number };
}

export type QueryAnswer = (
  | { readonly resultType: 'vector'; readonly result: readonly VectorElement[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixRow[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: SampleAnswer }
) & { readonly stats?: QueryStatisticsAnswer };
