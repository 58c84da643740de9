// The head's series of a raw query, in label order. All are pinned in one pass as of one horizon; then they are read a few at a
// time, each few in an epoch of their own, so that a long answer holds nothing of the head: a pin's ordinal says up to which sample
// is read, and where its chunks begin is asked anew (older chunks may have been let go of meanwhile).
import { decodeStoredChunk, type HeadReader, type Selection, storedChunksBehind } from '../kernel/index.ts';
import type { Label, Labels } from '../model/index.ts';
import type { Job } from './job.ts';
import type { SelectionRequest } from './messages.ts';
import type { SampleList } from './sample-list.ts';

const PIN_BYTES = 24;
const PINNED = 1;
const NEWER_HORIZON = 2;
const FIRST_CAPACITY = 1024;

export class HeadSamples {
  readonly #reader: HeadReader;
  /** Entries {u32 slot, u32 index} in label order. */
  readonly #order: number;
  /** By index: {i64 t, value's bits, u32 ordinal, u32 chunk}; ordinal 0 for a series without a sample. */
  readonly #pins: number;
  /** By index. */
  readonly #refs: number;
  /** Room for one series' times, and as many values behind them. */
  #samples = 0;
  #capacity = 0;
  readonly count: number;

  private constructor(reader: HeadReader, selection: { order: number; pins: number; refs: number; count: number }) {
    this.#reader = reader;
    this.#order = selection.order;
    this.#pins = selection.pins;
    this.#refs = selection.refs;
    this.count = selection.count;
  }

  /** @throws KernelError `out_of_memory`, WorkerError `cancelled` */
  static select(job: Job, request: SelectionRequest): Promise<HeadSamples> {
    const { reader } = job.parts;
    return job.selectSeries(request, (selection) => pinAll(reader, selection, (pinned) => new HeadSamples(reader, pinned)));
  }

