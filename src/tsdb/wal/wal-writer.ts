// Writes records to segments in a folder: pages, fragments, checksums, compression (docs/format/wal.md). For checkpoints; the live log is
// encoded in the kernel (assembly/wal-encode.ts) by the same rules.
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import { writeError } from './errors.ts';
import type { WalCodec } from './wal-reader.ts';
import { PAGE_BYTES, segmentPath } from './wal-segments.ts';

export interface WalWriterOptions {
  readonly codec: WalCodec;
  readonly compression: 'none' | 'snappy' | 'zstd';
  readonly segmentBytes?: number;
}

const HEADER_BYTES = 7;
const SEGMENT_BYTES = 128 * 1024 * 1024;
const BUFFER_BYTES = 1024 * 1024;
const SNAPPY_FLAG = 8;
const ZSTD_FLAG = 16;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export class WalWriter {
  readonly #folder: string;
  readonly #options: WalWriterOptions;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  #file: number | null = null;
  #segment = -1;
  #size = 0;

  constructor(folder: string, options: WalWriterOptions) {
    this.#folder = folder;
    this.#options = options;
    mkdirSync(folder, { recursive: true });
  }

  /** @throws WalError */
  append(record: Buffer): void {
    const { bytes, flags } = this.#packed(record);
    const framed = bytes.length + (Math.floor(bytes.length / (PAGE_BYTES - HEADER_BYTES)) + 2) * HEADER_BYTES;
    const { segmentBytes = SEGMENT_BYTES } = this.#options;
    if (this.#file === null || (this.#size > 0 && this.#size + framed > segmentBytes)) this.#cut();
    let rest = bytes;
    for (let first = true; first || rest.length > 0; first = false) {
      const length = Math.min(rest.length, PAGE_BYTES - (this.#size % PAGE_BYTES) - HEADER_BYTES);
      const kind = length === rest.length ? (first ? FULL : LAST) : first ? FIRST : MIDDLE;
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(kind | flags, 0);
      header.writeUInt16BE(length, 1);
      header.writeUInt32BE(this.#options.codec.crc32c(rest, 0, length), 3);
      this.#put(header);
      this.#put(rest.subarray(0, length));
      rest = rest.subarray(length);
      const left = PAGE_BYTES - (this.#size % PAGE_BYTES);
      if (left < HEADER_BYTES) this.#put(Buffer.alloc(left));
    }
  }

  /** Everything is on the disk. A writer without records leaves one empty segment. @throws WalError */
  close(): void {
    if (this.#file === null) this.#cut();
    this.#end();
  }

  /** After a failure. */
  abandon(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #packed(record: Buffer): { bytes: Buffer; flags: number } {
    const { codec, compression } = this.#options;
    if (compression === 'snappy') {
      const bytes = codec.compressSnappy(record);
      if (bytes !== null) return { bytes, flags: SNAPPY_FLAG };
    } else if (compression === 'zstd') {
      const bytes = zstdCompressSync(record, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
      if (bytes.length < record.length) return { bytes, flags: ZSTD_FLAG };
    }
    return { bytes: record, flags: 0 };
  }

  #cut(): void {
    this.#end();
    this.#segment++;
    const path = segmentPath(this.#folder, this.#segment);
    try {
      this.#file = openSync(path, 'wx', 0o666);
    } catch (cause) {
      throw writeError(path, cause);
    }
    this.#size = 0;
  }

  #end(): void {
    if (this.#file === null) return;
    const rest = (PAGE_BYTES - (this.#size % PAGE_BYTES)) % PAGE_BYTES;
    if (rest > 0) this.#put(Buffer.alloc(rest));
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = null;
  }

  #put(bytes: Uint8Array): void {
    if (this.#used + bytes.length > BUFFER_BYTES) this.#flush();
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#size += bytes.length;
  }

  #flush(): void {
    try {
      for (let at = 0; at < this.#used; ) at += writeSync(this.#file!, this.#buffer, at, this.#used - at);
    } catch (cause) {
      throw writeError(segmentPath(this.#folder, this.#segment), cause);
    }
    this.#used = 0;
  }
}
