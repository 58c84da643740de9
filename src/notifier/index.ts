// Alerts go to Alertmanagers: see notifier.ts.
export type { Alert } from './alert.ts';
export { alertmanagerProblems } from './alertmanager-targets.ts';
export { Notifier, type NotifierOptions, type NotifierSettings } from './notifier.ts';
