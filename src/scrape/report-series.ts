// The series a scrape reports about itself: `up` and its companions, written with every scrape, good or bad, at its timestamp. They are this
// server's own, not the target's: whoever looks for what a source brought does not find them.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import { type Appender, NO_OWNER } from '../storage/index.ts';
import { isRefusal } from './errors.ts';
import { reportLabels } from './sample-labels.ts';

export interface ReportValues {
  readonly up: boolean;
  readonly durationSeconds: number;
  readonly scraped: number;
  readonly kept: number;
  readonly added: number;
  readonly timeoutSeconds: number;
  readonly sampleLimit: number;
  /** Of the uncompressed body; 0 when the scrape failed, -1 when it failed for the body's size. */
  readonly bodyBytes: number;
}

type ReportColumn = readonly [name: string, value: (values: ReportValues) => number];

const COLUMNS: readonly ReportColumn[] = [
  ['up', (values) => (values.up ? 1 : 0)],
  ['scrape_duration_seconds', (values) => values.durationSeconds],
  ['scrape_samples_scraped', (values) => values.scraped],
  ['scrape_samples_post_metric_relabeling', (values) => values.kept],
  ['scrape_series_added', (values) => values.added],
];
/** Only where extra scrape metrics are switched on. */
const EXTRA_COLUMNS: readonly ReportColumn[] = [
  ['scrape_timeout_seconds', (values) => values.timeoutSeconds],
  ['scrape_sample_limit', (values) => values.sampleLimit],
  ['scrape_body_size_bytes', (values) => values.bodyBytes],
];

export class ReportSeries {
  readonly #appender: Appender;
  readonly #columns: readonly ReportColumn[];
  readonly #labels: readonly Labels[];
  /** By column, once asked for, and held. */
  readonly #slots: (SeriesSlot | undefined)[] = [];

  constructor(appender: Appender, targetLabels: Labels, extra: boolean) {
    this.#appender = appender;
    this.#columns = extra ? [...COLUMNS, ...EXTRA_COLUMNS] : COLUMNS;
    this.#labels = this.#columns.map(([name]) => reportLabels(name, targetLabels));
  }

  /** @returns how many of the samples the head had no memory for */
  push(batch: SampleBatch, timestampMs: number, values: ReportValues): number {
    return this.#each((slot, column) => batch.push(slot, timestampMs, this.#columns[column][1](values)));
  }

  pushStale(batch: SampleBatch, timestampMs: number): number {
    return this.#each((slot) => batch.pushStale(slot, timestampMs));
  }

  /** Lets go of the series; they are asked for again should there be another push. */
  release(): void {
    for (const slot of this.#slots.splice(0)) if (slot !== undefined) this.#appender.release(slot);
  }

  #each(push: (slot: SeriesSlot, column: number) => void): number {
    let refused = 0;
    for (let column = 0; column < this.#columns.length; column++) {
      try {
        push(this.#slots[column] ?? this.#find(column), column);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused++;
      }
    }
    return refused;
  }

  /** Urgent: where a full head refuses a new target's series, `up` and its companions are what still tells about it. */
  #find(column: number): SeriesSlot {
    const slot = this.#appender.series(this.#labels[column], NO_OWNER, true);
    this.#appender.hold(slot);
    this.#slots[column] = slot;
    return slot;
  }
}
