// An alert as it is sent, and what the configuration makes of its labels before. Behaviour: Prometheus 3.14's notifier; the JSON is that of
// Alertmanager's API v2 (postableAlerts).

import { compareUtf8, type Label, type Labels, labelValue, type RelabelRule, relabel } from '../model/index.ts';

export interface Alert {
  /** What the alert is told apart by. */
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Since when it fires. */
  readonly startsAtMs: number;
  /** In the future while it fires: until then it counts as firing unless it is sent again. In the past: it is resolved. */
  readonly endsAtMs: number;
  /** Where its expression is shown. */
  readonly generatorUrl: string;
}

/** With the external labels that it has not itself, relabelled. Those that a rule drops, or that have no label left, are not among them. */
export function relabelAlerts(alerts: readonly Alert[], externalLabels: Labels, rules: readonly RelabelRule[]): Alert[] {
  const kept: Alert[] = [];
  for (const alert of alerts) {
    const labels = relabel(withExternalLabels(alert.labels, externalLabels), rules);
    // An Alertmanager refuses an alert without labels, and says so of the whole batch.
    if (labels === null || labels.length === 0) continue;
    kept.push(labels === alert.labels ? alert : { ...alert, labels });
  }
  return kept;
}

/** An empty value is no value. */
function withExternalLabels(labels: Labels, externalLabels: Labels): Labels {
  const missing = externalLabels.filter(([name, value]) => value !== '' && labelValue(labels, name) === '');
  const present = labels.filter(([, value]) => value !== '');
  if (missing.length === 0 && present.length === labels.length) return labels;
  return [...present, ...missing].sort(byName);
}

function byName(a: Label, b: Label): number {
  return compareUtf8(a[0], b[0]);
}

/** The body of a request. Times have milliseconds. */
export function encodeAlerts(alerts: readonly Alert[]): Buffer {
  return Buffer.from(JSON.stringify(alerts.map(postable)));
}

function postable(alert: Alert): Record<string, unknown> {
  return {
    annotations: alert.annotations.length === 0 ? undefined : Object.fromEntries(alert.annotations),
    endsAt: new Date(alert.endsAtMs).toISOString(),
    startsAt: new Date(alert.startsAtMs).toISOString(),
    generatorURL: alert.generatorUrl || undefined,
    labels: Object.fromEntries(alert.labels),
  };
}
