// The shapes of the API's answers, as they stand in the JSON: types alone, shared by the routes that give them and the web application
// that reads them. Names, and what is optional, are Prometheus's (web/api/v1) where Prometheus has the answer.
export type * from './alertmanagers.ts';
export type * from './envelope.ts';
export type * from './federation.ts';
export type * from './metadata.ts';
export type * from './notifications.ts';
export type * from './query.ts';
export type * from './relabel-steps.ts';
export type * from './rules.ts';
export type * from './status.ts';
export type * from './targets.ts';
