// The writer's door to the head: series, batches, commits and the sweep, each a synchronous call on the main thread.
// Who may call when (order of commits, slices between other work) is tsdb/head's to decide.
import type { Labels } from '../model/index.ts';
import { type HeadMemory, KernelError, readWord, refOf } from './head-memory.ts';
import { at, SCRATCH_BYTES } from './layout.ts';
import { SampleBatch, type SeriesSlot } from './sample-batch.ts';
import { STORED_ENTRY_BYTES } from './stored-chunks.ts';

export interface AppendCounts {
  readonly appended: number;
  readonly outOfOrder: number;
  readonly duplicate: number;
  readonly tooOld: number;
  readonly outOfMemory: number;
}

/** How full the head is. Bytes unless said. */
export interface HeadUsage {
  readonly series: number;
  readonly seriesCreated: number;
  readonly seriesRemoved: number;
  readonly pairs: number;
  readonly labelNames: number;
  readonly chunks: number;
  /** Of them those that lie in files. */
  readonly chunksStored: number;
  readonly chunksCreated: number;
  readonly chunksRemoved: number;
  /** Of them those that were dropped before their time because memory was short. */
  readonly chunksDroppedEarly: number;
  /** Records and heap ever touched, and of the heap what is free again. */
  readonly heapBytes: number;
  readonly recordBytes: number;
  readonly heapFreeBytes: number;
  /** The most that records and heap can take. */
  readonly limitBytes: number;
  /** The newest timestamp, ms; NaN while there is none. */
  readonly maxTimeMs: number;
  /** The oldest that is not in a block, ms; NaN while there is none. */
  readonly minTimeMs: number;
}

const REASONS: Record<number, [KernelError['code'], string]> = {
  1: ['out_of_memory', "the head's memory is used up (see --storage.head.max-bytes)"],
  2: ['too_many_names', 'there are too many label names'],
  3: ['too_many_series', 'every series ref was used since the start; restart the server'],
  4: ['invalid_labels', 'got no label or more than 1,024'],
  5: ['invalid_labels', 'got a label name twice'],
};

export class HeadWriter {
  readonly head: HeadMemory;

  constructor(head: HeadMemory) {
    this.head = head;
  }

  /**
   * Finds or creates the series. Labels with an empty value are no labels and must not be given.
   * @throws KernelError
   */
  series(labels: Labels, owner: number, urgent = false): SeriesSlot {
    const { buffer, exports } = this.head;
    let p: number = at.SCRATCH;
    const end = at.SCRATCH + SCRATCH_BYTES;
    for (const [name, value] of labels) {
      // A UTF-16 unit takes at most 3 bytes of UTF-8.
      if (p + 8 + (name.length + value.length) * 3 > end)
        throw new KernelError('invalid_labels', 'cannot create a series: its labels take more than 1 MiB');
      const nameLength = buffer.write(name, p + 8);
      const valueLength = buffer.write(value, p + 8 + nameLength);
      buffer.writeUInt32LE(nameLength, p);
      buffer.writeUInt32LE(valueLength, p + 4);
      p += 8 + nameLength + valueLength;
    }
    const slot = exports.seriesFor(at.SCRATCH, labels.length, owner, urgent ? 1 : 0) >>> 0;
    if (slot === 0) {
      const [code, text] = REASONS[exports.seriesError()];
      throw new KernelError(code, `cannot create a series: ${text}`);
    }
    return slot;
  }

  /** The ref of a series. */
  refOf(slot: SeriesSlot): number {
    return refOf(this.head, slot);
  }

  /** Of a series that is held; empty when it has none. */
  metricName(slot: SeriesSlot): string {
    const { buffer, exports } = this.head;
    const length = buffer.write('__name__', at.SCRATCH);
    const nameId = exports.findName(at.SCRATCH, length) >>> 0;
    const pairs = exports.seriesPairs(slot) >>> 0;
    for (let i = 0; i < exports.seriesPairCount(slot); i++) {
      const pair = readWord(buffer, pairs + i * 4);
      if (exports.pairName(pair) >>> 0 !== nameId) continue;
      const text = exports.pairValue(pair) >>> 0;
      return buffer.toString('utf8', text, text + (exports.pairValueLength(pair) >>> 0));
    }
    return '';
  }

