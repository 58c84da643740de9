// The query workers' door. The pool is for the main thread; QueryWorker for the worker's entry in cli/.
export { WorkerError, type WorkerErrorCode } from './errors.ts';
export { type GiveWay, givesWay } from './give-way.ts';
export { LocalWorker } from './local-worker.ts';
export type {
  AnsweredRequest,
  CostRequest,
  CostResult,
  Encoding,
  FederateRequest,
  FederateResult,
  JobRequest,
  JobResults,
  LabelValuesRequest,
  ListResult,
  MatcherText,
  NamedCount,
  OwnersResult,
  QueryRequest,
  QueryResult,
  SelectionRequest,
  SeriesOwner,
  SeriesRequest,
  TsdbStatusRequest,
  TsdbStatusResult,
  WorkerInit,
} from './messages.ts';
export { PieceWriter } from './piece-writer.ts';
export { statisticsWithout } from './query-job.ts';
export { QueryWorker } from './query-worker.ts';
export { evaluateRules, type RuleData } from './rule-job.ts';
export type { NewestSample, RuleOutcome, RuleQuery, RulesRequest, RulesResult, RuleTask } from './rule-messages.ts';
export { readOutcomes } from './rule-outcomes.ts';
export { PAGE_ELEMENTS } from './rule-pages.ts';
export { type JobOptions, type PoolStatistics, WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
export type { JobHandlers } from './worker-thread.ts';
