// The door to the log's encoding: batches become records, framed for the log's pages, in an area that one write takes to the file.
// Once it was begun, the output is the caller's until begin() is called again.
import { constants, zstdCompressSync } from 'node:zlib';
import { type HeadMemory, readWord } from './head-memory.ts';
import { at, WAL_OUT_BYTES, WAL_PACKED_BYTES, WAL_RAW_BYTES } from './layout.ts';
import type { SampleBatch } from './sample-batch.ts';

export type WalCompression = 'none' | 'snappy' | 'zstd';

const PLAIN = 0;
const SNAPPY = 1;
const RAW = 2;
const PAGE_BYTES = 32_768;
const HEADER_BYTES = 7;
const ZSTD_FLAG = 0x10;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export class WalEncoder {
  /** No output is longer. */
  readonly mostBytes = WAL_OUT_BYTES;
  readonly #head: HeadMemory;
  #compression: WalCompression = 'none';
  #pageUsed = 0;

  constructor(head: HeadMemory) {
    this.#head = head;
  }

  /** An empty output whose first byte will stand at `pageUsed` of a page of 32 KiB. */
  begin(pageUsed: number, compression: WalCompression): void {
    if (pageUsed > PAGE_BYTES - HEADER_BYTES) throw new Error(`BUG: an output begins at ${pageUsed} of a page, where no header fits`);
    this.#compression = compression;
    this.#pageUsed = pageUsed;
    this.#head.exports.walBegin(pageUsed, compression === 'zstd' ? RAW : compression === 'snappy' ? SNAPPY : PLAIN);
  }

  /** Adds the batch from a piece on (0: all of it). Returns the piece to go on with in the next output, or 0 when all is there. */
  addBatch(batch: SampleBatch, piece: number): number {
    return this.#head.exports.walBatch(batch.address, piece) >>> 0;
  }

  /** Adds a record that was made elsewhere; false when this output has no room for it. At most WAL_RAW_BYTES long. */
  addRecord(record: Buffer): boolean {
    if (record.length > WAL_RAW_BYTES) throw new Error(`BUG: a record of ${record.length} bytes, which has at most ${WAL_RAW_BYTES}`);
    record.copy(this.#head.buffer, at.WAL_RAW);
    return this.#head.exports.walRecord(record.length) !== 0;
  }

  /** Whether the output has a record that is none of samples. */
  get hasOthers(): boolean {
    return readWord(this.#head.buffer, at.WAL_OTHERS) !== 0;
  }

  /** What is to be written; a view of the head's memory where nothing is left to be done. Ask once. */
  takeOutput(): Buffer {
    const { buffer } = this.#head;
    const raw = buffer.subarray(at.WAL_OUT, at.WAL_OUT + readWord(buffer, at.WAL_LENGTH));
    return this.#compression === 'zstd' ? this.#compressed(raw) : raw;
  }

  /** Records behind their lengths become zstd frames in fragments. */
  #compressed(raw: Buffer): Buffer {
    const parts: Buffer[] = [];
    for (let from = 0; from < raw.length; ) {
      const length = raw.readUInt32LE(from);
      const record = raw.subarray(from + 4, from + 4 + length);
      const packed = zstdCompressSync(record, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
      if (packed.length < length && packed.length <= WAL_PACKED_BYTES) this.#frame(packed, ZSTD_FLAG, parts);
      else this.#frame(record, 0, parts);
      from += 4 + length;
    }
    return Buffer.concat(parts);
  }

  #frame(record: Buffer, flags: number, parts: Buffer[]): void {
    const { buffer, exports } = this.#head;
    let rest = record;
    for (let first = true; first || rest.length > 0; first = false) {
      const length = Math.min(rest.length, PAGE_BYTES - this.#pageUsed - HEADER_BYTES);
      rest.copy(buffer, at.WAL_PACKED, 0, length);
      const kind = length === rest.length ? (first ? FULL : LAST) : first ? FIRST : MIDDLE;
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(kind | flags, 0);
      header.writeUInt16BE(length, 1);
      header.writeUInt32BE(exports.crc32c(0, at.WAL_PACKED, length) >>> 0, 3);
      parts.push(header, Buffer.from(rest.subarray(0, length)));
      rest = rest.subarray(length);
      this.#pageUsed += HEADER_BYTES + length;
      if (PAGE_BYTES - this.#pageUsed >= HEADER_BYTES) continue;
      parts.push(Buffer.alloc(PAGE_BYTES - this.#pageUsed));
      this.#pageUsed = 0;
    }
  }
}
