// The series ALERTS and ALERTS_FOR_STATE of one rule's alerts.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import { compareUtf8, type Label, type Labels } from '../model/index.ts';
import type { GiveWay } from '../worker/index.ts';
import type { Alert, AlertSlots } from './alert.ts';
import { EndedSeries } from './ended-series.ts';
import type { RuleAppender } from './rule-appender.ts';

export const FOR_STATE = 'ALERTS_FOR_STATE';

/** A millisecond, where all series are new. */
const SAMPLES_AT_ONCE = 256;

export class AlertSeries {
  readonly ended: EndedSeries;
  readonly #appender: RuleAppender;

  constructor(appender: RuleAppender) {
    this.#appender = appender;
    this.ended = new EndedSeries(appender);
  }

  /**
   * A sample of each for every alert, and stale markers for series that ended. @returns how many of both @throws StorageError, KernelError
   */
  async write(
    batch: SampleBatch,
    alerts: Iterable<Alert>,
    timeMs: number,
    giveWay: GiveWay,
  ): Promise<{ samples: number; markers: number }> {
    const began = new Set<SeriesSlot>();
    let samples = 0;
    for (const alert of alerts) {
      const { stateSlot, forSlot } = this.#slotsOf(alert, began);
      batch.push(stateSlot, timeMs, 1);
      batch.push(forSlot, timeMs, Math.floor(alert.activeMs / 1000));
      samples += 2;
      if (samples % SAMPLES_AT_ONCE === 0) await giveWay();
    }
    this.ended.beganAgain(began);
    return { samples, markers: await this.ended.write(batch, timeMs, giveWay) };
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

  /** `began`: takes what was found anew. */
  #slotsOf(alert: Alert, began: Set<SeriesSlot>): AlertSlots {
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
    began.add(stateSlot).add(forSlot);
    return alert.series;
  }
}

function withLabels(labels: Labels, own: readonly Label[]): Labels {
  const names = new Set(own.map(([name]) => name));
  return [...labels.filter(([name]) => !names.has(name)), ...own].sort((a, b) => compareUtf8(a[0], b[0]));
}
