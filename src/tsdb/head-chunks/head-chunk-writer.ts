// Writes head chunks, from one thread: many at a time, all of them or none. A file ends where the next chunk would make it longer than
// Prometheus's files are, and where the head was truncated, so that old files can go. The first chunk after a start goes into a new
// file; a writer that takes over from another one in the same process goes on where that one ended.
import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeFailure } from './errors.ts';
import {
  type Checksum,
  HEAD_CHUNK_FILE_BYTES,
  type HeadChunk,
  type HeadChunkAddress,
  headChunkBytes,
  writeHeadChunk,
} from './head-chunk.ts';
import {
  HEAD_CHUNKS_FOLDER,
  HEAD_CHUNKS_HEADER_BYTES,
  type HeadChunkFile,
  headChunkFileName,
  headChunkFilePath,
  headChunksHeader,
  syncFolder,
} from './head-chunk-file.ts';

export interface HeadChunkWriterOptions {
  readonly dataFolder: string;
  readonly checksum: Checksum;
  /** Those there are: of the scan, or of the writer before. */
  readonly files: readonly HeadChunkFile[];
  /** The files are a former writer's: the newest is gone on with, after what stands behind its `sizeBytes` was cut off. */
  readonly resume?: boolean;
  /** Smaller in tests. */
  readonly fileBytes?: number;
}

const BUFFER_BYTES = 4 * 1024 * 1024;

export class HeadChunkWriter {
  readonly #dataFolder: string;
  readonly #checksum: Checksum;
  readonly #fileBytes: number;
  #files: HeadChunkFile[];
  /** Of the newest file; -1: the next chunk goes into a new one. */
  #fd = -1;
  #buffer = Buffer.alloc(0);
  /** Bytes in the buffer that belong to the end of the newest file and are not written yet. */
  #pending = 0;

  /** @throws HeadChunkError when the newest file is to be gone on with and cannot be opened */
  constructor({ dataFolder, checksum, files, resume = false, fileBytes = HEAD_CHUNK_FILE_BYTES }: HeadChunkWriterOptions) {
    this.#dataFolder = dataFolder;
    this.#checksum = checksum;
    this.#fileBytes = fileBytes;
    this.#files = [...files];
    if (resume && files.length > 0) this.#reopen();
  }

  /** In order of their numbers. Plain data, to be handed to the writer after this one. */
  get files(): readonly HeadChunkFile[] {
    return this.#files;
  }

  get sizeBytes(): number {
    return this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /**
   * Writes the chunks behind all others; a series' chunks must come in the order of their times. In the file when this returns, for
   * this machine's other threads and after a kill, but not after a loss of power: until then the log has them.
   * @returns where each stands
   * @throws HeadChunkError `disk_full`, `write_failed`: none is written then
   */
  write(chunks: Iterable<HeadChunk>): HeadChunkAddress[] {
    const before = [...this.#files];
    const goesOn = this.#fd >= 0;
    const addresses: HeadChunkAddress[] = [];
    try {
      for (const chunk of chunks) addresses.push(this.#add(chunk));
      this.#flush();
      return addresses;
    } catch (error) {
      this.#takeBack(before, goesOn);
      throw (error as NodeJS.ErrnoException).syscall === undefined ? error : writeFailure('head chunks', error);
    }
  }

  /**
   * Deletes the oldest files as long as all their chunks end before `minTimeMs`, but never the newest, and has the next chunk go into a
   * new file.
   * @returns the numbers of those deleted
   * @throws HeadChunkError `write_failed`: the others stay
   */
  truncate(minTimeMs: number): number[] {
    const deleted: number[] = [];
    try {
      if ((this.#files.at(-1)?.sizeBytes ?? 0) > HEAD_CHUNKS_HEADER_BYTES) this.#finish();
      while (this.#files.length > 1 && this.#files[0].maxTimeMs < minTimeMs) {
        rmSync(headChunkFilePath(this.#dataFolder, this.#files[0].number), { force: true });
        deleted.push(this.#files.shift()!.number);
      }
      if (deleted.length > 0) syncFolder(join(this.#dataFolder, HEAD_CHUNKS_FOLDER));
      return deleted;
    } catch (error) {
      throw writeFailure('the head chunk files that go', error);
    }
  }

  /** The newest file is synced. */
  close(): void {
    try {
      this.#finish();
    } catch (error) {
      throw writeFailure('head chunks', error);
    } finally {
      this.#buffer = Buffer.alloc(0);
    }
  }

  #add(chunk: HeadChunk): HeadChunkAddress {
    const bytes = headChunkBytes(chunk.data.length);
    if (this.#fd < 0 || this.#files.at(-1)!.sizeBytes + bytes > this.#fileBytes) this.#cut();
    if (this.#pending + bytes > this.#buffer.length) {
      this.#flush();
      if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(bytes, BUFFER_BYTES));
    }
    const { number, sizeBytes, maxTimeMs } = this.#files.at(-1)!;
    this.#pending = writeHeadChunk(this.#buffer, this.#pending, chunk, this.#checksum);
    this.#files[this.#files.length - 1] = { number, sizeBytes: sizeBytes + bytes, maxTimeMs: Math.max(maxTimeMs, chunk.maxTimeMs) };
    return { file: number, offset: sizeBytes };
  }

  #flush(): void {
    if (this.#pending === 0) return;
    const end = this.#files.at(-1)!.sizeBytes;
    for (let done = 0; done < this.#pending; )
      done += writeSync(this.#fd, this.#buffer, done, this.#pending - done, end - this.#pending + done);
    this.#pending = 0;
  }

  #cut(): void {
    this.#finish();
    const folder = join(this.#dataFolder, HEAD_CHUNKS_FOLDER);
    mkdirSync(folder, { recursive: true });
    const number = (this.#files.at(-1)?.number ?? 0) + 1;
    // What a write that failed could not remove is written over.
    this.#fd = openSync(headChunkFilePath(this.#dataFolder, number), 'w');
    this.#files.push({ number, sizeBytes: HEAD_CHUNKS_HEADER_BYTES, maxTimeMs: Number.NEGATIVE_INFINITY });
    writeSync(this.#fd, headChunksHeader(), 0, HEAD_CHUNKS_HEADER_BYTES, 0);
    syncFolder(folder);
  }

  #finish(): void {
    if (this.#fd < 0) return;
    this.#flush();
    fdatasyncSync(this.#fd);
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #reopen(): void {
    const { number, sizeBytes } = this.#files.at(-1)!;
    try {
      this.#fd = openSync(headChunkFilePath(this.#dataFolder, number), 'r+');
      ftruncateSync(this.#fd, sizeBytes);
    } catch (error) {
      this.#closeFile();
      throw writeFailure(`head chunk file ${headChunkFileName(number)}`, error);
    }
  }

  /** The files are again what they were. Where even that fails, the next chunk goes into a new file, behind a damaged end. */
  #takeBack(before: HeadChunkFile[], goesOn: boolean): void {
    this.#pending = 0;
    this.#closeFile();
    const added = this.#files.slice(before.length);
    this.#files = before;
    try {
      for (const { number } of added.reverse()) rmSync(headChunkFilePath(this.#dataFolder, number), { force: true });
      if (goesOn) this.#reopen();
    } catch {
      this.#closeFile();
    }
  }
}
