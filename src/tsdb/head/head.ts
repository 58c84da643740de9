// The head: series and recent samples in linear memory, written by this thread alone. It decides who may call the kernel
// when: batches are written to the log, those together that wait together, then committed one after the other, large ones in
// slices between which the event loop lives; the sweep of old series runs in the pauses.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AppendCounts,
  type HeadMemory,
  type HeadUsage,
  HeadWriter,
  KernelError,
  PIECE_SAMPLES,
  type SampleBatch,
  type SeriesSlot,
  STORED_ENTRY_BYTES,
} from '../../kernel/index.ts';
import type { Labels } from '../../model/index.ts';
import { type Appender, type AppendOutcome, type SeriesMetadata, StorageError } from '../../storage/index.ts';
import type { HeadMetadata } from './head-metadata.ts';

/** Pieces of 4,096 samples that are appended in one turn: about 1 ms, and 3 where every series is new. */
const PIECES_A_TURN = 2;
/** Batches that one write takes to the log. */
const MOST_BATCHES_A_WRITE = 64;
/** Units of one sweep step: about 2 ms. */
const SWEEP_BUDGET = 50_000;
const SWEEP_PAUSE_MS = 10;
/** Of the entries of stored chunks: 2,048 of them, about 1 ms. */
const STORED_BYTES_A_TURN = 2048 * STORED_ENTRY_BYTES;
/** After a sweep that a refusal asked for, the next waits this long. */
const SWEEP_REST_MS = 5000;
const NO_RECORDS: readonly Buffer[] = [];

/** What the log gets of a batch. */
export interface LoggedBatch {
  readonly batch: SampleBatch;
  /** Behind it. */
  readonly records: readonly Buffer[];
}

/** Where batches are written before they become visible (head-log.ts). */
export interface BatchLog {
  /** All of them are in the file afterwards, or when the promise resolves. @throws StorageError: then none of them may become visible */
  write(batches: readonly LoggedBatch[]): void | Promise<void>;
  /** The same for a record that was made elsewhere. */
  writeRecord(record: Buffer): void | Promise<void>;
}

export interface HeadOptions {
  /** How long samples and series stay; 0: until truncate() says that blocks have them. */
  readonly retentionMs: number;
  /** How often the sweep for old series begins. */
  readonly sweepIntervalMs: number;
}

/** Counters since the start. */
export interface HeadTotals {
  batches: number;
  appended: number;
  outOfOrder: number;
  duplicate: number;
  tooOld: number;
  outOfMemory: number;
  seriesRefused: number;
  /** For want of room on the disk, most often. */
  batchesRefused: number;
  sweeps: number;
}

interface Pending {
  readonly batch: SampleBatch;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What is to be done between two batches. */
interface PendingWork {
  readonly work: () => void | Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Head implements Appender {
  readonly #writer: HeadWriter;
  readonly #options: HeadOptions;
  readonly #queue: Pending[] = [];
  readonly #works: PendingWork[] = [];
  readonly #open = new Set<SampleBatch>();
  readonly #totals: HeadTotals = {
    batches: 0,
    appended: 0,
    outOfOrder: 0,
    duplicate: 0,
    tooOld: 0,
    outOfMemory: 0,
    seriesRefused: 0,
    batchesRefused: 0,
    sweeps: 0,
  };
  /** Batches are being written and committed; of them one is between two slices. */
  #pumping = false;
  #truncatedMs = -8.64e15;
  #pumped: Promise<void> = Promise.resolve();
  #log: BatchLog | null = null;
  #metadata: HeadMetadata | null = null;
  #slicing = false;
  #sweepTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Whether old series are looked for at all; a sweep is under way; when one was last asked for out of turn. */
  #sweeps = false;
  #sweeping = false;
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor(memory: HeadMemory, options: HeadOptions) {
    this.#writer = new HeadWriter(memory);
    this.#options = options;
  }

  /**
   * From now on series without samples, or with old ones alone, are removed. Not while a log is replayed: there every series is without
   * samples for a while, and those that come for it would be lost.
   */
  startSweeps(): void {
    this.#sweeps = true;
    this.#scheduleSweep(SWEEP_PAUSE_MS);
  }

