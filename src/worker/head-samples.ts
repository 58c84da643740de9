// The samples of the head's series, read by their pins: each series in an epoch of its own, so that a long answer holds nothing of the head.
// A pin's ordinal says up to which sample is read, and where its chunks begin is asked anew (older chunks may have been let go of meanwhile).
import { decodeStoredChunk, type HeadReader, storedChunksBehind } from '../kernel/index.ts';
import type { TimeInterval } from '../model/index.ts';
import type { FloatSamples } from '../storage/index.ts';

const PINNED = 1;
const NEWER_HORIZON = 2;
const FIRST_CAPACITY = 1024;
/** So many samples are copied faster at once than one by one. */
const MANY = 32;
/** ms; there is no sample beyond, and the kernel's times are whole numbers. */
const LAST_TIME = Number.MAX_SAFE_INTEGER;

export interface HeadInterval {
  /** ms, both ends included. */
  readonly minT: number;
  readonly maxT: number;
  readonly newestOnly: boolean;
  /** Of the series: left out. */
  readonly deleted: readonly TimeInterval[];
}

export class HeadSamples {
  readonly #reader: HeadReader;
  /** Room for one series' times, and as many values behind them. */
  #samples = 0;
  #capacity = 0;

  constructor(reader: HeadReader) {
    this.#reader = reader;
  }

  dispose(): void {
    if (this.#samples !== 0) this.#reader.arena.free(this.#samples);
    this.#samples = this.#capacity = 0;
  }

  /**
   * The samples of the interval of a series that are not deleted, only the newest one if `newestOnly`; none when it is no more.
   * @param pin its pin, {i64 t, value's bits, u32 ordinal, u32 chunk} @param into empty @throws KernelError `out_of_memory`
   */
  read(ref: number, pin: number, interval: HeadInterval, into: FloatSamples): void {
    const { deleted } = interval;
    if (deleted.length === 0) {
      this.#read(ref, pin, interval, into);
      return;
    }
    this.#read(ref, pin, { ...interval, newestOnly: false }, into);
    for (const { minTimeMs, maxTimeMs } of deleted) into.remove(minTimeMs, maxTimeMs);
    if (interval.newestOnly) into.keep(into.lastTimeMs, Number.POSITIVE_INFINITY);
  }

  #read(ref: number, pin: number, interval: HeadInterval, into: FloatSamples): void {
    const { kernel, words } = this.#reader;
    const minT = Math.max(interval.minT, -LAST_TIME);
    const maxT = Math.min(interval.maxT, LAST_TIME);
    const newestT = timeAt(words, pin / 4);
    if (newestT < minT || maxT < minT) return;
    if (interval.newestOnly && newestT <= maxT) {
      into.push(newestT, words[pin / 4 + 2], words[pin / 4 + 3]);
      return;
    }
    this.#reader.inEpoch(() => {
      const slot = kernel.refToSlot(ref) >>> 0;
      if (slot === 0 || !this.#renewChunk(slot, pin)) return;
      this.#readChunks(pin, ref, { ...interval, minT, maxT }, into);
    });
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

  #readChunks(pin: number, ref: number, interval: HeadInterval, into: FloatSamples): void {
    const { minT, maxT, newestOnly } = interval;
    const { kernel, scratch } = this.#reader;
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
      this.#append(count, values, into);
      return;
    }
  }

  #append(count: number, values: number, into: FloatSamples): void {
    const { kernel, words, floats } = this.#reader;
    kernel.timesToFloats(this.#samples, count);
    const times = this.#samples / 8;
    if (count > MANY) into.append(floats.subarray(times, times + count), words.subarray(values / 4, values / 4 + count * 2));
    else for (let i = 0; i < count; i++) into.push(floats[times + i], words[values / 4 + i * 2], words[values / 4 + i * 2 + 1]);
  }

  /** What is behind the chunks in memory; nothing where those had all that was wanted. */
  #readStored(ref: number, { minT, maxT, newestOnly }: HeadInterval, into: FloatSamples): void {
    const { words } = this.#reader;
    const chunks = storedChunksBehind(this.#reader, minT, maxT);
    for (const chunk of newestOnly ? chunks.reverse() : chunks) {
      const { count, times, values } = decodeStoredChunk(this.#reader, chunk, ref);
      let newest = -1;
      for (let i = 0; i < count; i++) {
        const t = timeAt(words, times / 4 + i * 2);
        if (t < minT || t > maxT) continue;
        if (newestOnly) newest = i;
        else into.push(t, words[values / 4 + i * 2], words[values / 4 + i * 2 + 1]);
      }
      if (newest < 0) continue;
      const value = values / 4 + newest * 2;
      into.push(timeAt(words, times / 4 + newest * 2), words[value], words[value + 1]);
      return;
    }
  }

  #grow(capacity: number): void {
    if (this.#samples !== 0) this.#reader.arena.free(this.#samples);
    this.#samples = this.#capacity = 0;
    this.#samples = this.#reader.alloc(capacity * 16);
    this.#capacity = capacity;
  }
}

/** An i64 of ms as a number; times are safe integers. */
export function timeAt(words: Uint32Array, at: number): number {
  return (words[at + 1] | 0) * 0x100000000 + words[at];
}
