// A file that is written from its beginning to its end, with Prometheus's encodings (big endian, varints) and the checksum of a section.
// Pieces go to the disk when the buffer is full; what stands already can be patched (a length that is known only afterwards).
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { ChunkRun } from '../../kernel/index.ts';
import { writeError } from './errors.ts';

/** What the writers of files need of the kernel (kernel/codec.ts). */
export interface Checksums {
  /** CRC-32C of bytes[start, end), going on from `crc`. */
  crc32c(bytes: Uint8Array, start?: number, end?: number, crc?: number): number;
}

/** And what the readers of blocks do. */
export interface BlockCodec extends Checksums {
  readonly chunkRun: ChunkRun;
}

const BUFFER_BYTES = 1024 * 1024;
/** More than any single number takes. */
const MARGIN = 16;
const MOST_INT64 = 2n ** 63n - 1n;

export class FileWriter {
  readonly path: string;
  readonly #codec: Checksums;
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  #flushed = 0;
  /** The section's checksum up to #summed of the buffer; null outside of a section. */
  #crc: number | null = null;
  #summed = 0;
  #closed = false;

  /** @throws BlockError `write_failed`, `disk_full`, as all methods */
  constructor(path: string, codec: Checksums) {
    this.path = path;
    this.#codec = codec;
    this.#file = this.#try(() => openSync(path, 'wx', 0o666));
  }

  get position(): number {
    return this.#flushed + this.#used;
  }

  u8(value: number): void {
    this.#room(MARGIN);
    this.#buffer[this.#used++] = value;
  }

  u32(value: number): void {
    this.#room(MARGIN);
    this.#used = this.#buffer.writeUInt32BE(value >>> 0, this.#used);
  }

  u64(value: number): void {
    this.#room(MARGIN);
    this.#used = this.#buffer.writeUInt32BE(Math.floor(value / 2 ** 32), this.#used);
    this.#used = this.#buffer.writeUInt32BE(value % 2 ** 32, this.#used);
  }

  uvarint(value: number): void {
    this.#room(MARGIN);
    this.#used = putUvarint(this.#buffer, this.#used, value);
  }

  varint(value: number): void {
    this.#room(MARGIN);
    this.#used = putVarint(this.#buffer, this.#used, value);
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - MARGIN) {
      for (let at = 0; at < bytes.length; at += BUFFER_BYTES / 2) this.bytes(bytes.subarray(at, at + BUFFER_BYTES / 2));
      return;
    }
    this.#room(bytes.length + MARGIN);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Zeros up to a multiple of `size`. */
  align(size: number): void {
    while (this.position % size !== 0) this.u8(0);
  }

  /** What follows counts for the checksum, until endSection() writes it. */
  beginSection(): void {
    this.#crc = 0;
    this.#summed = this.#used;
  }

  endSection(): void {
    this.#sum();
    const crc = this.#crc!;
    this.#crc = null;
    this.u32(crc);
  }

  /** Puts a number in the place of one that stands there. */
  patchU32(at: number, value: number): void {
    this.#flush();
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    this.#try(() => writeSync(this.#file, bytes, 0, 4, at));
  }

  /** Everything is on the disk then, unless a file that does not stay needs it not. */
  close({ sync = true } = {}): void {
    this.#flush();
    if (sync) this.#try(() => fsyncSync(this.#file));
    this.#closed = true;
    this.#try(() => closeSync(this.#file));
  }

  /** After a failure, or where the file is not wanted any more; nothing when it is closed. */
  abandon(): void {
    // A descriptor that is closed twice may be another file's the second time.
    if (this.#closed) return;
    this.#closed = true;
    try {
      closeSync(this.#file);
    } catch {
      // The failure that led here is the one to tell.
    }
  }

  #room(bytes: number): void {
    if (this.#used + bytes > BUFFER_BYTES) this.#flush();
  }

  #sum(): void {
    if (this.#crc !== null) this.#crc = this.#codec.crc32c(this.#buffer, this.#summed, this.#used, this.#crc);
    this.#summed = this.#used;
  }

  #flush(): void {
    this.#sum();
    for (let at = 0; at < this.#used; ) at += this.#try(() => writeSync(this.#file, this.#buffer, at, this.#used - at, this.#flushed + at));
    this.#flushed += this.#used;
    this.#used = 0;
    this.#summed = 0;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }
}

/** LEB128 of a whole number from 0 to 2^53. Returns the end. */
export function putUvarint(out: Uint8Array, at: number, value: number): number {
  let p = at;
  let rest = value;
  while (rest >= 0x80) {
    out[p++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  out[p++] = rest;
  return p;
}

/** Zigzag LEB128 of a whole number; beyond 2^52 by way of bigint, and what was rounded out of 64 bits is put into them again. */
export function putVarint(out: Uint8Array, at: number, value: number): number {
  if (Math.abs(value) < 2 ** 52) return putUvarint(out, at, value < 0 ? -2 * value - 1 : 2 * value);
  const wide = value >= 2 ** 63 ? MOST_INT64 : value < -(2 ** 63) ? -MOST_INT64 - 1n : BigInt(value);
  let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  let p = at;
  for (; rest >= 0x80n; rest >>= 7n) out[p++] = Number(rest & 0x7fn) | 0x80;
  out[p++] = Number(rest);
  return p;
}

export function uvarintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
