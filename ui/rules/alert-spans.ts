// When alerts were pending and firing: the series ALERTS over a time, one row an alert.
import type { LabelMap, MatrixRow } from '../../src/answers/index.ts';
import { formatSeries } from '../format/series.ts';

export interface AlertSpan {
  readonly state: 'pending' | 'firing';
  readonly fromMs: number;
  /** Where it ends; the last step counts whole. */
  readonly toMs: number;
}

export interface AlertRow {
  readonly key: string;
  /** Without the name and the state. */
  readonly labels: LabelMap;
  readonly spans: readonly AlertSpan[];
}

export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Steps in a timeline: more than a screen shows well would cost the server for nothing. */
const STEPS = 240;
const LEAST_STEP_MS = 5_000;

/** The range before now. It moves by whole steps, so that the same question is asked until there is something new. */
export function rangeBefore(nowMs: number, lengthMs: number): TimeRange {
  const stepMs = Math.max(lengthMs / STEPS, LEAST_STEP_MS);
  const endMs = Math.floor(nowMs / stepMs) * stepMs;
  return { startMs: endMs - lengthMs, endMs, stepMs };
}

/** The alerts of a rule, by the labels that it gives them all: labels that are templates differ from alert to alert. */
export function alertsQuery(name: string, ruleLabels: LabelMap): string {
  const fixed = Object.entries(ruleLabels).filter(([label, value]) => !value.includes('{{') && label !== 'alertname');
  return formatSeries({ __name__: 'ALERTS', alertname: name, ...Object.fromEntries(fixed) });
}

/** The rows that have something to draw, the one that was active last first. */
export function alertRows(matrix: readonly MatrixRow[], { startMs, endMs, stepMs }: TimeRange): AlertRow[] {
  const rows = new Map<string, { labels: LabelMap; spans: AlertSpan[] }>();
  for (const { metric, values } of matrix) {
    const { __name__: _name, alertstate, ...labels } = metric;
    if (alertstate !== 'pending' && alertstate !== 'firing') continue;
    const key = keyOf(labels);
    // While the answer for another range is awaited, the last one is drawn: what of it is out of the range is left out.
    const times = values.map(([seconds]) => seconds * 1000).filter((ms) => ms >= startMs && ms <= endMs);
    if (times.length === 0) continue;
    const row = rows.get(key) ?? { labels, spans: [] };
    rows.set(key, row);
    row.spans.push(...spansOf(times, alertstate, { startMs, endMs, stepMs }));
  }
  return [...rows]
    .map(([key, { labels, spans }]) => ({ key, labels, spans: spans.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs) }))
    .sort((a, b) => b.spans[b.spans.length - 1].toMs - a.spans[a.spans.length - 1].toMs || (a.key < b.key ? -1 : 1));
}

/** Of alerts: `active` ones in their order, each with its row or an empty one, and after them those that are not active any more. */
export interface Timeline {
  readonly active: readonly AlertRow[];
  readonly ended: readonly AlertRow[];
}

/** `shown` of `all` the active alerts of a rule; of the rows that belong to none of them, those that `finds` finds. */
export function timelineOf(
  rows: readonly AlertRow[],
  { shown, all, finds }: { shown: readonly LabelMap[]; all: readonly LabelMap[]; finds: (labels: LabelMap) => boolean },
): Timeline {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const active = new Set(all.map(keyOf));
  return {
    active: shown.map((labels) => byKey.get(keyOf(labels)) ?? { key: keyOf(labels), labels, spans: [] }),
    ended: rows.filter(({ key, labels }) => !active.has(key) && finds(labels)),
  };
}

function keyOf(labels: LabelMap): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** Steps that follow one another are one span. A sample holds until the next step, and none beyond the range: one at its end has no length. */
function spansOf(times: readonly number[], state: AlertSpan['state'], { endMs, stepMs }: TimeRange): AlertSpan[] {
  const spans: AlertSpan[] = [];
  let fromMs = times[0];
  times.forEach((ms, i) => {
    if (i + 1 < times.length && times[i + 1] - ms <= stepMs * 1.5) return;
    spans.push({ state, fromMs, toMs: Math.min(ms + stepMs, endMs) });
    fromMs = times[i + 1];
  });
  return spans;
}

/** Round times for an axis, about `count` of them. */
export function ticksOf({ startMs, endMs }: TimeRange, count: number): number[] {
  const minute = 60_000;
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * minute);
  const step = steps.find((one) => (endMs - startMs) / one <= count) ?? steps[steps.length - 1];
  const ticks: number[] = [];
  for (let ms = Math.ceil(startMs / step) * step; ms <= endMs; ms += step) ticks.push(ms);
  return ticks;
}
