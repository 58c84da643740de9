// Series that a rule does not bring any more: held until their stale markers are in the store.
import type { SampleBatch, SeriesSlot } from '../kernel/index.ts';
import type { GiveWay } from '../worker/index.ts';
import type { RuleAppender } from './rule-appender.ts';

/** Some tenths of a millisecond. */
const SLOTS_AT_ONCE = 1024;

export class EndedSeries {
  readonly #appender: RuleAppender;
  #slots: SeriesSlot[] = [];
  /** How many of them the last batch has markers for. */
  #written = 0;

  constructor(appender: RuleAppender) {
    this.#appender = appender;
  }

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  /** Whoever held the slot does not any more. */
  add(slot: SeriesSlot): void {
    this.#slots.push(slot);
  }

  /** Series that were found anew, and may be among those that ended and are not told yet. */
  beganAgain(slots: Iterable<SeriesSlot>): void {
    if (this.isEmpty) return;
    const again = new Set(slots);
    this.#slots = this.#slots.filter((slot) => {
      if (again.has(slot)) this.#appender.release(slot);
      return !again.has(slot);
    });
  }

  /** @returns how many markers there are @throws KernelError */
  async write(batch: SampleBatch, timeMs: number, giveWay: GiveWay): Promise<number> {
    this.#written = 0;
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i++) {
      batch.pushStale(slots[i], timeMs);
      if (i % SLOTS_AT_ONCE === SLOTS_AT_ONCE - 1) await giveWay();
    }
    this.#written = slots.length;
    return slots.length;
  }

  /** The batch was committed. */
  settle(): void {
    for (const slot of this.#slots.slice(0, this.#written)) this.#appender.release(slot);
    this.#slots = this.#slots.slice(this.#written);
    this.#written = 0;
  }

  /** Those of another are these as well from now on. */
  adopt(other: EndedSeries): void {
    this.#slots = this.#slots.concat(other.#slots);
    other.#slots = [];
    other.#written = 0;
  }

  release(): void {
    for (const slot of this.#slots.splice(0)) this.#appender.release(slot);
  }
}
