// The configuration file → one frozen, fully defaulted Config, with positions in its errors.
export { type CheckResult, checkConfigFile, type FurtherProblems, missingFileProblems } from './check.ts';
export type * from './config.ts';
export { type ConfigNode, parseDocument } from './document.ts';
export type { Environment } from './environment.ts';
export { ConfigError, Findings, type Position } from './errors.ts';
export { duration, type Field, flag, float, integer, isLabelName, isNull, listOf, listOfPresent, mapOf, text } from './field.ts';
export { formatConfig } from './format.ts';
export { GlobError, globFiles } from './glob.ts';
export { type LoadedConfig, loadConfigFile, type ParseOptions, parseConfig } from './load.ts';
export { emptySection, type Section, section } from './section.ts';
