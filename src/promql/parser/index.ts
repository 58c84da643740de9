// The language: texts ⇄ trees. Runs in a browser as it does in the server: nothing below uses what Node alone has.
export * from './ast.ts';
export { treeOf } from './ast-json.ts';
export { PromqlParseError } from './error.ts';
export { allFunctions } from './functions.ts';
export { type LanguageFeatures, parseExpr, STABLE_LANGUAGE, WHOLE_LANGUAGE } from './parser.ts';
export { formatFloat, prettyPrint, print } from './printer.ts';
export { parseMetricSelector } from './selector.ts';
export { type ReadSeries, seriesReadBy } from './selectors.ts';
export { AGGREGATORS, OPERATORS } from './token.ts';
