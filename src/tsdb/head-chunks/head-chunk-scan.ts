// All head chunks of all files in the order in which they were written, as a start needs them: streamed through one window, with
// every checksum looked at. At the first damaged place the scan ends: what was before it was given out, and `damage` says what is
// to be set aside (set-aside.ts). Nothing is changed here, but that a newest file without any content is removed.
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
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
import {
  HEAD_CHUNKS_HEADER_BYTES,
  type HeadChunkFile,
  headChunkFileName,
  headChunkFilePath,
  headChunksHeaderDamage,
  listHeadChunkFiles,
} from './head-chunk-file.ts';

/** The rest of this file from `offset` on, and all later files, cannot be used. */
export interface HeadChunkDamage extends HeadChunkAddress {
  readonly reason: string;
}

export interface StoredHeadChunk extends HeadChunk, HeadChunkAddress {}

/** Series ref and both times are zero where a file has no more chunks: Prometheus makes files longer than what it wrote. */
const END_BYTES = 24;
const WINDOW_BYTES = 1024 * 1024;

export class HeadChunkScan {
  readonly #dataFolder: string;
  readonly #checksum: Checksum;
  readonly #files: HeadChunkFile[] = [];
  #damage: HeadChunkDamage | null = null;

  constructor(dataFolder: string, checksum: Checksum) {
    this.#dataFolder = dataFolder;
    this.#checksum = checksum;
  }

  /** The files read so far, the damaged one as far as it is whole. */
  get files(): readonly HeadChunkFile[] {
    return this.#files;
  }

  /** Null while nothing is known to be wrong. */
  get damage(): HeadChunkDamage | null {
    return this.#damage;
  }

  /**
   * To be read to its end, once. A chunk's data is a view that is valid until the next one is asked for.
   * @throws HeadChunkError `read_failed`
   */
  *chunks(): Generator<StoredHeadChunk, void> {
    const numbers = listHeadChunkFiles(this.#dataFolder);
    const window = new FileWindow(this.#checksum.room);
    for (const [i, number] of numbers.entries()) {
      const last = i === numbers.length - 1;
      if (i > 0 && number !== numbers[i - 1] + 1) {
        this.#damage = { file: number, offset: 0, reason: `there is no file ${headChunkFileName(numbers[i - 1] + 1)} before it` };
        return;
      }
      try {
        window.open(headChunkFilePath(this.#dataFolder, number));
        if (last && window.isZeroFrom(0)) {
          // It was created when the server or the machine ended, and holds nothing.
          window.close();
          rmSync(headChunkFilePath(this.#dataFolder, number));
          return;
        }
        yield* this.#chunksOf(number, window);
      } catch (error) {
        if (error instanceof HeadChunkError) throw error;
        throw new HeadChunkError('read_failed', `cannot read head chunk file ${headChunkFileName(number)}: ${(error as Error).message}`, {
          cause: error,
        });
      } finally {
        window.close();
      }
      if (this.#damage !== null) return;
    }
  }

  *#chunksOf(file: number, window: FileWindow): Generator<StoredHeadChunk, void> {
    const damaged = (offset: number, reason: string) => {
      this.#damage = { file, offset, reason };
    };
    const headerBytes = window.read(0, HEAD_CHUNKS_HEADER_BYTES);
    const header = headChunksHeaderDamage(window.buffer.subarray(0, headerBytes));
    if (header !== null) return damaged(0, header);
    let offset = HEAD_CHUNKS_HEADER_BYTES;
    let maxTimeMs = Number.NEGATIVE_INFINITY;
    const whole = this.#files.length;
    for (;;) {
      this.#files[whole] = { number: file, sizeBytes: offset, maxTimeMs };
      const prefix = window.read(offset, HEAD_CHUNK_PREFIX_BYTES);
      if (prefix === 0) return;
      if (isZero(window.buffer, window.at(offset), Math.min(prefix, END_BYTES))) {
        if (!window.isZeroFrom(offset)) damaged(offset, 'got zeros with something behind them, want a chunk');
        return;
      }
      const length = measureHeadChunk(window.buffer, window.at(offset), window.at(offset) + prefix);
      if (length === Number.POSITIVE_INFINITY) return damaged(offset, 'its length is no number or more than a file holds');
      if (length === 0 || offset + length > window.fileBytes) return damaged(offset, 'the file ends in the middle of a chunk');
      if (offset + length > HEAD_CHUNK_FILE_BYTES) return damaged(offset, `it stands beyond the ${HEAD_CHUNK_FILE_BYTES} bytes of a file`);
      window.read(offset, length);
      const chunk = readHeadChunk(window.buffer, window.at(offset), length, this.#checksum);
      if (typeof chunk === 'string') return damaged(offset, chunk);
      const { seriesRef, minTimeMs, encoding, outOfOrder, data } = chunk;
      yield { seriesRef, minTimeMs, maxTimeMs: chunk.maxTimeMs, encoding, outOfOrder, data, file, offset };
      offset += length;
      maxTimeMs = Math.max(maxTimeMs, chunk.maxTimeMs);
    }
  }
}

/** A part of a file that moves on with what is asked for; only an odd chunk makes it longer than 1 MiB. */
class FileWindow {
  buffer: Buffer<ArrayBufferLike>;
  #fd = -1;
  #fileBytes = 0;
  /** Where in the file the buffer begins, and how much of it was read. */
  #start = 0;
  #length = 0;

  constructor(buffer: Buffer<ArrayBufferLike> = Buffer.alloc(0)) {
    this.buffer = buffer;
  }

  get fileBytes(): number {
    return this.#fileBytes;
  }

  open(path: string): void {
    this.close();
    this.#fd = openSync(path, 'r');
    this.#fileBytes = fstatSync(this.#fd).size;
    this.#length = 0;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Has so many bytes of the file from `offset` on in the buffer; returns how many there are, fewer at its end. */
  read(offset: number, length: number): number {
    const wanted = Math.max(0, Math.min(length, this.#fileBytes - offset));
    if (offset < this.#start || offset + wanted > this.#start + this.#length) this.#fill(offset, wanted);
    return Math.min(wanted, this.#start + this.#length - offset);
  }

  /** Where in the buffer a place of the file stands. */
  at(offset: number): number {
    return offset - this.#start;
  }

  isZeroFrom(offset: number): boolean {
    for (;;) {
      const length = this.read(offset, WINDOW_BYTES);
      if (length === 0) return true;
      if (!isZero(this.buffer, this.at(offset), length)) return false;
      offset += length;
    }
  }

  #fill(offset: number, wanted: number): void {
    if (this.buffer.length < wanted || this.buffer.length === 0) this.buffer = Buffer.allocUnsafeSlow(Math.max(wanted, WINDOW_BYTES));
    this.#start = offset;
    this.#length = 0;
    while (this.#length < this.buffer.length) {
      const n = readSync(this.#fd, this.buffer, this.#length, this.buffer.length - this.#length, offset + this.#length);
      if (n === 0) break;
      this.#length += n;
    }
  }
}

function isZero(bytes: Uint8Array, from: number, length: number): boolean {
  for (let i = from; i < from + length; i++) if (bytes[i] !== 0) return false;
  return true;
}
