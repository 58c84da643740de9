// The series that one rule writes. Their slots are kept page by page beside the bytes that named them: an evaluation that brings the same
// series as the one before, as nearly all do, reads no labels and asks the head for nothing.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import { EndedSeries } from './ended-series.ts';
import type { RuleAppender } from './rule-appender.ts';

interface Page {
  readonly bytes: Uint8Array;
  readonly slots: readonly SeriesSlot[];
}

/** Some elements of a rule's result, one behind the other. */
export interface ResultPage {
  /** JSON (rule-messages.ts). */
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
}

/** Lets others have their turn where work has gone on for some ms. */
export type GiveWay = () => Promise<void> | null;

export class RuleSeries {
  readonly #appender: RuleAppender;
  readonly ended: EndedSeries;
  #pages: Page[] = [];

  constructor(appender: RuleAppender) {
    this.#appender = appender;
    this.ended = new EndedSeries(appender);
  }

  /**
   * Puts the samples into the batch, and stale markers for series that are not among them any more. Where that fails, or is not committed
   * afterwards, the next one brings the markers. @throws StorageError, KernelError
   */
  async write(batch: SampleBatch, pages: readonly ResultPage[], timeMs: number, giveWay: GiveWay): Promise<void> {
    const before = this.#pages;
    const now: Page[] = [];
    const fresh: Page[] = [];
    try {
      for (const [i, { bytes, values }] of pages.entries()) {
        let page = before[i];
        if (page === undefined || Buffer.compare(page.bytes, bytes) !== 0) {
          page = this.#find(bytes);
          fresh.push(page);
        }
        now.push(page);
        const { slots } = page;
        for (let j = 0; j < slots.length; j++) batch.push(slots[j], timeMs, values[j]);
        await giveWay();
      }
    } catch (error) {
      this.#release(fresh);
      throw error;
    }
    this.#pages = now;
    const gone = before.filter((page) => !now.includes(page));
    if (gone.length > 0) {
      const goOn = new Set(now.flatMap(({ slots }) => slots));
      for (const { slots } of gone)
        for (const slot of slots)
          if (goOn.has(slot)) this.#appender.release(slot);
          else this.ended.add(slot);
    }
    for (const { slots } of fresh) this.ended.beganAgain(slots);
    this.ended.write(batch, timeMs);
  }

  /** All of them end. */
  end(): void {
    for (const { slots } of this.#pages.splice(0)) for (const slot of slots) this.ended.add(slot);
  }

  /** Lets go of them without a word. */
  release(): void {
    this.#release(this.#pages.splice(0));
    this.ended.release();
  }

  #find(bytes: Uint8Array): Page {
    const slots: SeriesSlot[] = [];
    try {
      for (const labels of readPage(bytes) as Labels[]) slots.push(this.#appender.held(labels));
    } catch (error) {
      this.#release([{ bytes, slots }]);
      throw error;
    }
    // The bytes are a part of a larger array, which is not to be kept for them.
    return { bytes: bytes.slice(), slots };
  }

  #release(pages: readonly Page[]): void {
    for (const { slots } of pages) for (const slot of slots) this.#appender.release(slot);
  }
}

export function readPage(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
