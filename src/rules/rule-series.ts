// The series that one rule writes. Their slots are kept page by page beside the bytes that named them: an evaluation that brings the same
// series as the one before, as nearly all do, reads no labels and asks the head for nothing.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import type { GiveWay } from '../worker/index.ts';
import { EndedSeries } from './ended-series.ts';
import { type ResultPage, readPage } from './result-pages.ts';
import type { RuleAppender } from './rule-appender.ts';

interface Page {
  readonly bytes: Uint8Array;
  readonly slots: readonly SeriesSlot[];
}

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
   * afterwards, the next one brings the markers. @returns how many markers there are @throws StorageError, KernelError
   */
  async write(batch: SampleBatch, pages: readonly ResultPage[], timeMs: number, giveWay: GiveWay): Promise<number> {
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
    if (fresh.length > 0 || now.length < before.length) await this.#part(before, now, fresh, giveWay);
    return this.ended.write(batch, timeMs, giveWay);
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

  /** Series that are in no page any more end; those that ended and are not told yet may have begun again. */
  async #part(before: readonly Page[], now: readonly Page[], fresh: readonly Page[], giveWay: GiveWay): Promise<void> {
    const began = new Set<SeriesSlot>();
    for (const { slots } of fresh) {
      for (const slot of slots) began.add(slot);
      await giveWay();
    }
    const kept = new Set(now);
    this.ended.beganAgain(began);
    for (const page of before) {
      if (kept.has(page)) continue;
      // What is in another page now was held for that once more.
      for (const slot of page.slots) {
        if (began.has(slot)) this.#appender.release(slot);
        else this.ended.add(slot);
      }
      await giveWay();
    }
  }

  #release(pages: readonly Page[]): void {
    for (const { slots } of pages) for (const slot of slots) this.#appender.release(slot);
  }
}
