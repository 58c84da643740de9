// The store as rules write it: series are held as long as a rule may write them, and what becomes of a batch is told as the rule's error.
import { KernelError, type SampleBatch, type SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import { type Appender, type AppendOutcome, NO_OWNER, StorageError } from '../storage/index.ts';

/** A batch that was handed over. In an object, so that awaiting the handing over does not await what becomes of it. */
export interface Commit {
  readonly outcome: Promise<AppendOutcome | null>;
}

export class RuleAppender {
  readonly #appender: Appender;

  constructor(appender: Appender) {
    this.#appender = appender;
  }

  /** The slot of the series, held; a series without labels has none. @throws StorageError */
  held(labels: Labels): SeriesSlot {
    const slot = this.#appender.series(labels, NO_OWNER);
    this.#appender.hold(slot);
    return slot;
  }

  release(slot: SeriesSlot): void {
    this.#appender.release(slot);
  }

  /**
   * What `fill` puts into a batch becomes visible as a whole, or nothing of it does. Resolves when the batch is handed over, in the order of
   * the calls' ends. @returns what becomes of the samples; null where there were none @throws StorageError, KernelError
   */
  async write(fill: (batch: SampleBatch) => Promise<void>): Promise<Commit> {
    const batch = this.#appender.openBatch();
    try {
      await fill(batch);
    } catch (error) {
      this.#appender.discard(batch);
      throw error;
    }
    if (batch.length > 0) return { outcome: this.#appender.commit(batch) };
    this.#appender.discard(batch);
    return { outcome: Promise.resolve(null) };
  }
}

/** Whether the store refused something, as it may, and goes on. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof StorageError || error instanceof KernelError;
}
