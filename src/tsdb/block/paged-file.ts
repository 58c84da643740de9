// A file that is read by position, through pages that are kept (page-cache.ts): an index or chunk file may be larger than memory.
// Every place is checked against the file's size before it is read.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BlockError } from './errors.ts';
import { type PageCache, threadPages } from './page-cache.ts';

const PAGE_BYTES = 32 * 1024;
/** What goes over more pages is read directly. */
const MOST_PAGES_A_READ = 3;

export class PagedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #file: number;
  readonly #cache: PageCache;
  readonly #cacheFile: number;
  /** The page used last: most reads go on where the one before ended. */
  #lastNumber = -1;
  #lastPage: Buffer = Buffer.alloc(0);
  #closed = false;

  /** @throws BlockError, as all methods */
  constructor(path: string, cache = threadPages) {
    this.path = path;
    this.#cache = cache;
    this.#cacheFile = cache.newFile();
    let file = -1;
    try {
      file = openSync(path, 'r');
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new Error('it is not a file');
      this.sizeBytes = stat.size;
    } catch (cause) {
      if (file >= 0) closeSync(file);
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new BlockError('damaged', `cannot read ${path}: there is no such file`, { cause });
      throw new BlockError('read_failed', `cannot read ${path}: ${message}`, { cause });
    }
    this.#file = file;
  }

  /** A view where the bytes lie in one page, a copy else. */
  read(at: number, length: number): Buffer {
    if (at < 0 || length < 0 || at + length > this.sizeBytes)
      throw new BlockError('damaged', `cannot read ${this.path}: got ${this.sizeBytes} bytes, want ${length} at ${at}`);
    const first = Math.floor(at / PAGE_BYTES);
    const last = Math.floor((at + Math.max(length, 1) - 1) / PAGE_BYTES);
    if (last === first) {
      const from = at - first * PAGE_BYTES;
      return length === 0 ? Buffer.alloc(0) : this.#page(first).subarray(from, from + length);
    }
    const bytes = Buffer.allocUnsafeSlow(length);
    if (last - first >= MOST_PAGES_A_READ) this.#readInto(bytes, at);
    else {
      for (let number = first; number <= last; number++) {
        const begin = Math.max(at, number * PAGE_BYTES);
        const end = Math.min(at + length, (number + 1) * PAGE_BYTES);
        this.#page(number).copy(bytes, begin - at, begin - number * PAGE_BYTES, end - number * PAGE_BYTES);
      }
    }
    return bytes;
  }

  /** Copies at most so many bytes, fewer at the file's end; returns how many. */
  copyTo(into: Buffer, at: number, length: number): number {
    const end = Math.min(at + length, this.sizeBytes);
    for (let from = at; from < end; ) {
      const number = Math.floor(from / PAGE_BYTES);
      const begin = number * PAGE_BYTES;
      const to = Math.min(end, begin + PAGE_BYTES);
      this.#page(number).copy(into, from - at, from - begin, to - begin);
      from = to;
    }
    return Math.max(0, end - at);
  }

  /** At most so many bytes: fewer at the file's end. */
  readUpTo(at: number, length: number): Buffer {
    return this.read(at, Math.max(0, Math.min(length, this.sizeBytes - at)));
  }

  /** What was read stays good; nothing more can be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
    this.#cache.dropFile(this.#cacheFile);
    this.#lastNumber = -1;
    this.#lastPage = Buffer.alloc(0);
  }

  #page(number: number): Buffer {
    if (number === this.#lastNumber) return this.#lastPage;
    let page = this.#cache.get(this.#cacheFile, number);
    if (page === undefined) {
      page = Buffer.allocUnsafeSlow(Math.min(PAGE_BYTES, this.sizeBytes - number * PAGE_BYTES));
      this.#readInto(page, number * PAGE_BYTES);
      this.#cache.set(this.#cacheFile, number, page);
    }
    this.#lastNumber = number;
    this.#lastPage = page;
    return page;
  }

  #readInto(bytes: Buffer, at: number): void {
    // The descriptor may be another file's by now.
    if (this.#closed) throw new BlockError('read_failed', `cannot read ${this.path}: its block is closed`);
    for (let done = 0; done < bytes.length; ) {
      let read: number;
      try {
        read = readSync(this.#file, bytes, done, bytes.length - done, at + done);
      } catch (cause) {
        throw new BlockError('read_failed', `cannot read ${this.path}: ${(cause as Error).message}`, { cause });
      }
      if (read === 0) throw new BlockError('damaged', `cannot read ${this.path}: it became shorter`);
      done += read;
    }
  }
}
