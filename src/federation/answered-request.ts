// What /federate selects for some match[], as the query workers are asked for it: by whoever answers it, or counts what it would answer.
import type { Labels, Matcher } from '../model/index.ts';
import type { AnsweredRequest } from '../worker/index.ts';
import { type AlertChoice, alertsToLeaveOut } from './alert-series.ts';

export interface AnswerSettings {
  /** Asked anew for each request. */
  readonly externalLabels: () => Labels;
  readonly alerts: AlertChoice;
  readonly lookbackMs: number;
  /** Wall clock, ms. */
  readonly now: () => number;
}

export function answeredRequest(selectors: readonly (readonly Matcher[])[], settings: AnswerSettings): AnsweredRequest {
  const now = settings.now();
  return {
    selectors: selectors.map((matchers) => matchers.map(({ name, op, value }) => ({ name, op, value }))),
    all: false,
    leftOut: alertsToLeaveOut(selectors, settings.alerts),
    externalLabels: settings.externalLabels(),
    minT: now - settings.lookbackMs,
    maxT: now,
  };
}
