// What the main thread and a query worker say to each other about rules. Plain data: it is cloned from thread to thread.
import type { Labels } from '../model/index.ts';
import type { EngineOptions } from '../promql/index.ts';

/** What of a rule its evaluation needs. */
export interface RuleTask {
  /** Of the series it records, or of the alert. */
  readonly name: string;
  readonly query: string;
  /** Of an alert: templates. */
  readonly labels: Labels;
  /** Templates; null for a recording rule. */
  readonly annotations: Labels | null;
  /** Of series that are recorded; 0 or less: none. */
  readonly limit: number;
}

export interface RulesRequest {
  readonly type: 'rules';
  /** Tasks of one group go to the same worker, which has their selections ready. */
  readonly group: string;
  /** Rules that do not look at each other's results. */
  readonly tasks: readonly RuleTask[];
  /** Of the evaluation; queries in templates are of that time. */
  readonly timeMs: number;
  /** At which the rules' own queries look: before `timeMs` by the query offset. */
  readonly queryTimeMs: number;
  readonly options: EngineOptions;
  /** Of one query. */
  readonly timeoutMs: number;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  /** Whether outcomes tell them. */
  readonly queries: boolean;
}

/** A query that was evaluated for a rule. */
export interface RuleQuery {
  readonly query: string;
  readonly timeMs: number;
  readonly error: string | null;
  /** As JSON. */
  readonly statistics: string;
}

export interface RuleOutcome {
  /** Why there is no result. */
  readonly error: string | null;
  /** Elements of the result. */
  readonly count: number;
  /** The result's pages, by their bytes. */
  readonly pages: ArrayLike<number> & Iterable<number>;
  /** For the query log, when they were asked for: the rule's own and those of its templates. */
  readonly queries: readonly RuleQuery[];
  /** Of the query. */
  readonly samples: number;
  readonly prepareMs: number;
  readonly evalMs: number;
  readonly sortMs: number;
  /** All of it. */
  readonly durationMs: number;
  readonly startedMs: number;
  /** Of templates that failed, the first few; the result has the errors' texts in their places. */
  readonly templateErrors: readonly string[];
  readonly templateFailures: number;
  /** Templates that were expanded. */
  readonly expansions: number;
}

/** Of a task that failed, or whose templates did. */
export interface RuleFailure {
  readonly task: number;
  readonly error: string | null;
  readonly templateErrors: readonly string[];
}

/** Outcomes are read by readOutcomes(). */
export interface RulesResult {
  readonly numbers: Float64Array<ArrayBuffer>;
  /** In the order of the tasks. */
  readonly failures: readonly RuleFailure[];
  /** By task, when they were asked for. */
  readonly queries: readonly (readonly RuleQuery[])[];
  /**
   * Of all tasks, page after page. A page is the JSON of an array of at most 256 elements: of label sets with the record's name for a
   * recording rule, of `[labels, annotations]` for an alerting one. A page that is the same as the one before is known by its bytes.
   */
  readonly pages: Uint8Array<ArrayBuffer>;
  /** Of all elements. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** The newest samples of series, stale markers too. */
export interface NewestRequest {
  readonly type: 'newest';
  readonly matchers: readonly { readonly name: string; readonly value: string }[];
  /** ms, both ends included. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface NewestSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  readonly isStale: boolean;
}

export interface NewestResult {
  readonly samples: readonly NewestSample[];
}
