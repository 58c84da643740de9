// One chunk as it stands in a head chunk file (docs/format/head_chunks.md): series ref, times, encoding, length, data, checksum.
// Writing and reading name the fields in the same order. What is read is checked before it is used: a chunk is either whole, with
// its checksum, or it is not given out.
import type { EncodedChunk } from '../block/block-series.ts';

/** CRC-32C of bytes[start, end), unsigned. */
export interface Checksum {
  /** A buffer that checksums are cheapest of, for one user at a time. */
  readonly room?: Buffer;
  crc32c(bytes: Uint8Array, start?: number, end?: number): number;
}

/** Where a chunk stands: the number of its file, from 1, and the offset in it, below `HEAD_CHUNK_FILE_BYTES`. */
export interface HeadChunkAddress {
  readonly file: number;
  readonly offset: number;
}

export interface HeadChunk extends EncodedChunk {
  /** The head's ref of its series, from 1. */
  readonly seriesRef: number;
  /** It was written for samples that came out of order, and may overlap the series' others. */
  readonly outOfOrder: boolean;
}

/** Prometheus cuts to a new file here (tsdb/chunks/head_chunks.go: MaxHeadChunkFileSize). */
export const HEAD_CHUNK_FILE_BYTES = 128 * 1024 * 1024;
/** Series ref, times, encoding, and the longest length. */
export const HEAD_CHUNK_PREFIX_BYTES = 30;

const ENCODING_AT = 24;
const LENGTH_AT = 25;
const LENGTH_BYTES_MOST = 5;
const CHECKSUM_BYTES = 4;
/** The encoding byte's highest bit tells that the samples came out of order. */
const OUT_OF_ORDER = 0x80;
const TWO_32 = 2 ** 32;

/** Bytes that a chunk of so much data takes in a file. */
export function headChunkBytes(dataBytes: number): number {
  return LENGTH_AT + uvarintBytes(dataBytes) + dataBytes + CHECKSUM_BYTES;
}

/** Writes the chunk at `at`, where `headChunkBytes` must have room; returns where it ends. */
export function writeHeadChunk(bytes: Buffer, at: number, chunk: HeadChunk, checksum: Checksum): number {
  const { seriesRef, minTimeMs, maxTimeMs, encoding, outOfOrder, data } = chunk;
  if (!Number.isSafeInteger(seriesRef) || seriesRef < 1) throw new Error(`BUG: a head chunk's series ref is ${seriesRef}`);
  if (!Number.isSafeInteger(minTimeMs) || !Number.isSafeInteger(maxTimeMs) || maxTimeMs < minTimeMs)
    throw new Error(`BUG: a head chunk's times are ${minTimeMs} to ${maxTimeMs}`);
  if (encoding < 1 || encoding >= OUT_OF_ORDER) throw new Error(`BUG: a head chunk's encoding is ${encoding}`);
  if (data.length < 2) throw new Error(`BUG: a head chunk's data has ${data.length} bytes`);
  writeInt64(bytes, at, seriesRef);
  writeInt64(bytes, at + 8, minTimeMs);
  writeInt64(bytes, at + 16, maxTimeMs);
  bytes[at + ENCODING_AT] = encoding | (outOfOrder ? OUT_OF_ORDER : 0);
  const dataAt = writeUvarint(bytes, at + LENGTH_AT, data.length);
  bytes.set(data, dataAt);
  const end = dataAt + data.length;
  bytes.writeUInt32BE(checksum.crc32c(bytes, at, end), end);
  return end + CHECKSUM_BYTES;
}

/**
 * Bytes that the chunk at `at` takes, when its length lies before `end`: otherwise 0. Infinity: more than any file has, or no number
 * at all. The chunk itself need not lie before `end`.
 */
export function measureHeadChunk(bytes: Uint8Array, at: number, end: number): number {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES_MOST; i++) {
    const p = at + LENGTH_AT + i;
    if (p >= end) return 0;
    length += (bytes[p] & 0x7f) * 2 ** (7 * i);
    if (bytes[p] < 0x80) return length > HEAD_CHUNK_FILE_BYTES ? Number.POSITIVE_INFINITY : LENGTH_AT + i + 1 + length + CHECKSUM_BYTES;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The chunk in bytes[at, at + length), `length` as measured. Its data is a view of them.
 * @returns what is wrong with it, when something is
 */
export function readHeadChunk(bytes: Buffer, at: number, length: number, checksum: Checksum): HeadChunk | string {
  const end = at + length - CHECKSUM_BYTES;
  const stored = bytes.readUInt32BE(end);
  const actual = checksum.crc32c(bytes, at, end);
  if (actual !== stored) return `got checksum ${hex(actual)}, want ${hex(stored)}`;
  const seriesRef = readInt64(bytes, at);
  const minTimeMs = readInt64(bytes, at + 8);
  const maxTimeMs = readInt64(bytes, at + 16);
  const encoding = bytes[at + ENCODING_AT];
  const data = bytes.subarray(at + LENGTH_AT + lengthBytes(bytes, at), end);
  if (!Number.isSafeInteger(seriesRef) || seriesRef < 1) return `got series ref ${seriesRef}, want one from 1 to 2^53 - 1`;
  if (!Number.isSafeInteger(minTimeMs) || !Number.isSafeInteger(maxTimeMs) || maxTimeMs < minTimeMs)
    return `got the times ${minTimeMs} to ${maxTimeMs}, want two timestamps in order`;
  if (data.length < 2) return `got ${data.length} bytes of data, want at least the 2 of its sample count`;
  return { seriesRef, minTimeMs, maxTimeMs, encoding: encoding & ~OUT_OF_ORDER, outOfOrder: (encoding & OUT_OF_ORDER) !== 0, data };
}

/** Every encoding's data begins with it. */
export function headChunkSamples({ data }: EncodedChunk): number {
  return data[0] * 256 + data[1];
}

function lengthBytes(bytes: Uint8Array, at: number): number {
  let n = 1;
  while (bytes[at + LENGTH_AT + n - 1] >= 0x80) n++;
  return n;
}

function uvarintBytes(n: number): number {
  let bytes = 1;
  for (; n >= 128; n = Math.floor(n / 128)) bytes++;
  return bytes;
}

function writeUvarint(bytes: Uint8Array, at: number, n: number): number {
  for (; n >= 128; n = Math.floor(n / 128)) bytes[at++] = (n % 128) | 0x80;
  bytes[at] = n;
  return at + 1;
}

function writeInt64(bytes: Buffer, at: number, n: number): void {
  const high = Math.floor(n / TWO_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(n - high * TWO_32, at + 4);
}

/** Not a safe integer when it is none. */
function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4);
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
