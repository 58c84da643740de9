// The live log's file: framed bytes are appended to the newest segment, one append after the other. A failed append is taken back, so
// that the file ends with a whole record again. A start always begins a new segment, as Prometheus does.
import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, rmSync, write, writeSync } from 'node:fs';
import { writeError } from './errors.ts';
import { lastCheckpoint, listSegments, PAGE_BYTES, segmentPath } from './wal-segments.ts';

export interface WalLogCounters {
  appends: number;
  bytes: number;
  failures: number;
  truncations: number;
}

export class WalLog {
  readonly folder: string;
  readonly counters: WalLogCounters = { appends: 0, bytes: 0, failures: 0, truncations: 0 };
  readonly #segmentBytes: number;
  #file: number;
  #segment: number;
  #size = 0;
  #busy = false;
  /** A failed append could not be taken back: nothing may be written behind it, in no later segment either, for replay would end here. */
  #torn = false;
  #cutNext = false;

  /** @throws WalError */
  constructor(folder: string, segmentBytes: number) {
    this.folder = folder;
    this.#segmentBytes = segmentBytes;
    // Segments that a checkpoint stands for are not replayed, should someone have removed those behind it.
    this.#segment = Math.max(listSegments(folder).at(-1)?.number ?? -1, lastCheckpoint(folder)?.number ?? -1) + 1;
    this.#file = this.#open();
  }

  /** The segment that is written to. */
  get segment(): number {
    return this.#segment;
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
   * Writes framed records; `bytes` must stay as they are until it is done. One at a time.
   * @throws WalError `disk_full`, `write_failed`: nothing of it is in the file then
   */
  async append(bytes: Buffer): Promise<void> {
    if (this.#busy) throw new Error('BUG: an append to the log begins before the last has ended');
    this.#busy = true;
    try {
      await this.#write(bytes);
      this.#size += bytes.length;
      this.counters.appends++;
      this.counters.bytes += bytes.length;
    } catch (cause) {
      this.counters.failures++;
      this.#takeBack();
      throw writeError(segmentPath(this.folder, this.#segment), cause);
    } finally {
      this.#busy = false;
    }
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
    fdatasync(before, (error) => {
      if (error) this.counters.failures++;
      closeSync(before);
    });
  }

  /** Removes the segments before that one. */
  truncate(before: number): void {
    for (const { number, path } of listSegments(this.folder))
      if (number < before && number !== this.#segment) rmSync(path, { force: true });
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
