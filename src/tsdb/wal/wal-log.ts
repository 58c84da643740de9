// The live log's file: framed bytes are appended to the newest segment, one append after the other. A failed append is taken back, so
// that the file ends with a whole record again. A start always begins a new segment, as Prometheus does.
//
// Small appends are written in this thread: into the system's cache that takes some tens of microseconds, and handing it to another
// thread and back costs several times as much. Where one took long (the system holds writers back while the disk is busy), this thread
// would be held up, and for a while other threads write.
import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, rmSync, write, writeSync } from 'node:fs';
import { type WalError, writeError } from './errors.ts';
import { OtherRecords } from './other-records.ts';
import { lastCheckpoint, listSegments, PAGE_BYTES, segmentPath } from './wal-segments.ts';

/** Bytes that are written in this thread at most: about 0.1 ms. */
const MOST_SYNC_BYTES = 256 * 1024;
/** An append in this thread that takes longer has the next ones written elsewhere, for so long. */
const LONG_APPEND_MS = 2;
const ELSEWHERE_MS = 10_000;

export interface WalLogCounters {
  appends: number;
  /** Of them those that this thread did not wait for. */
  appendsElsewhere: number;
  bytes: number;
  failures: number;
  truncations: number;
}

export interface WalLogOptions {
  /** What replay found in the segments that there are. */
  readonly others?: OtherRecords;
  /** Longer appends are written by another thread. */
  readonly mostSyncBytes?: number;
}

export class WalLog {
  readonly folder: string;
  readonly counters: WalLogCounters = { appends: 0, appendsElsewhere: 0, bytes: 0, failures: 0, truncations: 0 };
  /** Of all segments there are. */
  readonly others: OtherRecords;
  readonly #segmentBytes: number;
  readonly #mostSyncBytes: number;
  #file: number;
  #segment: number;
  #size = 0;
  #busy = false;
  /** A failed append could not be taken back: nothing may be written behind it, in no later segment either, for replay would end here. */
  #torn = false;
  #cutNext = false;
  /** A segment that is full is being synced. */
  #syncs = 0;
  #elsewhereUntilMs = Number.NEGATIVE_INFINITY;

  /** @throws WalError */
  constructor(folder: string, segmentBytes: number, { others = new OtherRecords(), mostSyncBytes = MOST_SYNC_BYTES }: WalLogOptions = {}) {
    this.folder = folder;
    this.others = others;
    this.#segmentBytes = segmentBytes;
    this.#mostSyncBytes = mostSyncBytes;
    // Segments that a checkpoint stands for are not replayed, should someone have removed those behind it.
    this.#segment = Math.max(listSegments(folder).at(-1)?.number ?? -1, lastCheckpoint(folder)?.number ?? -1) + 1;
    this.#file = this.#open();
  }

  /** The segment that is written to. */
  get segment(): number {
    return this.#segment;
  }

  /** Where the next append begins, unless it cuts. */
  get offset(): number {
    return this.#size;
  }

  /** Bytes of the page that the next append begins in. */
  get pageUsed(): number {
    return this.#size % PAGE_BYTES;
  }

  /** What still fits into the segment. */
  get roomBytes(): number {
    return this.#torn || this.#cutNext ? 0 : this.#segmentBytes - this.#size;
  }

  /**
   * Writes framed records, in this turn or (a promise) later; `bytes` must stay as they are until it is done. One at a time. `hasOthers`: not
   * all of them are of samples.
   * @throws WalError `disk_full`, `write_failed`: nothing of it is in the file then
   */
  append(bytes: Buffer, hasOthers = false): void | Promise<void> {
    if (this.#busy) throw new Error('BUG: an append to the log begins before the last has ended');
    const startMs = performance.now();
    if (this.#syncs > 0 || bytes.length > this.#mostSyncBytes || startMs < this.#elsewhereUntilMs)
      return this.#appendElsewhere(bytes, hasOthers);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, this.#size + at);
    } catch (cause) {
      throw this.#failed(cause);
    }
    this.#appended(bytes.length, hasOthers);
    const endMs = performance.now();
    if (endMs - startMs > LONG_APPEND_MS) this.#elsewhereUntilMs = endMs + ELSEWHERE_MS;
  }

  async #appendElsewhere(bytes: Buffer, hasOthers: boolean): Promise<void> {
    this.#busy = true;
    try {
      await this.#write(bytes);
      this.#appended(bytes.length, hasOthers);
      this.counters.appendsElsewhere++;
    } catch (cause) {
      throw this.#failed(cause);
    } finally {
      this.#busy = false;
    }
  }

  #appended(bytes: number, hasOthers: boolean): void {
    if (hasOthers) this.others.add({ segment: this.#segment, from: this.#size, to: this.#size + bytes });
    this.#size += bytes;
    this.counters.appends++;
    this.counters.bytes += bytes;
  }

  #failed(cause: unknown): WalError {
    this.counters.failures++;
    this.#takeBack();
    return writeError(segmentPath(this.folder, this.#segment), cause);
  }

  /** The next append begins a new segment, unless this one is empty. */
  cutSoon(): void {
    this.#cutNext = this.#size > 0;
  }

  /** Begins the next segment. @throws WalError: the segment stays */
  cut(): void {
    if (this.#busy) throw new Error('BUG: the log is cut during an append');
    if (this.#torn) this.#mend();
    const next = this.#segment + 1;
    const before = this.#file;
    const rest = (PAGE_BYTES - this.pageUsed) % PAGE_BYTES;
    try {
      // Readers want whole pages of all segments but the last.
      if (rest > 0) writeSync(before, Buffer.alloc(rest), 0, rest, this.#size);
      this.#segment = next;
      this.#file = this.#open();
    } catch (cause) {
      this.#segment = next - 1;
      this.counters.failures++;
      throw writeError(segmentPath(this.folder, next), cause);
    }
    this.#size = 0;
    this.#cutNext = false;
    // Not waited for: what must be safe at once would have to be synced at every append.
    this.#syncs++;
    fdatasync(before, (error) => {
      this.#syncs--;
      if (error) this.counters.failures++;
      closeSync(before);
    });
  }

  /** Removes the segments before that one. */
  truncate(before: number): void {
    for (const { number, path } of listSegments(this.folder))
      if (number < before && number !== this.#segment) rmSync(path, { force: true });
    this.others.truncate(before);
    this.counters.truncations++;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #open(): number {
    const path = segmentPath(this.folder, this.#segment);
    try {
      mkdirSync(this.folder, { recursive: true });
      return openSync(path, 'wx', 0o666);
    } catch (cause) {
      throw writeError(path, cause);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += await new Promise<number>((resolve, reject) => {
        write(this.#file, bytes, at, bytes.length - at, this.#size + at, (error, written) => (error ? reject(error) : resolve(written)));
      });
    }
  }

  #takeBack(): void {
    try {
      if (fstatSync(this.#file).size > this.#size) ftruncateSync(this.#file, this.#size);
      this.#torn = false;
    } catch {
      this.#torn = true;
    }
  }

  /** Tries again what did not work. @throws WalError: nothing can be written yet */
  #mend(): void {
    this.#takeBack();
    if (!this.#torn) return;
    this.counters.failures++;
    throw writeError(segmentPath(this.folder, this.#segment), new Error('a failed append could not be taken back'));
  }
}
