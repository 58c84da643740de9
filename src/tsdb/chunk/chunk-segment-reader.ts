// Reads chunks out of a block's chunk files (docs/format/chunks.md), by the references of its index. Each chunk's checksum is looked at.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_RUN_CHUNKS } from '../../kernel/index.ts';
import type { TimeInterval } from '../../model/index.ts';
import type { FloatSamples } from '../../storage/index.ts';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import type { ChunkPlace } from '../index/index-format.ts';
import { CHUNKS_HEADER_BYTES, CHUNKS_MAGIC, CHUNKS_VERSION, chunkSegmentName } from './chunk-segment-writer.ts';

/** No encoding has longer chunks. */
const MOST_CHUNK_BYTES = 64 * 1024 * 1024;
/** Of a length. */
const LENGTH_BYTES = 5;
const USUAL_CHUNK_BYTES = 512;
/** Of a run of chunks: 120 samples take at most 2,280 bytes. */
const LAST_CHUNK_BYTES = 2304;

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

  /**
   * Appends the samples, within an interval, of chunks from one index to before another, whose times are to ascend. Returns the index of the
   * first that is left, since there is something about it, which read() tells; `to` when all are done.
   */
  decode(places: readonly ChunkPlace[], from: number, to: number, { minTimeMs, maxTimeMs }: TimeInterval, into: FloatSamples): number {
    const { chunkRun } = this.#codec;
    while (from < to) {
      const { ref } = places[from];
      const end = endOfRun(places, from, to, chunkRun.input.length - LAST_CHUNK_BYTES);
      const file = this.#files[Math.floor(ref / 2 ** 32)];
      if (file === undefined || ref % 2 ** 32 < CHUNKS_HEADER_BYTES) return from;
      for (let i = from; i < end; i++) chunkRun.offsets[i - from] = places[i].ref - ref;
      const length = file.copyTo(chunkRun.input, ref % 2 ** 32, places[end - 1].ref - ref + LAST_CHUNK_BYTES);
      const done = chunkRun.decode(length, end - from, minTimeMs, maxTimeMs, into);
      from += done;
      if (from < end) return from;
    }
    return to;
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

/** Chunks of a series follow one another in their file, nearly always. */
function endOfRun(places: readonly ChunkPlace[], from: number, to: number, mostBytes: number): number {
  const first = places[from].ref;
  let end = from + 1;
  while (end < to && end - from < MOST_RUN_CHUNKS && places[end].ref > places[end - 1].ref && places[end].ref - first <= mostBytes) end++;
  return end;
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
