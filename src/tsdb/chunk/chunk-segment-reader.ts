// Reads chunks out of a block's chunk files, by the references of its index.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import { CHUNKS_HEADER_BYTES, CHUNKS_MAGIC, CHUNKS_VERSION } from './chunk-segment-writer.ts';

/** No encoding has longer chunks. */
const MOST_CHUNK_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 5;

export class ChunkSegmentReader {
  readonly #files: PagedFile[] = [];
  readonly #codec: BlockCodec;
  readonly #folder: string;

  /** @throws BlockError, as all methods */
  constructor(folder: string, codec: BlockCodec) {
    this.#codec = codec;
    this.#folder = folder;
    try {
      for (const name of names(folder)) this.#files.push(this.#open(join(folder, name)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** `data` may be a view that the next call reuses. */
  read(ref: number): { readonly encoding: number; readonly data: Uint8Array } {
    const file = this.#files[Math.floor(ref / 2 ** 32)];
    const at = ref % 2 ** 32;
    if (file === undefined)
      throw new BlockError(
        'damaged',
        `cannot read ${this.#folder}: got a chunk in file ${Math.floor(ref / 2 ** 32) + 1}, want one of ${this.#files.length}`,
      );
    const damaged = (what: string) => new BlockError('damaged', `cannot read ${file.path}: ${what} at ${at}`);
    if (at < CHUNKS_HEADER_BYTES) throw damaged('got a chunk in the header');
    const head = new Decoder(file.readUpTo(at, HEAD_BYTES));
    const length = head.uvarint();
    if (head.failed || length > MOST_CHUNK_BYTES) throw damaged('a chunk has no length');
    const bytes = file.read(at + head.position, 1 + length + 4);
    if (this.#codec.crc32c(bytes, 0, 1 + length) !== bytes.readUInt32BE(1 + length)) throw damaged('checksum mismatch of a chunk');
    return { encoding: bytes[0], data: bytes.subarray(1, 1 + length) };
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #open(path: string): PagedFile {
    const file = new PagedFile(path);
    const head = file.readUpTo(0, CHUNKS_HEADER_BYTES);
    const wrong =
      head.length < CHUNKS_HEADER_BYTES || head.readUInt32BE(0) !== CHUNKS_MAGIC
        ? new BlockError('damaged', `cannot read ${path}: it does not begin as chunks do`)
        : head[4] !== CHUNKS_VERSION
          ? new BlockError('unsupported', `cannot read ${path}: got chunks of version ${head[4]}, want ${CHUNKS_VERSION}`)
          : null;
    if (wrong === null) return file;
    file.close();
    throw wrong;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{6,}$/.test(name))
      .sort();
  } catch (cause) {
    throw new BlockError('damaged', `cannot read ${folder}: ${(cause as Error).message}`, { cause });
  }
}
