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
export type { Expr } from './parser/ast.ts';
export { treeOf } from './parser/ast-json.ts';
export { PromqlParseError } from './parser/error.ts';
export { allFunctions } from './parser/functions.ts';
export { type LanguageFeatures, parseExpr, STABLE_LANGUAGE, WHOLE_LANGUAGE } from './parser/parser.ts';
export { formatFloat, prettyPrint, print } from './parser/printer.ts';
export { parseMetricSelector } from './parser/selector.ts';
export { type ReadSeries, seriesReadBy } from './parser/selectors.ts';
export { AGGREGATORS, OPERATORS } from './parser/token.ts';
export type { QueryValue, ResultSamples, RowResult } from './result.ts';
