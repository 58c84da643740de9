// The pages of files that a thread has read last, of all its files together: however many blocks are open, they take no more memory.
// A page is never changed, so a view into one that has left the cache stays good.

const MOST_BYTES = 16 * 1024 * 1024;
/** Keys of different files do not meet: more pages than a file has. */
const PAGES_A_FILE = 2 ** 30;

export class PageCache {
  readonly #mostBytes: number;
  /** The one used last at the end. */
  readonly #pages = new Map<number, Buffer>();
  #bytes = 0;
  #lastFile = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** A number for a file's pages. */
  newFile(): number {
    return ++this.#lastFile;
  }

  get(file: number, number: number): Buffer | undefined {
    const key = file * PAGES_A_FILE + number;
    const page = this.#pages.get(key);
    if (page === undefined) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  set(file: number, number: number, page: Buffer): void {
    this.#pages.set(file * PAGES_A_FILE + number, page);
    this.#bytes += page.length;
    for (const [key, oldest] of this.#pages) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#pages.delete(key);
      this.#bytes -= oldest.length;
    }
  }

  /** The file is closed. */
  dropFile(file: number): void {
    for (const [key, page] of this.#pages) {
      if (Math.floor(key / PAGES_A_FILE) !== file) continue;
      this.#pages.delete(key);
      this.#bytes -= page.length;
    }
  }

  get sizeBytes(): number {
    return this.#bytes;
  }
}

/** Of this thread. */
export const threadPages = new PageCache();
