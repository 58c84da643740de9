// Reads chunks out of a block's chunk files (docs/format/chunks.md), by the references of its index. Each chunk's checksum is looked at.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import { CHUNKS_HEADER_BYTES, CHUNKS_MAGIC, CHUNKS_VERSION, chunkSegmentName } from './chunk-segment-writer.ts';

/** No encoding has longer chunks. */
const MOST_CHUNK_BYTES = 64 * 1024 * 1024;
/** Of a length. */
const LENGTH_BYTES = 5;
const USUAL_CHUNK_BYTES = 512;

export class ChunkSegmentReader {
  readonly #files: PagedFile[] = [];
  readonly #codec: BlockCodec;
  readonly #folder: string;

  /** @throws BlockError, as all methods */
  constructor(folder: string, codec: BlockCodec) {
    this.#codec = codec;
    this.#folder = folder;
    try {
      for (const name of segmentNames(folder)) this.#files.push(this.#open(join(folder, name)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** @param ref see ChunkSegmentWriter.write */
  read(ref: number): { readonly encoding: number; readonly data: Uint8Array } {
    const segment = Math.floor(ref / 2 ** 32);
    const at = ref % 2 ** 32;
    const file = this.#files[segment];
    if (file === undefined) {
      const wanted = `one of ${this.#files.length} chunk files`;
      throw new BlockError('damaged', `cannot read ${this.#folder}: got a chunk in ${chunkSegmentName(segment)}, want ${wanted}`);
    }
    if (at < CHUNKS_HEADER_BYTES) throw damaged(file, 'got a chunk inside of the header', at);
    // Nearly every chunk has fewer bytes than this and is read at once.
    const head = file.readUpTo(at, USUAL_CHUNK_BYTES);
    const decoder = new Decoder(head, 0, Math.min(head.length, LENGTH_BYTES));
    const length = decoder.uvarint();
    if (decoder.failed || length > MOST_CHUNK_BYTES) throw damaged(file, 'a chunk has no length', at);
    const from = decoder.position;
    const end = from + 1 + length;
    const bytes = end + 4 <= head.length ? head : file.read(at, end + 4);
    if (this.#codec.crc32c(bytes, from, end) !== bytes.readUInt32BE(end)) throw damaged(file, 'checksum mismatch of a chunk', at);
    return { encoding: bytes[from], data: bytes.subarray(from + 1, end) };
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

function damaged({ path }: PagedFile, what: string, at: number): BlockError {
  return new BlockError('damaged', `cannot read ${path}: ${what} at ${at}`);
}

/** In order. A gap would put references to another file. */
function segmentNames(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .sort();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BlockError('damaged', `cannot read ${folder}: there is no such folder`, { cause });
    throw new BlockError('read_failed', `cannot read ${folder}: ${message}`, { cause });
  }
  names.forEach((name, i) => {
    const wanted = chunkSegmentName(i);
    if (name !== wanted) throw new BlockError('damaged', `cannot read ${folder}: got chunk file ${name}, want ${wanted}`);
  });
  return names;
}
