// The series ALERTS and ALERTS_FOR_STATE of one rule's alerts.
import type { SampleBatch } from '../kernel/index.ts';
import { compareUtf8, type Label, type Labels } from '../model/index.ts';
import type { Alert } from './alert.ts';
import { EndedSeries } from './ended-series.ts';
import type { RuleAppender } from './rule-appender.ts';

export const FOR_STATE = 'ALERTS_FOR_STATE';

export class AlertSeries {
  readonly ended: EndedSeries;
  readonly #appender: RuleAppender;

  constructor(appender: RuleAppender) {
    this.#appender = appender;
    this.ended = new EndedSeries(appender);
  }

  /** A sample of each. @throws StorageError, KernelError */
  write(batch: SampleBatch, alert: Alert, timeMs: number): void {
    const { stateSlot, forSlot } = this.#slotsOf(alert);
    batch.push(stateSlot, timeMs, 1);
    batch.push(forSlot, timeMs, Math.floor(alert.activeMs / 1000));
  }

  /** The alert is not pending or firing any more. */
  end(alert: Alert): void {
    if (alert.series === null) return;
    this.ended.add(alert.series.stateSlot);
    this.ended.add(alert.series.forSlot);
    alert.series = null;
  }

  /** Lets go of an alert's series without a word. */
  release({ series }: Alert): void {
    if (series === null) return;
    this.#appender.release(series.stateSlot);
    this.#appender.release(series.forSlot);
  }

  #slotsOf(alert: Alert): NonNullable<Alert['series']> {
    const { series, state, labels } = alert;
    if (series?.state === state) return series;
    const named = (own: readonly Label[]) => this.#appender.held(withLabels(labels, own));
    const stateSlot = named([
      ['__name__', 'ALERTS'],
      ['alertstate', state],
    ]);
    let forSlot: number;
    if (series === null) {
      try {
        forSlot = named([['__name__', FOR_STATE]]);
      } catch (error) {
        this.#appender.release(stateSlot);
        throw error;
      }
    } else {
      forSlot = series.forSlot;
      this.ended.add(series.stateSlot);
    }
    alert.series = { state, stateSlot, forSlot };
    this.ended.beganAgain([stateSlot, forSlot]);
    return alert.series;
  }
}

function withLabels(labels: Labels, own: readonly Label[]): Labels {
  const names = new Set(own.map(([name]) => name));
  return [...labels.filter(([name]) => !names.has(name)), ...own].sort((a, b) => compareUtf8(a[0], b[0]));
}
