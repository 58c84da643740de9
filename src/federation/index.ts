// Federation's door: the /federate answer and what is counted about it, who asks for it, and the tree of servers around this one.
export { ALERT_CHOICES, type AlertChoice } from './alert-series.ts';
export { type Consumer, Consumers, type FederateClient } from './consumers.ts';
export type { AgreedMetadata } from './family-headers.ts';
export { FederateHandler, type FederateInput, type FederateOptions, type FederateResponse } from './federate-handler.ts';
export { type FederateCounters, registerFederateMetrics } from './federate-metrics.ts';
export { webAddressOf } from './foreign-values.ts';
export { InstanceLevel } from './instance-level.ts';
export { type FoundOrigins, OriginFinder, type OriginQuestions, type OriginsOptions } from './origins.ts';
export { FederatePreviewer, PreviewError, type PreviewOptions, type Selector } from './preview.ts';
export { SourceClient } from './source-client.ts';
export { registerSourceMetrics } from './source-metrics.ts';
export { SourceQuestions } from './source-questions.ts';
export { SourceRules } from './source-rules.ts';
export type { SourceTarget } from './source-target.ts';
export { FederationTree, type TreeQuestion } from './tree.ts';
