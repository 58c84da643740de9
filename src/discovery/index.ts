// Where targets come from: target groups (static ones for now) and what becomes of them.
export { type DiscoveredTarget, type TargetOutcome, targetsOf } from './target-labels.ts';
export { targetProblems } from './target-problems.ts';
export { serverUrl } from './target-url.ts';
