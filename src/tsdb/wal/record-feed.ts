// The records of parts of a log in pieces of a megabyte, so that one thread can read, check and unpack them while another takes them in.
import { type WalCodec, type WalCorruption, type WalPart, WalReader } from './wal-reader.ts';

/** Plain data: it goes from thread to thread. */
export interface RecordPiece {
  /** One behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each record: where it ends in `bytes`, then its place: number of the segment, first byte, and the byte behind it. */
  readonly index: Float64Array<ArrayBuffer>;
  readonly isLast: boolean;
  /** Of the last piece: where and why the reading ended before the end. */
  readonly corruption: WalCorruption | null;
  /** Of the parts, gone through so far. */
  readonly readBytes: number;
}

export const PIECE_FIELDS = 4;
const PIECE_BYTES = 1024 * 1024;
/** Most records are shorter than what is over. */
const ROOM_BYTES = PIECE_BYTES + 256 * 1024;

export class RecordFeed {
  readonly #reader: WalReader;

  constructor(parts: readonly WalPart[], codec: WalCodec) {
    this.#reader = new WalReader(parts, codec);
  }

  /** To be called until a piece is the last one. @param spare memory of a piece that is done with @throws WalError `read_failed` */
  next(spare: ArrayBuffer | null = null): RecordPiece {
    let bytes = new Uint8Array(spare !== null && spare.byteLength >= ROOM_BYTES ? spare : new ArrayBuffer(ROOM_BYTES));
    let length = 0;
    const index: number[] = [];
    let isLast = false;
    while (length < PIECE_BYTES) {
      const record = this.#reader.next();
      if (record === null) {
        isLast = true;
        break;
      }
      if (length + record.length > bytes.length) {
        const larger = new Uint8Array(length + record.length);
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(record, length);
      length += record.length;
      const { segment, goodBytes, offset } = this.#reader.here();
      index.push(length, segment.number, goodBytes, offset);
    }
    const { corruption, bytes: readBytes } = this.#reader;
    return { bytes: bytes.subarray(0, length), index: Float64Array.from(index), isLast, corruption: isLast ? corruption : null, readBytes };
  }

  close(): void {
    this.#reader.close();
  }
}
