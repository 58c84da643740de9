// Federation's door: the /federate answer and what is counted about it.
export { ALERT_CHOICES, type AlertChoice } from './alert-series.ts';
export type { AgreedMetadata } from './family-headers.ts';
export { FederateHandler, type FederateInput, type FederateOptions, type FederateResponse } from './federate-handler.ts';
export { type FederateCounters, registerFederateMetrics } from './federate-metrics.ts';
export { FederatePreviewer, PreviewError, type PreviewOptions, type Selector } from './preview.ts';
