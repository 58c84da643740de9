// The door of PromQL: today the selectors of `match[]`, and those of raw queries; expressions, their plan and their evaluation come beside them.

export { PromqlParseError, PromqlUnsupportedError } from './parser/error.ts';
export { parseRawSelector, type RawSelector } from './parser/raw-selector.ts';
export { parseMetricSelector } from './parser/selector.ts';
