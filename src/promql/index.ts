// The door of PromQL: texts to trees and back, and the evaluation of queries.

export { shownAnnotations } from './annotations.ts';
export {
  type EngineOptions,
  evaluate,
  MOST_STEPS,
  parseQuery,
  type QueryAnswer,
  type QueryStatistics,
  type QueryTimes,
  RangeQueryTypeError,
} from './engine.ts';
export { EvaluationError } from './errors.ts';
export {
  AGGREGATORS,
  allFunctions,
  type Expr,
  formatFloat,
  type LanguageFeatures,
  OPERATORS,
  PromqlParseError,
  parseExpr,
  parseMetricSelector,
  prettyPrint,
  print,
  type ReadSeries,
  STABLE_LANGUAGE,
  seriesReadBy,
  treeOf,
  WHOLE_LANGUAGE,
} from './parser/index.ts';
export type { QueryValue, ResultSamples, RowResult } from './result.ts';
