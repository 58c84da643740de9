// The chunks of a block (tsdb/docs/format/chunks.md of Prometheus): files `000001`, `000002`, … of at most 512 MiB, chunk after chunk.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedChunk } from '../block/block-series.ts';
import { type BlockCodec, FileWriter, uvarintLength } from '../block/file-writer.ts';

export const CHUNKS_MAGIC = 0x85bd40dd;
export const CHUNKS_VERSION = 1;
export const CHUNKS_HEADER_BYTES = 8;
const SEGMENT_BYTES = 512 * 1024 * 1024;

export function chunkSegmentName(index: number): string {
  return String(index + 1).padStart(6, '0');
}

export class ChunkSegmentWriter {
  readonly #folder: string;
  readonly #codec: BlockCodec;
  readonly #segmentBytes: number;
  #file: FileWriter | null = null;
  #index = -1;

  constructor(folder: string, codec: BlockCodec, segmentBytes = SEGMENT_BYTES) {
    this.#folder = folder;
    this.#codec = codec;
    this.#segmentBytes = segmentBytes;
    mkdirSync(folder);
  }

  /** @returns the chunk's reference: the file's index (from 0) × 2^32 + the offset in it. @throws BlockError */
  write({ encoding, data }: EncodedChunk): number {
    const bytes = uvarintLength(data.length) + 1 + data.length + 4;
    if (this.#file === null || this.#file.position + bytes > this.#segmentBytes) this.#cut();
    const file = this.#file!;
    const ref = this.#index * 2 ** 32 + file.position;
    file.uvarint(data.length);
    file.beginSection();
    file.u8(encoding);
    file.bytes(data);
    file.endSection();
    return ref;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  abandon(): void {
    this.#file?.abandon();
  }

  #cut(): void {
    this.close();
    this.#index++;
    this.#file = new FileWriter(join(this.#folder, chunkSegmentName(this.#index)), this.#codec);
    this.#file.u32(CHUNKS_MAGIC);
    this.#file.u8(CHUNKS_VERSION);
    for (let i = 0; i < 3; i++) this.#file.u8(0);
  }
}
