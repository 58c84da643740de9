// The head's series as blocks take them: all refs in label order, and of each its labels and its chunks in Prometheus's encoding.
// For a background thread: refs are asked for in one epoch, series in short ones, a few at a time.
import type { Labels } from '../model/index.ts';
import { KernelError } from './head-memory.ts';
import type { HeadReader } from './head-reader.ts';
import { readStoredChunk, storedChunksBehind } from './stored-chunks.ts';

/** Where the chunks of one series go. */
const CHUNKS_BYTES = 1024 * 1024;
const MOST = 0xffffffff;
const NEWER_HORIZON = 2;
const PINNED = 1;
const PIN_BYTES = 64;
const SERIES_A_LOOK = 256;
/** About 2 ms. */
const SLOTS_A_LOOK = 16_384;
const IDLE_MS = 15 * 60_000;
const NO_TIME = 2n ** 63n - 1n;
const MOST_TIME_MS = 8.64e15;

export interface HeadChunk {
  /** Of its first sample, among all that its series ever had. */
  readonly ordinal: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** u16 sample count, then the bit stream. A copy. */
  readonly data: Buffer;
}

/** A closed chunk in memory. */
export interface ClosedChunk extends HeadChunk {
  readonly ref: number;
}

export interface HeadSeries {
  readonly ref: number;
  readonly labels: Labels;
  /** Oldest first. */
  readonly chunks: readonly HeadChunk[];
}

export class HeadSeriesReader {
  readonly #reader: HeadReader;
  readonly #pin: number;
  readonly #chunks: number;

  constructor(reader: HeadReader) {
    this.#reader = reader;
    this.#pin = reader.alloc(PIN_BYTES);
    this.#chunks = reader.alloc(CHUNKS_BYTES);
  }

  dispose(): void {
    this.#reader.arena.free(this.#pin);
    this.#reader.arena.free(this.#chunks);
  }

  /** Refs of all series, in label order. @throws KernelError `out_of_memory` */
  sortedRefs(): Uint32Array {
    const reader = this.#reader;
    const capacity = reader.kernel.slotTop() >>> 0;
    const entries = reader.alloc(capacity * 8);
    try {
      const spare = reader.alloc(capacity * 8);
      try {
        const count = reader.inEpoch(() => reader.kernel.sortedSeries(entries, spare, capacity) >>> 0);
        if (count === MOST) throw new Error('BUG: there are more series than slots');
        const refs = new Uint32Array(count);
        for (let i = 0; i < count; i++) refs[i] = reader.words[entries / 4 + i * 2 + 1];
        return refs;
      } finally {
        reader.arena.free(spare);
      }
    } finally {
      reader.arena.free(entries);
    }
  }

