// The write side's contract: what scraping, and later rules, federation and remote write, see of the store.
// One append path: series() gives slots, a SampleBatch gathers samples, commit() makes the batch visible as a whole.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';

/** What became of a batch's samples; numbers counted once a batch, as Prometheus counts them. */
export interface AppendOutcome {
  readonly appended: number;
  /** Older than the series' newest sample. */
  readonly outOfOrder: number;
  /** Same timestamp as the series' newest sample with another value. */
  readonly duplicate: number;
  /** Older than what the head still takes (half a chunk range before its newest sample). */
  readonly tooOld: number;
  /** The head's memory was used up. */
  readonly outOfMemory: number;
}

/** What a target tells about a metric. */
export interface SeriesMetadata {
  /** `counter`, `gauge`, …; `unknown` where it tells none. */
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}

/** Of series that no target's answers bring: those of rules, and what scrapes report about themselves. */
export const NO_OWNER = 0;

export interface Appender {
  /** Whether describe() is to be called. */
  readonly wantsMetadata: boolean;
  /**
   * The slot of the series with these labels, created if there is none. It becomes visible with its first committed sample.
   * The slot stays valid while a batch or a target cache holds it (until the batch is committed or discarded), or
   * it is held.
   * @param owner the target whose answers bring it, kept for drill-down; NO_OWNER of what this server makes itself
   * @param urgent it may use the memory that other new series must leave free (a target's `up` and its companions)
   * @throws StorageError `out_of_memory`
   */
  series(labels: Labels, owner: number, urgent?: boolean): SeriesSlot;
  /** Keeps the slot valid until it is released, for a source that writes the same series again and again. */
  hold(slot: SeriesSlot): void;
  release(slot: SeriesSlot): void;
  /** Of a series that is held. */
  metricName(slot: SeriesSlot): string;
  /** What the series' metric is, to be kept with a batch that has a sample of it; for all series of a target when something of it is new. */
  describe(batch: SampleBatch, slot: SeriesSlot, metadata: SeriesMetadata): void;
  openBatch(): SampleBatch;
  /** Commits in the order of the calls. When the promise resolves the whole batch is visible, and the batch is used up. */
  commit(batch: SampleBatch): Promise<AppendOutcome>;
  /** Gives the batch back; nothing of it becomes visible. */
  discard(batch: SampleBatch): void;
}
