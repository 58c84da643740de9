// What the server tells its operator while it lasts: that it starts, that a reload failed, that it ends. The texts are Prometheus's
// (util/notifications), with our name.
import type { NotificationAnswer } from '../answers/index.ts';
import type { ServerState } from '../api/index.ts';
import type { ActiveConfiguration } from './configuration.ts';

const STATE_TEXTS: Readonly<Partial<Record<ServerState, string>>> = {
  starting: 'Tributary is starting and replaying the write-ahead log (WAL).',
  stopping: 'Tributary is shutting down and gracefully stopping all operations.',
};

/** `sinceMs`: of the state. */
export function activeNotifications(
  state: ServerState,
  sinceMs: number,
  configuration: Pick<ActiveConfiguration, 'lastSucceeded' | 'lastFailureMs'>,
): NotificationAnswer[] {
  const notification = (text: string, ms: number): NotificationAnswer => ({ text, date: new Date(ms).toISOString(), active: true });
  const failed = configuration.lastSucceeded ? [] : [notification('Configuration reload has failed.', configuration.lastFailureMs)];
  const text = STATE_TEXTS[state];
  return text === undefined ? failed : [...failed, notification(text, sinceMs)];
}
