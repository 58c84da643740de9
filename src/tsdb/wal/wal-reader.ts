// Reads the records of segments one after the other (tsdb/docs/format/wal.md of Prometheus): pages of 32 KiB, fragments with their
// checksums, compressed records. It ends at the end, or at the first place that cannot be what was written there: a WalCorruption, which
// tells how far everything was good. What is read is synchronous and bounded: the caller steps.
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, zstdDecompressSync } from 'node:zlib';
import { WalError } from './errors.ts';
import { HIGHEST_RECORD_TYPE } from './wal-record.ts';
import { PAGE_BYTES, type WalSegment } from './wal-segments.ts';

/** What the log's files need of the kernel (kernel/codec.ts). */
export interface WalCodec {
  /** A buffer of 1 MiB that checksums are cheapest of, for one reader at a time. */
  readonly room?: Buffer;
  crc32c(bytes: Uint8Array, start?: number, end?: number): number;
  compressSnappy(bytes: Uint8Array): Buffer | null;
  decompressSnappy(bytes: Uint8Array, maxBytes: number): Buffer;
}

export interface WalCorruption {
  readonly segment: WalSegment;
  /** Of the segment's file: the end of the last record that is good. */
  readonly goodBytes: number;
  /** Where what is wrong was met. */
  readonly offset: number;
  readonly reason: string;
}

/** Records are at most so long, compressed or not: no server of either kind writes longer ones. */
export const MOST_RECORD_BYTES = 128 * 1024 * 1024;
const WINDOW_BYTES = 32 * PAGE_BYTES;
const HEADER_BYTES = 7;
const TYPE_MASK = 7;
const SNAPPY_FLAG = 8;
const ZSTD_FLAG = 16;
/** The first byte of a zstd frame. */
const ZSTD_MAGIC = 0x28;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** A segment, or a part of it that begins and ends between two records. */
export interface WalPart {
  readonly segment: WalSegment;
  readonly from: number;
  /** Infinite: to its end. */
  readonly to: number;
}

export function wholeSegments(segments: readonly WalSegment[]): WalPart[] {
  return segments.map((segment) => ({ segment, from: 0, to: Number.POSITIVE_INFINITY }));
}

/** How much there is to read. */
export function partBytes(parts: readonly WalPart[]): number {
  return parts.reduce((sum, { segment, from, to }) => sum + Math.max(0, Math.min(to, segment.sizeBytes) - from), 0);
}

export class WalReader {
  /** Set when the reading ended before the end. */
  corruption: WalCorruption | null = null;
  /** Bytes of the parts gone through so far. */
  bytes = 0;
  readonly #parts: readonly WalPart[];
  readonly #codec: WalCodec;
  readonly #window: Buffer<ArrayBufferLike>;
  #index = 0;
  #file: number | null = null;
  /** The window is file[windowAt, windowAt + windowLength). */
  #windowAt = 0;
  #windowLength = 0;
  #offset = 0;
  #goodBytes = 0;
  /** The same before the last record. */
  #goodBefore = 0;
  #record = Buffer.alloc(64 * 1024);
  #recordLength = 0;
  /** The flags of the record whose fragments are being read, or -1 between two. */
  #flags = -1;

  constructor(parts: readonly WalPart[], codec: WalCodec) {
    this.#parts = parts;
    this.#codec = codec;
    this.#window = codec.room ?? Buffer.alloc(WINDOW_BYTES);
    this.#beginPart();
  }

  /** The segment that is being read, or undefined behind the last. */
  get segment(): WalSegment | undefined {
    return this.#parts[this.#index]?.segment;
  }

  /**
   * The next record (its type is the first byte), a view that the next call reuses; null at the end, or where `corruption` says why.
   * @throws WalError `read_failed`
   */
  next(): Buffer | null {
    while (this.corruption === null && this.segment !== undefined) {
      const reason = this.#fragment();
      if (reason === 'record') {
        const record = this.#unpacked();
        if (record === null) return null;
        this.#goodBefore = this.#goodBytes;
        this.#goodBytes = this.#offset;
        return record;
      }
      if (reason !== null) this.#corrupt(reason);
    }
    this.close();
    return null;
  }