  /** The series of those refs that have samples in the interval (ms, both ends included), in the refs' order. */
  read(refs: Uint32Array, minTimeMs: number, maxTimeMs: number): HeadSeries[] {
    const { kernel } = this.#reader;
    return this.#reader.inEpoch(() => {
      const found: HeadSeries[] = [];
      for (const ref of refs) {
        const slot = kernel.refToSlot(ref) >>> 0;
        if (slot === 0 || !this.#pinned(slot)) continue;
        const chunks = this.#export(minTimeMs, maxTimeMs);
        const stored = storedChunksBehind(this.#reader, minTimeMs, maxTimeMs).flatMap((chunk) => {
          const data = readStoredChunk(this.#reader, chunk, ref);
          return data === null
            ? []
            : [{ ordinal: chunk.ordinal, minTimeMs: chunk.minTimeMs, maxTimeMs: chunk.maxTimeMs, data: Buffer.from(data) }];
        });
        chunks.unshift(...stored);
        if (chunks.length > 0) found.push({ ref, labels: this.#reader.labels(slot), chunks });
      }
      return found;
    });
  }

  /** The series of those refs that have a sample, with the time of their newest (ms). */
  newest(refs: Uint32Array): { readonly ref: number; readonly labels: Labels; readonly newestMs: number }[] {
    const { kernel, buffer } = this.#reader;
    return this.#reader.inEpoch(() => {
      const found: { ref: number; labels: Labels; newestMs: number }[] = [];
      for (const ref of refs) {
        const slot = kernel.refToSlot(ref) >>> 0;
        if (slot !== 0 && this.#pinned(slot))
          found.push({ ref, labels: this.#reader.labels(slot), newestMs: Number(buffer.readBigInt64LE(this.#pin)) });
      }
      return found;
    });
  }

  /**
   * Closed chunks in memory of series from a slot on, and all of series that are idle, those of a series oldest first; of so many series that it takes some ms.
   * @returns the slot to go on with, 0 at the end
   */
  closedChunks(slot: number, into: ClosedChunk[]): number {
    const { kernel, words } = this.#reader;
    return this.#reader.inEpoch(() => {
      const count = kernel.closedSeries(slot, this.#chunks, SERIES_A_LOOK) >>> 0;
      const next = words[this.#chunks / 4];
      const refs = words.slice(this.#chunks / 4 + 1, this.#chunks / 4 + 1 + count);
      for (const ref of refs) {
        const slotOfRef = kernel.refToSlot(ref) >>> 0;
        if (slotOfRef === 0 || !this.#pinned(slotOfRef)) continue;
        const chunks = this.#export(-MOST_TIME_MS, MOST_TIME_MS);
        // The newest that the pin shows may get more samples, unless the series is idle.
        for (const chunk of this.#isIdle() ? chunks : chunks.slice(0, -1)) into.push({ ...chunk, ref });
      }
      return next;
    });
  }

  /** The time of the oldest sample that a chunk in memory has, ms; infinite when there is none. Samples that come meanwhile may be missed. */
  oldestInMemory(): number {
    const { kernel, buffer } = this.#reader;
    buffer.writeBigInt64LE(NO_TIME, this.#pin);
    for (let slot = 1; slot !== 0; ) slot = this.#reader.inEpoch(() => kernel.oldestInMemory(slot, SLOTS_A_LOOK, this.#pin) >>> 0);
    const oldest = buffer.readBigInt64LE(this.#pin);
    return oldest === NO_TIME ? Number.POSITIVE_INFINITY : Number(oldest);
  }

  /** As assembly/stored-chunk.ts has it: of the pinned series. */
  #isIdle(): boolean {
    const { buffer, maxTimeMs } = this.#reader;
    return maxTimeMs - Number(buffer.readBigInt64LE(this.#pin)) > IDLE_MS;
  }

  #pinned(slot: number): boolean {
    const { kernel } = this.#reader;
    for (;;) {
      const state = kernel.pinSample(slot, kernel.horizon() >>> 0, this.#pin);
      if (state !== NEWER_HORIZON) return state === PINNED;
    }
  }

  #export(minTimeMs: number, maxTimeMs: number): HeadChunk[] {
    const { kernel, buffer, scratch } = this.#reader;
    const count = kernel.exportChunks(this.#pin, minTimeMs, maxTimeMs, this.#chunks, CHUNKS_BYTES, scratch) >>> 0;
    if (count === MOST) throw new KernelError('out_of_memory', `cannot read a series: its chunks take more than ${CHUNKS_BYTES} bytes`);
    const chunks: HeadChunk[] = [];
    for (let i = 0, at = this.#chunks; i < count; i++) {
      const bytes = buffer.readUInt32LE(at + 16);
      const data = Buffer.allocUnsafe(bytes);
      buffer.copy(data, 0, at + 24, at + 24 + bytes);
      const [minT, maxT] = [buffer.readBigInt64LE(at), buffer.readBigInt64LE(at + 8)];
      chunks.push({ minTimeMs: Number(minT), maxTimeMs: Number(maxT), ordinal: buffer.readUInt32LE(at + 20), data });
      at += Math.ceil((24 + bytes) / 8) * 8;
    }
    return chunks.reverse();
  }
}