  series(labels: Labels, owner: number, urgent = false): SeriesSlot {
    try {
      return this.#writer.series(labels, owner, urgent);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#totals.seriesRefused++;
      if (error.code === 'out_of_memory') this.#sweepSoon();
      const code =
        error.code === 'invalid_labels' ? 'invalid_labels' : error.code === 'too_many_names' ? 'too_many_names' : 'out_of_memory';
      throw new StorageError(code, error.message, { cause: error });
    }
  }

  hold(slot: SeriesSlot): void {
    this.#writer.hold(slot);
  }

  release(slot: SeriesSlot): void {
    this.#writer.release(slot);
  }

  get wantsMetadata(): boolean {
    return this.#metadata !== null;
  }

  metricName(slot: SeriesSlot): string {
    return this.#writer.metricName(slot);
  }

  describe(batch: SampleBatch, slot: SeriesSlot, metadata: SeriesMetadata): void {
    this.#metadata?.describe(batch, this.#writer.refOf(slot), metadata);
  }

  openBatch(): SampleBatch {
    if (this.#closed) throw new StorageError('closed', 'cannot open a sample batch: the head is closed');
    try {
      const batch = this.#writer.openBatch();
      this.#open.add(batch);
      return batch;
    } catch (error) {
      if (error instanceof KernelError) throw new StorageError('out_of_memory', error.message, { cause: error });
      throw error;
    }
  }

  commit(batch: SampleBatch): Promise<AppendOutcome> {
    if (this.#closed) {
      this.discard(batch);
      return Promise.reject(new StorageError('closed', 'cannot commit a sample batch: the head is closed'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject });
      if (!this.#pumping) this.#pumped = this.#pump();
    });
  }

  /** Writes a record to the log. @throws StorageError: it is not there then */
  logRecord(record: Buffer): Promise<void> {
    return this.betweenBatches(() => this.#log?.writeRecord(record));
  }

  /** Does that when everything in the log is committed, and nothing is being written. */
  betweenBatches(work: () => void | Promise<void>): Promise<void> {
    if (this.#closed) return Promise.reject(new StorageError('closed', 'cannot write to the log: the head is closed'));
    return new Promise((resolve, reject) => {
      this.#works.push({ work, resolve, reject });
      if (!this.#pumping) this.#pumped = this.#pump();
    });
  }

  discard(batch: SampleBatch): void {
    this.#open.delete(batch);
    this.#metadata?.settle(batch, false);
    batch.free();
    // A scrape that failed for want of memory leaves series without samples behind.
    if (this.#writer.isShort) this.#sweepSoon();
  }

  get usage(): HeadUsage {
    return this.#writer.usage;
  }

  get totals(): Readonly<HeadTotals> {
    return this.#totals;
  }

  /** Blocks have all samples before that time: they may go from memory, and series without newer ones. */
  truncate(timeMs: number): void {
    this.#truncatedMs = timeMs;
    this.#metadata?.truncate();
    this.#writer.truncateBefore(timeMs);
    this.#sweepSoon();
  }

  /** Lets go of closed chunks that are in files now, in slices. @param entries of a `storeChunks` task. @returns how many went */
  async storeChunks(entries: Uint8Array): Promise<number> {
    let stored = 0;
    for (let from = 0; from < entries.length && !this.#closed; from += STORED_BYTES_A_TURN) {
      stored += this.#writer.storeChunks(entries.subarray(from, from + STORED_BYTES_A_TURN));
      await nextTurn();
    }
    return stored;
  }

  /** From now on batches are written to the log before they are committed. Without one, samples are kept in memory only. `metadata`: so are metrics' types, units and help. */
  logTo(log: BatchLog, metadata: HeadMetadata | null = null): void {
    this.#log = log;
    this.#metadata = metadata;
  }

  /** No batch is taken any more. Resolves when what was handed over before is committed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sweepTimer);
    await this.#pumped;
  }

  /** Writes and commits what waits, until nothing does. What fails is told to its committer alone. */
  async #pump(): Promise<void> {
    const log = this.#log;
    this.#pumping = true;
    while (this.#queue.length > 0 || this.#works.length > 0) {
      if (this.#works.length > 0) await this.#doWorks();
      const group = log === null ? this.#queue.splice(0, 1) : this.#queue.splice(0, MOST_BATCHES_A_WRITE);
      if (log !== null && group.length > 0 && !(await this.#write(log, group))) continue;
      for (const pending of group) {
        // A large one comes right after the last lines were scanned, which has had its time already.
        if (pending.batch.length > PIECES_A_TURN * PIECE_SAMPLES) await nextTurn();
        try {
          const appended = this.#append(pending.batch);
          this.#committed(pending, appended instanceof Promise ? await appended : appended);
        } catch (error) {
          // A trap in the writer leaves the head in an unknown state: whoever runs the process must end it.
          pending.reject(error);
        }
      }
    }
    this.#pumping = false;
  }

  async #doWorks(): Promise<void> {
    for (const { work, resolve, reject } of this.#works.splice(0)) {
      try {
        await work();
        resolve();
      } catch (error) {
        reject(error);
      }
    }
  }

  async #write(log: BatchLog, group: readonly Pending[]): Promise<boolean> {
    try {
      const written = log.write(group.map(({ batch }) => ({ batch, records: this.#metadata?.recordsOf(batch) ?? NO_RECORDS })));
      if (written !== undefined) await written;
      for (const { batch } of group) this.#metadata?.settle(batch, true);
      return true;
    } catch (error) {
      this.#totals.batchesRefused += group.length;
      for (const { batch, reject } of group) {
        this.discard(batch);
        reject(error);
      }
      return false;
    }
  }

  /** Nearly every batch is appended in this turn, and then no promise is made. */
  #append(batch: SampleBatch): AppendCounts | Promise<AppendCounts> {
    const next = this.#writer.append(batch, 0, PIECES_A_TURN);
    return next === 0 ? this.#writer.commit() : this.#appendSlices(batch, next);
  }

  async #appendSlices(batch: SampleBatch, from: number): Promise<AppendCounts> {
    this.#slicing = true;
    for (let next = from; next !== 0; ) {
      await nextTurn();
      next = this.#writer.append(batch, next, PIECES_A_TURN);
    }
    this.#slicing = false;
    return this.#writer.commit();
  }

  #committed({ batch, resolve }: Pending, counts: AppendCounts): void {
    this.discard(batch);
    this.#totals.batches++;
    if (counts.outOfMemory > 0) this.#sweepSoon();
    for (const key of ['appended', 'outOfOrder', 'duplicate', 'tooOld', 'outOfMemory'] as const) this.#totals[key] += counts[key];
    resolve(counts);
  }

  /** Series that a failed scrape left behind, or that ended, make room for those that were just refused. */
  #sweepSoon(): void {
    if (!this.#sweeps || this.#closed || this.#sweeping || performance.now() - this.#sweptMs < SWEEP_REST_MS) return;
    this.#sweptMs = performance.now();
    clearTimeout(this.#sweepTimer);
    this.#scheduleSweep(SWEEP_PAUSE_MS);
  }

  #scheduleSweep(afterMs: number): void {
    this.#sweepTimer = setTimeout(() => this.#sweep(), afterMs);
    this.#sweepTimer.unref();
  }

  #sweep(): void {
    // Not between two slices of a batch: the sweep frees what only committed batches may still name.
    if (this.#slicing) {
      this.#scheduleSweep(SWEEP_PAUSE_MS);
      return;
    }
    let oldestTick = 2 ** 32;
    for (const batch of this.#open) oldestTick = Math.min(oldestTick, batch.tick);
    const { maxTimeMs } = this.#writer.usage;
    const tick = oldestTick === 2 ** 32 ? this.#writer.nextTick() : oldestTick;
    const cutoffMs = this.#options.retentionMs === 0 || Number.isNaN(maxTimeMs) ? this.#truncatedMs : maxTimeMs - this.#options.retentionMs;
    const more = this.#writer.sweep(tick, cutoffMs, SWEEP_BUDGET);
    this.#sweeping = more;
    if (!more) this.#totals.sweeps++;
    this.#scheduleSweep(more ? SWEEP_PAUSE_MS : this.#options.sweepIntervalMs);
  }
}