  /** The series is not removed before it is released. */
  hold(slot: SeriesSlot): void {
    this.head.exports.holdSeries(slot);
  }

  release(slot: SeriesSlot): void {
    this.head.exports.unholdSeries(slot);
  }

  openBatch(): SampleBatch {
    return new SampleBatch(this.head.exports);
  }

  /** Appends up to `pieces` pieces of 4,096 samples from `piece` on (0 = the first); returns the next piece, 0 at the end. */
  append(batch: SampleBatch, piece: number, pieces: number): number {
    return this.head.exports.appendPieces(batch.address, piece, pieces) >>> 0;
  }

  /** Makes what was appended since the last commit visible, and says what became of its samples. */
  commit(): AppendCounts {
    this.head.exports.commitBatch();
    const { buffer } = this.head;
    return {
      appended: readWord(buffer, at.OUT_APPENDED),
      outOfOrder: readWord(buffer, at.OUT_OUT_OF_ORDER),
      duplicate: readWord(buffer, at.OUT_DUPLICATE),
      tooOld: readWord(buffer, at.OUT_TOO_OLD),
      outOfMemory: readWord(buffer, at.OUT_NO_MEMORY),
    };
  }

  /** Blocks have what is older: it is not taken any more, and goes from memory. */
  truncateBefore(timeMs: number): void {
    this.head.exports.truncateBefore(timeMs);
  }

  /** Lets go of closed chunks that are in files now: entries as assembly/stored-chunk.ts has them. Returns how many went. */
  storeChunks(entries: Uint8Array): number {
    if (entries.length > SCRATCH_BYTES) throw new Error(`BUG: ${entries.length} bytes of entries, want at most ${SCRATCH_BYTES}`);
    this.head.buffer.set(entries, at.SCRATCH);
    return this.head.exports.storeChunks(at.SCRATCH, entries.length / STORED_ENTRY_BYTES) >>> 0;
  }

  /** One step of removing series whose newest sample is older than `cutoffMs`; true while there is more to do. */
  sweep(oldestTick: number, cutoffMs: number, budget: number): boolean {
    return this.head.exports.sweepStep(oldestTick, cutoffMs, budget) !== 0;
  }

  /** A tick later than every batch's so far. */
  nextTick(): number {
    return this.head.exports.openTick() >>> 0;
  }

  /** Frees what no reader sees any more; returns how much still waits. */
  reclaim(): number {
    return this.head.exports.reclaim() >>> 0;
  }

  /** New series are refused, or soon will be: less is free than they must leave. */
  get isShort(): boolean {
    return this.head.exports.heapFree() >>> 0 < readWord(this.head.buffer, at.RESERVE_BYTES);
  }

  get usage(): HeadUsage {
    const { buffer } = this.head;
    const word = (address: number) => readWord(buffer, address);
    const maxTime = buffer.readBigInt64LE(at.MAX_TIME);
    const minTime = buffer.readBigInt64LE(at.MIN_TIME);
    return {
      series: word(at.LIVE_SERIES),
      seriesCreated: word(at.SERIES_CREATED),
      seriesRemoved: word(at.SERIES_REMOVED),
      pairs: word(at.LIVE_PAIRS),
      labelNames: word(at.NAME_TOP) - 1,
      chunks: word(at.CHUNKS),
      chunksStored: word(at.CHUNKS_STORED),
      chunksCreated: word(at.CHUNKS_CREATED),
      chunksRemoved: word(at.CHUNKS_REMOVED),
      chunksDroppedEarly: word(at.CHUNKS_DROPPED_EARLY),
      heapBytes: word(at.HEAP_TOP) - word(at.HEAP_BASE),
      recordBytes: word(at.SLOT_TOP) * 96 + word(at.PAIR_TOP) * 32,
      heapFreeBytes: (this.head.exports.heapFree() >>> 0) - (word(at.HEAP_END) - word(at.HEAP_TOP)),
      limitBytes: word(at.HEAP_END) - word(at.HEAP_BASE) + word(at.SLOT_LIMIT) * 128,
      maxTimeMs: maxTime === -(2n ** 63n) ? Number.NaN : Number(maxTime),
      minTimeMs: minTime === 2n ** 63n - 1n ? Number.NaN : Number(minTime),
    };
  }
}
