// A file that is read by position, through a bounded number of pages that are kept: an index or chunk file may be larger than memory.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BlockError } from './errors.ts';

const PAGE_BYTES = 64 * 1024;
const MOST_PAGES = 32;

export class PagedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #file: number;
  /** By number, the one used last at the end. */
  readonly #pages = new Map<number, Buffer>();
  #closed = false;

  /** @throws BlockError, as all methods */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = openSync(path, 'r');
      this.sizeBytes = fstatSync(this.#file).size;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new BlockError('damaged', `cannot read ${path}: there is no such file`, { cause });
      throw new BlockError('read_failed', `cannot read ${path}: ${message}`, { cause });
    }
  }

  /** A view where the bytes lie in one page, a copy else. Longer than a few pages: not kept. */
  read(at: number, length: number): Buffer {
    if (at < 0 || length < 0 || at + length > this.sizeBytes)
      throw new BlockError('damaged', `cannot read ${this.path}: got ${this.sizeBytes} bytes, want ${length} at ${at}`);
    const first = Math.floor(at / PAGE_BYTES);
    const last = Math.floor((at + length - 1) / PAGE_BYTES);
    if (last <= first) return this.#page(first).subarray(at - first * PAGE_BYTES, at - first * PAGE_BYTES + length);
    const bytes = Buffer.allocUnsafe(length);
    if (last - first > 2) this.#readInto(bytes, at);
    else {
      for (let page = first; page <= last; page++) {
        const begin = Math.max(at, page * PAGE_BYTES);
        const end = Math.min(at + length, (page + 1) * PAGE_BYTES);
        this.#page(page).copy(bytes, begin - at, begin - page * PAGE_BYTES, end - page * PAGE_BYTES);
      }
    }
    return bytes;
  }

  /** At most so many bytes: fewer at the file's end. */
  readUpTo(at: number, length: number): Buffer {
    return this.read(at, Math.max(0, Math.min(length, this.sizeBytes - at)));
  }

  close(): void {
    if (!this.#closed) closeSync(this.#file);
    this.#closed = true;
    this.#pages.clear();
  }

  #page(number: number): Buffer {
    let page = this.#pages.get(number);
    if (page !== undefined) this.#pages.delete(number);
    else {
      if (this.#pages.size >= MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
      page = Buffer.allocUnsafe(Math.min(PAGE_BYTES, this.sizeBytes - number * PAGE_BYTES));
      this.#readInto(page, number * PAGE_BYTES);
    }
    this.#pages.set(number, page);
    return page;
  }

  #readInto(bytes: Buffer, at: number): void {
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