  dispose(): void {
    const { arena } = this.#reader;
    for (const address of [this.#order, this.#pins, this.#refs, this.#samples]) if (address !== 0) arena.free(address);
    this.#samples = 0;
  }

  /**
   * Clears `into` and fills it with the samples of the interval (both ends included) of the series at this place, only the newest one if
   * `newestOnly`. @returns its labels, null when it has none there or is no more. Inside an epoch. @throws KernelError `out_of_memory`
   */
  read(place: number, interval: { minT: number; maxT: number; newestOnly: boolean }, into: SampleList): Labels | null {
    const { kernel, words } = this.#reader;
    into.clear();
    const index = words[this.#order / 4 + place * 2 + 1];
    const pin = this.#pins + index * PIN_BYTES;
    const slot = kernel.refToSlot(words[this.#refs / 4 + index]) >>> 0;
    if (slot === 0 || words[pin / 4 + 4] === 0) return null;
    const newestT = timeAt(words, pin / 4);
    if (newestT < interval.minT) return null;
    if (interval.newestOnly && newestT <= interval.maxT) into.push(newestT, words, pin / 4 + 2);
    else if (this.#renewChunk(slot, pin)) this.#readChunks(pin, words[this.#refs / 4 + index], interval, into);
    return into.count === 0 ? null : this.#labels(slot);
  }

  #renewChunk(slot: number, pin: number): boolean {
    const { kernel, words, scratch } = this.#reader;
    for (;;) {
      const state = kernel.pinSample(slot, kernel.horizon() >>> 0, scratch);
      if (state === NEWER_HORIZON) continue;
      words[pin / 4 + 5] = words[scratch / 4 + 5];
      return state === PINNED;
    }
  }

  #readChunks(pin: number, ref: number, interval: { minT: number; maxT: number; newestOnly: boolean }, into: SampleList): void {
    const { minT, maxT, newestOnly } = interval;
    const { kernel, words, scratch } = this.#reader;
    if (this.#capacity === 0) this.#grow(FIRST_CAPACITY);
    for (;;) {
      const limit = newestOnly ? 1 : this.#capacity;
      const values = this.#samples + this.#capacity * 8;
      const count = kernel.pinnedSamples(pin, minT, maxT, this.#samples, values, limit, scratch) >>> 0;
      if (count === limit && !newestOnly) {
        this.#grow(this.#capacity * 4); // there may be older ones
        continue;
      }
      this.#readStored(ref, interval, into);
      for (let i = 0; i < count; i++) into.push(timeAt(words, this.#samples / 4 + i * 2), words, values / 4 + i * 2);
      return;
    }
  }

  /** What is behind the chunks in memory; nothing where those had all that was wanted. */
  #readStored(ref: number, { minT, maxT, newestOnly }: { minT: number; maxT: number; newestOnly: boolean }, into: SampleList): void {
    const chunks = storedChunksBehind(this.#reader, minT, maxT);
    for (const chunk of newestOnly ? chunks.reverse() : chunks) {
      const { count, times, values } = decodeStoredChunk(this.#reader, chunk, ref);
      let newest = -1;
      for (let i = 0; i < count; i++) {
        const t = timeAt(this.#reader.words, times / 4 + i * 2);
        if (t < minT || t > maxT) continue;
        if (newestOnly) newest = i;
        else into.push(t, this.#reader.words, values / 4 + i * 2);
      }
      if (newest < 0) continue;
      into.push(timeAt(this.#reader.words, times / 4 + newest * 2), this.#reader.words, values / 4 + newest * 2);
      return;
    }
  }

  #grow(capacity: number): void {
    if (this.#samples !== 0) this.#reader.arena.free(this.#samples);
    this.#samples = this.#capacity = 0;
    this.#samples = this.#reader.alloc(capacity * 16);
    this.#capacity = capacity;
  }

  #labels(slot: number): Labels {
    const { kernel, words } = this.#reader;
    const count = kernel.seriesPairCount(slot);
    const pairs = (kernel.seriesPairs(slot) >>> 0) / 4;
    const labels: Label[] = [];
    for (let i = 0; i < count; i++) {
      const pair = words[pairs + i];
      labels.push([this.#reader.nameText(kernel.pairName(pair) >>> 0), this.#reader.pairValue(pair)]);
    }
    return labels;
  }
}

/** Pins first, while the horizon is young, and sorts then. Null when the selection is too old. */
function pinAll<T>(
  reader: HeadReader,
  { address, count, capacity, horizon, deletions }: Selection,
  done: (pinned: { order: number; pins: number; refs: number; count: number }) => T,
): T | null {
  const { kernel, words, arena } = reader;
  const pieces: number[] = [];
  const piece = (bytes: number): number => {
    pieces.push(reader.alloc(bytes));
    return pieces.at(-1)!;
  };
  let result: T | null = null;
  try {
    const [order, refs, pins, spare] = [piece(count * 8), piece(count * 4), piece(count * PIN_BYTES), piece(count * 8)];
    const pinned = reader.inEpoch(() => {
      if (kernel.deletions() !== deletions) return false;
      for (let i = 0; i < count; i++) {
        const slot = words[(address + capacity * 4) / 4 + i];
        words[order / 4 + i * 2] = slot;
        words[order / 4 + i * 2 + 1] = i;
        words[refs / 4 + i] = words[address / 4 + i];
        const pin = pins + i * PIN_BYTES;
        words[pin / 4 + 4] = 0;
        if (kernel.pinSample(slot, horizon, pin) === NEWER_HORIZON) return false;
      }
      kernel.sortSeries(order, spare, count);
      return true;
    });
    if (!pinned) return null;
    arena.free(pieces.pop()!); // the spare
    result = done({ order, pins, refs, count });
    return result;
  } finally {
    if (result === null) for (const address of pieces) arena.free(address);
  }
}

/** An i64 of ms as a number; times are safe integers. */
function timeAt(words: Uint32Array, at: number): number {
  return (words[at + 1] | 0) * 0x100000000 + words[at];
}
