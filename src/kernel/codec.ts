// CRC-32C and snappy for files, in a small kernel memory of its own: for any thread and for command line tools, with or without a head.
// The memory holds a window for checksums, a caller's own room, one for chunks (chunk-run.ts), then what was decompressed last, then what is being compressed: so a decompressed record can be
// checked and compressed again where it lies.

import { CHUNK_RUN_BYTES, ChunkRun } from './chunk-run.ts';
import { instantiate, loadKernel } from './head-memory.ts';
import type { KernelExports } from './kernel-exports.ts';

const PAGE_BYTES = 65_536;
/** The shared memory's module asks for this maximum; address space only. */
const MOST_PAGES = 65_536;
/** Data segments lie below. */
const WINDOW = 0x100000;
/** CRCs are taken of so much at a time. */
const WINDOW_BYTES = 256 * 1024;
const ROOM = WINDOW + WINDOW_BYTES;
const ROOM_BYTES = 1024 * 1024;
const CHUNK_RUN = ROOM + ROOM_BYTES;
const UNPACKING = CHUNK_RUN + CHUNK_RUN_BYTES;
/** A copy of 64 bytes takes 3: nothing becomes longer than this many times itself, whatever length it tells. */
const MOST_EXPANSION = 22;
/** Of compression (assembly/snappy.ts). */
const TABLE_BYTES = 32 * 1024;
const SLACK_BYTES = 64;

export class CodecError extends Error {
  readonly code = 'malformed';
  override name = 'CodecError';
}

export interface Codec {
  /** A buffer of 1 MiB for one user at a time: checksums of what it holds cost no copy. */
  readonly room: Buffer;
  /** Decodes chunks of a block. */
  readonly chunkRun: ChunkRun;
  /** CRC-32C (Castagnoli) of bytes[start, end), going on from `crc`. */
  crc32c(bytes: Uint8Array, start?: number, end?: number, crc?: number): number;
  /** A copy, compressed to snappy's block format; null when it would not get shorter. */
  compressSnappy(bytes: Uint8Array): Buffer | null;
  /** The result is a view that the next decompression reuses. @throws CodecError when malformed, or longer than maxBytes */
  decompressSnappy(bytes: Uint8Array, maxBytes: number): Buffer;
}

/** `module`: the kernel's, where it is compiled already. */
export function createCodec(module = loadKernel()): Codec {
  const memory = new WebAssembly.Memory({ initial: UNPACKING / PAGE_BYTES + 1, maximum: MOST_PAGES, shared: true });
  return new KernelCodec(memory, instantiate({ memory, module }));
}

class KernelCodec implements Codec {
  readonly room: Buffer;
  readonly chunkRun: ChunkRun;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: KernelExports;
  #buffer: Buffer;
  /** The end of what was decompressed last. */
  #unpackedEnd = UNPACKING;

  constructor(memory: WebAssembly.Memory, kernel: KernelExports) {
    this.#memory = memory;
    this.#kernel = kernel;
    this.#buffer = Buffer.from(memory.buffer);
    this.chunkRun = new ChunkRun(memory, kernel, CHUNK_RUN);
    this.room = this.#buffer.subarray(ROOM, ROOM + ROOM_BYTES);
  }

  crc32c(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
    if (bytes.buffer === this.room.buffer) return this.#kernel.crc32c(before, bytes.byteOffset + start, end - start) >>> 0;
    let crc = before;
    for (let at = start; at < end; at += WINDOW_BYTES) {
      const length = Math.min(WINDOW_BYTES, end - at);
      this.#buffer.set(bytes.subarray(at, at + length), WINDOW);
      crc = this.#kernel.crc32c(crc, WINDOW, length);
    }
    return crc >>> 0;
  }

  compressSnappy(bytes: Uint8Array): Buffer | null {
    const bound = 32 + bytes.length + Math.ceil(bytes.length / 6);
    const at = roundUp(this.#unpackedEnd);
    const out = at + roundUp(bytes.length + SLACK_BYTES);
    const table = out + roundUp(bound);
    this.#reserve(table + TABLE_BYTES);
    this.#buffer.set(bytes, at);
    const length = this.#kernel.snappyCompress(at, bytes.length, out, table) >>> 0;
    if (length >= bytes.length) return null;
    return Buffer.from(this.#buffer.subarray(out, out + length));
  }

  decompressSnappy(bytes: Uint8Array, maxBytes: number): Buffer {
    const out = UNPACKING + roundUp(bytes.length + SLACK_BYTES);
    this.#reserve(out);
    this.#buffer.set(bytes, UNPACKING);
    const length = this.#kernel.snappyLength(UNPACKING, bytes.length) >>> 0;
    const most = Math.min(maxBytes, bytes.length * MOST_EXPANSION);
    if (length > most) throw new CodecError(`cannot decompress snappy: got a length of ${length}, want at most ${most}`);
    this.#unpackedEnd = out + length + SLACK_BYTES;
    this.#reserve(this.#unpackedEnd);
    if (this.#kernel.snappyDecompress(UNPACKING, bytes.length, out) === 0)
      throw new CodecError('cannot decompress snappy: got malformed text');
    return this.#buffer.subarray(out, out + length);
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.#buffer = Buffer.from(this.#memory.buffer);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
