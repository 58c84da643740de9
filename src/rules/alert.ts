// One alert: an element of an alerting rule's result, from the evaluation that first had it until 15 minutes after the last one.
// Source of the states and times: rules/alerting.go of Prometheus. Times are ms since the epoch.
import type { SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';

export type AlertState = 'inactive' | 'pending' | 'firing';

export interface Alert {
  /** With `alertname`. */
  readonly labels: Labels;
  annotations: Labels;
  /** Of the last evaluation that had it. */
  value: number;
  state: AlertState;
  activeMs: number;
  /** 0 before it fires. */
  firedMs: number;
  /** 0 until then. */
  resolvedMs: number;
  /** 0 before the first time. */
  sentMs: number;
  /** What is sent holds until then. */
  validUntilMs: number;
  /** Since when it fires only because of keep_firing_for; 0: it does not. */
  keepFiringSinceMs: number;
  /** Its series of the last evaluation; null: none was written. */
  series: AlertSlots | null;
}

export interface AlertSlots {
  readonly state: AlertState;
  readonly stateSlot: SeriesSlot;
  readonly forSlot: SeriesSlot;
}

export function newAlert(labels: Labels, annotations: Labels, value: number, activeMs: number): Alert {
  return {
    labels,
    annotations,
    value,
    state: 'pending',
    activeMs,
    firedMs: 0,
    resolvedMs: 0,
    sentMs: 0,
    validUntilMs: 0,
    keepFiringSinceMs: 0,
    series: null,
  };
}

/** What is sent while it fires and is not resolved is said again after `resendDelayMs`. */
export function needsSending({ state, resolvedMs, sentMs }: Alert, timeMs: number, resendDelayMs: number): boolean {
  if (state === 'pending') return false;
  if (resolvedMs > sentMs) return true;
  return sentMs + resendDelayMs < timeMs;
}
