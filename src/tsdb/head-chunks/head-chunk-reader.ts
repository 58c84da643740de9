// Reads single head chunks by their address, from any thread: positioned reads through a bounded cache of pages, since chunks that
// close together stand together, and a query wants many of them. The newest file grows meanwhile, and the end of a write that failed
// may have been read before it was taken back: so what does not fit together in cached pages is read once more from the file.
import { closeSync, openSync, readSync } from 'node:fs';
import { HeadChunkError } from './errors.ts';
import {
  type Checksum,
  HEAD_CHUNK_FILE_BYTES,
  HEAD_CHUNK_PREFIX_BYTES,
  type HeadChunk,
  type HeadChunkAddress,
  measureHeadChunk,
  readHeadChunk,
} from './head-chunk.ts';
import { HEAD_CHUNKS_HEADER_BYTES, headChunkFileName, headChunkFilePath } from './head-chunk-file.ts';

export interface HeadChunkReaderOptions {
  readonly dataFolder: string;
  readonly checksum: Checksum;
  /** Default 64: 4 MiB. */
  readonly pages?: number;
  /** Default 16. */
  readonly openFiles?: number;
}

interface Page {
  readonly buffer: Buffer;
  length: number;
}

const PAGE_BYTES = 64 * 1024;
const PAGES_A_FILE = HEAD_CHUNK_FILE_BYTES / PAGE_BYTES;

export class HeadChunkReader {
  readonly #options: Required<HeadChunkReaderOptions>;
  /** Both with what was used last at the end. */
  readonly #pages = new Map<number, Page>();
  readonly #files = new Map<number, number>();

  constructor(options: HeadChunkReaderOptions) {
    this.#options = { pages: 64, openFiles: 16, ...options };
  }

  /**
   * The chunk at that address, which must be one of that series; its data is a copy.
   * @throws HeadChunkError `damaged`, `gone` when its file was deleted, `read_failed`
   */
  read(address: HeadChunkAddress, seriesRef: number): HeadChunk {
    const { file, offset } = address;
    if (!Number.isSafeInteger(file) || file < 1 || !(offset >= HEAD_CHUNKS_HEADER_BYTES && offset < HEAD_CHUNK_FILE_BYTES))
      throw new Error(`BUG: a head chunk's address is ${file}:${offset}`);
    let chunk = this.#look(address, seriesRef);
    if (typeof chunk === 'string') {
      this.#forgetPages((page) => Math.floor(page / PAGES_A_FILE) === file);
      chunk = this.#look(address, seriesRef);
    }
    if (typeof chunk !== 'string') return { ...chunk, data: new Uint8Array(chunk.data) };
    throw new HeadChunkError(
      'damaged',
      `cannot read the chunk at offset ${offset} of head chunk file ${headChunkFileName(file)}: ${chunk}`,
    );
  }

  /** Lets go of deleted files, whose room the system keeps as long as they are open. */
  release(beforeFile: number): void {
    for (const [file, fd] of this.#files) {
      if (file >= beforeFile) continue;
      closeSync(fd);
      this.#files.delete(file);
    }
    this.#forgetPages((page) => page < beforeFile * PAGES_A_FILE);
  }

  close(): void {
    this.release(Number.POSITIVE_INFINITY);
  }

  #look({ file, offset }: HeadChunkAddress, seriesRef: number): HeadChunk | string {
    const prefix = this.#bytes(file, offset, HEAD_CHUNK_PREFIX_BYTES);
    const length = measureHeadChunk(prefix, 0, prefix.length);
    if (length === 0 || offset + length > HEAD_CHUNK_FILE_BYTES) return 'its length is no number, or more than the file holds';
    const bytes = this.#bytes(file, offset, length);
    if (bytes.length < length) return `got ${bytes.length} bytes, want ${length}`;
    const chunk = readHeadChunk(bytes, 0, length, this.#options.checksum);
    if (typeof chunk === 'string' || chunk.seriesRef === seriesRef) return chunk;
    return `got one of series ${chunk.seriesRef}, want one of series ${seriesRef}`;
  }

  /** Fewer at the end of the file. A view until the next call when one page has them all, which most chunks are in. */
  #bytes(file: number, offset: number, length: number): Buffer {
    const first = Math.floor(offset / PAGE_BYTES);
    const last = Math.floor((offset + length - 1) / PAGE_BYTES);
    const pieces: Buffer[] = [];
    for (let page = first; page <= last; page++) {
      const start = page * PAGE_BYTES;
      const from = Math.max(offset - start, 0);
      const to = Math.min(offset + length - start, PAGE_BYTES);
      const { buffer, length: filled } = this.#page(file, page, to);
      const piece = buffer.subarray(from, Math.max(from, Math.min(to, filled)));
      if (first === last) return piece;
      // Its buffer may serve the next page already.
      pieces.push(Buffer.from(piece));
      if (filled < to) break;
    }
    return Buffer.concat(pieces);
  }

  /** A page that has at least `wanted` bytes, if the file has. */
  #page(file: number, page: number, wanted: number): Page {
    const key = file * PAGES_A_FILE + page;
    let found = this.#pages.get(key);
    if (found !== undefined) this.#pages.delete(key);
    else found = { buffer: this.#freeBuffer(), length: 0 };
    const fd = found.length < wanted ? this.#file(file) : -1;
    while (found.length < wanted) {
      const n = readAt(fd, file, found.buffer, found.length, page * PAGE_BYTES);
      if (n === 0) break;
      found.length += n;
    }
    this.#pages.set(key, found);
    return found;
  }

  #freeBuffer(): Buffer {
    if (this.#pages.size < this.#options.pages) return Buffer.allocUnsafeSlow(PAGE_BYTES);
    const [key, { buffer }] = this.#pages.entries().next().value!;
    this.#pages.delete(key);
    return buffer;
  }

  #file(file: number): number {
    let fd = this.#files.get(file);
    if (fd !== undefined) this.#files.delete(file);
    else {
      fd = openFile(this.#options.dataFolder, file);
      if (this.#files.size >= this.#options.openFiles) {
        const [oldest, oldestFd] = this.#files.entries().next().value!;
        this.#files.delete(oldest);
        closeSync(oldestFd);
      }
    }
    this.#files.set(file, fd);
    return fd;
  }

  #forgetPages(which: (page: number) => boolean): void {
    for (const page of this.#pages.keys()) if (which(page)) this.#pages.delete(page);
  }
}

function openFile(dataFolder: string, file: number): number {
  try {
    return openSync(headChunkFilePath(dataFolder, file), 'r');
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = gone ? 'it was deleted' : (error as Error).message;
    throw new HeadChunkError(gone ? 'gone' : 'read_failed', `cannot read head chunk file ${headChunkFileName(file)}: ${reason}`, {
      cause: error,
    });
  }
}

function readAt(fd: number, file: number, buffer: Buffer, from: number, pageStart: number): number {
  try {
    return readSync(fd, buffer, from, PAGE_BYTES - from, pageStart + from);
  } catch (error) {
    throw new HeadChunkError('read_failed', `cannot read head chunk file ${headChunkFileName(file)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