  /** The place of the record that next() gave last: from `goodBytes` to `offset`. */
  here(): Omit<WalCorruption, 'reason'> {
    return { segment: this.segment!, goodBytes: this.#goodBefore, offset: this.#offset };
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  /** Takes one fragment, or goes on to the next page or segment. 'record': one is complete. Another text: why it is none. */
  #fragment(): string | null {
    if (this.#offset >= this.#parts[this.#index].to) return this.#nextPart();
    const left = PAGE_BYTES - (this.#offset % PAGE_BYTES);
    if (left < HEADER_BYTES) return this.#skipPadding(left);
    const available = this.#fill(Math.min(left, PAGE_BYTES));
    if (available === 0) return this.#nextPart();
    const at = this.#offset - this.#windowAt;
    const kind = this.#window[at];
    if (kind === 0) return this.#skipPadding(Math.min(left, available));
    if (available < HEADER_BYTES) return `unexpected end of the segment in a record's header`;
    const length = this.#window.readUInt16BE(at + 1);
    if (length > left - HEADER_BYTES) return `a record's part of ${length} bytes reaches beyond its page`;
    if (length > available - HEADER_BYTES) return `unexpected end of the segment in a record's part of ${length} bytes`;
    const begin = at + HEADER_BYTES;
    const wanted = this.#window.readUInt32BE(at + 3);
    const crc = this.#codec.crc32c(this.#window, begin, begin + length);
    if (crc !== wanted) return `checksum mismatch: got ${crc.toString(16)}, want ${wanted.toString(16)}`;
    const wrong = this.#take(kind, begin, length);
    if (wrong !== null && wrong !== 'record') return wrong;
    this.#offset += HEADER_BYTES + length;
    return wrong;
  }

  #take(kind: number, begin: number, length: number): string | null {
    const type = kind & TYPE_MASK;
    const flags = kind & ~TYPE_MASK;
    if (flags > ZSTD_FLAG || type > LAST || type < FULL) return `unknown type ${kind} of a record's part`;
    const begins = type === FULL || type === FIRST;
    if (begins !== this.#flags < 0) return begins ? 'a record begins inside another' : 'a record goes on that did not begin';
    if (!begins && flags !== this.#flags) return "a record's parts are not compressed alike";
    if (begins) {
      this.#flags = flags;
      this.#recordLength = 0;
    }
    const total = this.#recordLength + length;
    if (total > MOST_RECORD_BYTES) return `a record of more than ${MOST_RECORD_BYTES} bytes`;
    if (total > this.#record.length) this.#grow(total);
    this.#window.copy(this.#record, this.#recordLength, begin, begin + length);
    this.#recordLength = total;
    return type === FULL || type === LAST ? 'record' : null;
  }

  #grow(bytes: number): void {
    const larger = Buffer.alloc(Math.max(bytes, this.#record.length * 2));
    this.#record.copy(larger, 0, 0, this.#recordLength);
    this.#record = larger;
  }

  /** The complete record without its compression; null (and then the next one is not asked for) where it cannot be undone. */
  #unpacked(): Buffer | null {
    const flags = this.#flags;
    this.#flags = -1;
    const packed = this.#record.subarray(0, this.#recordLength);
    try {
      if (flags !== 0) return unpack(packed, flags, this.#codec);
      if (!this.#hidesCompression(packed)) return packed;
      this.#corrupt('a record is compressed and does not say so');
    } catch (error) {
      this.#corrupt((error as Error).message);
    }
    this.close();
    return null;
  }

  /**
   * The checksum does not cover the flags. A record whose flag was lost would look like one of a kind that nobody knows, and would be passed
   * over without a word: such a kind is believed only when it does not unpack to one that is known.
   */
  #hidesCompression(record: Buffer): boolean {
    if (record.length === 0 || record[0] <= HIGHEST_RECORD_TYPE) return false;
    try {
      const unpacked = unpack(record, record[0] === ZSTD_MAGIC ? ZSTD_FLAG : SNAPPY_FLAG, this.#codec);
      return unpacked.length > record.length && unpacked[0] <= HIGHEST_RECORD_TYPE;
    } catch {
      return false;
    }
  }

  /** The rest of a page must be zeros. */
  #skipPadding(length: number): string | null {
    if (this.#flags >= 0) return 'a page ends inside a record without a part of it';
    const available = this.#fill(length);
    const at = this.#offset - this.#windowAt;
    for (let i = 0; i < Math.min(available, length); i++)
      if (this.#window[at + i] !== 0) return 'unexpected non-zero byte in the padding of a page';
    if (available < length) return this.#nextPart();
    this.#offset += length;
    return null;
  }

  #nextPart(): string | null {
    // A record that was cut off by the end of the process is followed by a segment that the next one began.
    if (this.#flags >= 0) return 'unexpected end of the segment inside a record';
    this.close();
    this.bytes += this.#offset - this.#parts[this.#index].from;
    this.#index++;
    this.#beginPart();
    return null;
  }

  #beginPart(): void {
    this.#offset = this.#goodBytes = this.#parts[this.#index]?.from ?? 0;
    this.#windowAt = 0;
    this.#windowLength = 0;
  }

  /** Makes sure that the window holds the next `wanted` bytes (at most a page's rest); returns how many there are. */
  #fill(wanted: number): number {
    const inWindow = this.#windowAt + this.#windowLength - this.#offset;
    if (inWindow >= wanted) return inWindow;
    const { path } = this.segment!;
    try {
      this.#file ??= openSync(path, 'r');
      // Windows begin with pages, so a fragment never crosses one.
      this.#windowAt = this.#offset - (this.#offset % PAGE_BYTES);
      this.#windowLength = 0;
      while (this.#windowLength < WINDOW_BYTES) {
        const read = readSync(
          this.#file,
          this.#window,
          this.#windowLength,
          WINDOW_BYTES - this.#windowLength,
          this.#windowAt + this.#windowLength,
        );
        if (read === 0) break;
        this.#windowLength += read;
      }
    } catch (cause) {
      throw new WalError('read_failed', `cannot read the log ${path}: ${(cause as Error).message}`, { cause });
    }
    return Math.max(0, this.#windowAt + this.#windowLength - this.#offset);
  }

  #corrupt(reason: string): void {
    this.corruption = { segment: this.segment!, goodBytes: this.#goodBytes, offset: this.#offset, reason };
  }
}

function unpack(packed: Buffer, flags: number, codec: WalCodec): Buffer {
  if (flags === SNAPPY_FLAG) return codec.decompressSnappy(packed, MOST_RECORD_BYTES);
  return zstdDecompressSync(packed, { maxOutputLength: MOST_RECORD_BYTES, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
}
