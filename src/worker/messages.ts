// What the main thread and a query worker say to each other. Plain data: it is cloned from thread to thread.
import type { LabelCost } from '../kernel/index.ts';
import type { Labels, MatchOp } from '../model/index.ts';
import type { EngineOptions, QueryTimes } from '../promql/index.ts';
import type { NewestRequest, NewestResult, RulesRequest, RulesResult } from './rule-messages.ts';

export interface MatcherText {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** Which series a job is about: the union of the selectors, in a window of ms with both ends included. */
export interface SelectionRequest {
  readonly selectors: readonly (readonly MatcherText[])[];
  /** Every series, whatever `selectors` says. */
  readonly all: boolean;
  /** A matcher on a label that a series lacks holds also if it holds for the external label of that name. */
  readonly externalLabels: Labels;
  readonly minT: number;
  readonly maxT: number;
}

export type Encoding = 'identity' | 'gzip' | 'zstd';

/** What /federate selects. */
export interface AnsweredRequest extends SelectionRequest {
  /** null: nothing is left out. */
  readonly leftOut: LeftOut | null;
}

export interface FederateRequest extends AnsweredRequest {
  readonly type: 'federate';
  readonly utf8: boolean;
  readonly encoding: Encoding;
  /** Whether the families' headers are asked of the main thread. */
  readonly headers: boolean;
  /** 0: no limit. */
  readonly maxSeries: number;
}

/** What /federate would answer, counted instead of sent. */
export interface CostRequest extends AnsweredRequest {
  readonly type: 'federateCost';
  /** 0: no limit. */
  readonly maxSeries: number;
  /** Entries a list. */
  readonly mostMetrics: number;
  readonly mostLabels: number;
}

/** Who wrote the head's series, whenever that was. */
export interface OwnersRequest extends SelectionRequest {
  readonly type: 'owners';
  /** Series that are looked at, and different names that are told of an owner. */
  readonly mostSeries: number;
  readonly mostNames: number;
}

/** Names whose series are left out of what selectors select, but for the selectors that mean them. */
export interface LeftOut {
  /** Without signs that mean something in a pattern. */
  readonly names: readonly string[];
  /** Indices of `selectors`. */
  readonly meantBy: readonly number[];
}

/** The answers to these are JSON arrays. `limit` 0: none. */
export interface SeriesRequest extends SelectionRequest {
  readonly type: 'series' | 'labelNames';
  readonly limit: number;
}

export interface LabelValuesRequest extends SelectionRequest {
  readonly type: 'labelValues';
  readonly name: string;
  readonly limit: number;
}

export interface TsdbStatusRequest {
  readonly type: 'tsdbStatus';
  /** Entries a list. */
  readonly limit: number;
}

export interface QueryRequest {
  readonly type: 'query';
  readonly query: string;
  readonly times: QueryTimes;
  readonly options: EngineOptions;
  /** Whether statistics are part of the answer, and those of each step. */
  readonly statistics: 'none' | 'basic' | 'all';
  /** How long it waited for its turn. */
  readonly queuedMs: number;
  readonly encoding: Encoding;
  /** Of series in the answer; 0: none. */
  readonly limit: number;
}

export type JobRequest =
  | FederateRequest
  | CostRequest
  | OwnersRequest
  | SeriesRequest
  | LabelValuesRequest
  | QueryRequest
  | RulesRequest
  | NewestRequest
  | TsdbStatusRequest;

export type FailureCode =
  | 'too_many_series'
  | 'out_of_memory'
  | 'cancelled'
  | 'failed'
  /** The query is none. */
  | 'bad_query'
  /** It cannot be evaluated over what is stored, or not within its limits. */
  | 'execution';

export interface FederateResult {
  readonly series: number;
  /** Of text, before compression. */
  readonly textBytes: number;
  /** Series left out because they were removed meanwhile. */
  readonly gone: number;
  /** Visible series that the selectors select, left out for their names. */
  readonly leftOut: number;
  /** The newest sample's time; null in an empty answer. */
  readonly newestMs: number | null;
  /** Whether one of the series has a label `instance` of its own. */
  readonly hasInstances: boolean;
}

export interface CostResult {
  readonly series: number;
  /** Of each selector alone. */
  readonly selectors: readonly number[];
  /** Those with a label `instance` of their own. */
  readonly instanceSeries: number;
  readonly textBytes: number;
  readonly gzipBytes: number;
  readonly metrics: readonly NamedCount[];
  readonly labels: readonly LabelCost[];
}

export interface SeriesOwner {
  /** As the scrape names it; 0 for what was not scraped. */
  readonly id: number;
  readonly series: number;
  readonly names: readonly string[];
}

export interface OwnersResult {
  readonly owners: readonly SeriesOwner[];
  /** Series that are selected, looked at or not. */
  readonly selected: number;
}

export interface ListResult {
  readonly json: Uint8Array;
  readonly truncated: boolean;
}

export interface QueryResult {
  /** The whole answer where it is small; null: it was handed over in pieces, encoded as was asked for. */
  readonly body: Uint8Array | null;
  /** The answer's statistics as JSON. */
  readonly statistics: string;
  readonly samples: number;
  readonly prepareMs: number;
  readonly evalMs: number;
  readonly sortMs: number;
}

export interface NamedCount {
  readonly name: string;
  readonly value: number;
}

export interface TsdbStatusResult {
  readonly seriesCountByMetricName: readonly NamedCount[];
  readonly labelValueCountByLabelName: readonly NamedCount[];
  readonly memoryInBytesByLabelName: readonly NamedCount[];
  readonly seriesCountByLabelValuePair: readonly NamedCount[];
}

/** What each kind of job answers. */
export interface JobResults {
  federate: FederateResult;
  federateCost: CostResult;
  owners: OwnersResult;
  series: ListResult;
  labelNames: ListResult;
  labelValues: ListResult;
  query: QueryResult;
  rules: RulesResult;
  newest: NewestResult;
  tsdbStatus: TsdbStatusResult;
}

export type JobResult = JobResults[keyof JobResults];

export type ToWorker =
  | { readonly kind: 'start'; readonly job: number; readonly request: JobRequest }
  | { readonly kind: 'cancel'; readonly job: number }
  /** The piece of memory was sent; the worker may fill it again. */
  | { readonly kind: 'free'; readonly job: number; readonly slot: number }
  | { readonly kind: 'headers'; readonly job: number; readonly headers: readonly string[] }
  /** What is deleted of the head from now on (HeadTombstones). */
  | { readonly kind: 'tombstones'; readonly shared: SharedArrayBuffer }
  | { readonly kind: 'ping'; readonly id: number };

export type FromWorker =
  /** All limits are kept and the answer begins: it has so many series. */
  | { readonly kind: 'begin'; readonly job: number; readonly series: number }
  | { readonly kind: 'piece'; readonly job: number; readonly slot: number; readonly address: number; readonly length: number }
  | { readonly kind: 'wanted'; readonly job: number; readonly names: readonly string[] }
  | { readonly kind: 'done'; readonly job: number; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly job: number; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'pong'; readonly id: number };

/** What a worker is started with. */
export interface WorkerInit {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly index: number;
  /** Where the blocks are; none without. */
  readonly dataFolder?: string;
}
