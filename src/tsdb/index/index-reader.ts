// Reads the index of a block (docs/format/index.md) by position. In memory are samples of its two tables (symbol-table.ts,
// postings-table.ts), whose checksums are looked at when it is opened; series and postings are read, and checked, when they are asked for.
import type { Label, Labels } from '../../model/index.ts';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import { type ChunkPlace, INDEX_MAGIC, INDEX_VERSION, type IndexedSeries, SERIES_ALIGNMENT } from './index-format.ts';
import type { Postings } from './postings.ts';
import { type PostingsEntry, PostingsTable } from './postings-table.ts';
import type { SeriesCache } from './series-cache.ts';
import { SymbolTable } from './symbol-table.ts';

const TOC_BYTES = 6 * 8 + 4;
const HEADER_BYTES = 5;
/** Most series' entries are shorter. */
const SERIES_BYTES = 1024;
/** Of a series' length. */
const LENGTH_BYTES = 5;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface Toc {
  readonly symbols: number;
  readonly series: number;
  readonly seriesEnd: number;
  readonly postingsTable: number;
}

export class IndexReader {
  readonly #file: PagedFile;
  readonly #codec: BlockCodec;
  readonly #toc: Toc;
  readonly #symbols: SymbolTable;
  readonly #postings: PostingsTable;
  readonly #cache: SeriesCache | null;
  readonly #cacheIndex: number;

  /** `cache`: for who comes again. @throws BlockError `damaged`, `unsupported`, `read_failed`, as all methods */
  constructor(path: string, codec: BlockCodec, cache: SeriesCache | null = null) {
    this.#cache = cache;
    this.#cacheIndex = cache?.newIndex() ?? 0;
    this.#file = new PagedFile(path);
    this.#codec = codec;
    try {
      this.#toc = this.#readToc();
      this.#symbols = new SymbolTable(this.#file, codec, this.#toc.symbols);
      this.#postings = new PostingsTable(this.#file, codec, this.#toc.postingsTable);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  close(): void {
    this.#file.close();
  }

  /** In order. */
  labelNames(): string[] {
    return this.#postings.names();
  }

  /** How many values a label name has. */
  valueCount(name: string): number {
    return this.#postings.valueCount(name);
  }

  /** The values of a label name, in order, each with the place of its postings. */
  valuesOf(name: string): Generator<PostingsEntry> {
    return this.#postings.entries(name);
  }

  /** Every series. */
  allPostings(): Postings {
    return this.postingsAt(this.#postings.allOffset);
  }

  /** The series with that pair; null when there are none. */
  postings(name: string, value: string): Postings | null {
    const offset = this.#postings.find(name, value);
    return offset === null ? null : this.postingsAt(offset);
  }

  /** @param offset see valuesOf */
  postingsAt(offset: number): Postings {
    const head = this.#file.read(offset, 8);
    const length = head.readUInt32BE(0);
    const count = head.readUInt32BE(4);
    if (length !== 4 + count * 4) throw this.#damaged(`got postings of ${length} bytes at ${offset}, want ${count} references`);
    const bytes = this.#file.read(offset + 4, length + 4);
    if (this.#codec.crc32c(bytes, 0, length) !== bytes.readUInt32BE(length))
      throw this.#damaged(`checksum mismatch of postings at ${offset}`);
    const refs = new Uint32Array(count);
    const own = Buffer.from(refs.buffer);
    bytes.copy(own, 0, 4, length);
    if (IS_LITTLE_ENDIAN) own.swap32();
    return refs;
  }

  series(ref: number): IndexedSeries {
    const kept = this.#cache?.get(this.#cacheIndex, ref);
    if (kept !== undefined) return kept;
    const series = this.#readSeries(ref);
    this.#cache?.set(this.#cacheIndex, ref, series);
    return series;
  }

  #readSeries(ref: number): IndexedSeries {
    const at = ref * SERIES_ALIGNMENT;
    if (at < this.#toc.series || at >= this.#toc.seriesEnd) throw this.#damaged(`got a series at ${at}, want one inside of the series`);
    const head = this.#file.readUpTo(at, Math.min(SERIES_BYTES, this.#toc.seriesEnd - at));
    const length = new Decoder(head, 0, Math.min(head.length, LENGTH_BYTES));
    const bytes = length.uvarint();
    const begin = length.position;
    const end = begin + bytes;
    if (length.failed || at + end + 4 > this.#toc.seriesEnd) throw this.#damaged(`a series at ${at} is cut off`);
    const entry = end + 4 <= head.length ? head : this.#file.read(at, end + 4);
    if (this.#codec.crc32c(entry, begin, end) !== entry.readUInt32BE(end)) throw this.#damaged(`checksum mismatch of a series at ${at}`);
    const decoder = new Decoder(entry, begin, end);
    const series = { ref, labels: this.#labelsOf(decoder), chunks: chunksOf(decoder) };
    if (decoder.failed) throw this.#damaged(`a series at ${at} is cut off`);
    return series;
  }

  #labelsOf(decoder: Decoder): Labels {
    const labels: Label[] = [];
    for (let left = decoder.uvarint(); left > 0; left--) {
      const name = decoder.uvarint();
      const value = decoder.uvarint();
      if (decoder.failed) break;
      labels.push([this.#symbols.text(name), this.#symbols.text(value)]);
    }
    return labels;
  }

  #readToc(): Toc {
    const { sizeBytes } = this.#file;
    if (sizeBytes < HEADER_BYTES + TOC_BYTES) throw this.#damaged(`got ${sizeBytes} bytes, want at least ${HEADER_BYTES + TOC_BYTES}`);
    const head = this.#file.read(0, HEADER_BYTES);
    if (head.readUInt32BE(0) !== INDEX_MAGIC) throw this.#damaged('it does not begin as an index does');
    if (head[4] !== INDEX_VERSION)
      throw new BlockError('unsupported', `cannot read ${this.#file.path}: got an index of version ${head[4]}, want ${INDEX_VERSION}`);
    const toc = this.#file.read(sizeBytes - TOC_BYTES, TOC_BYTES);
    if (this.#codec.crc32c(toc, 0, TOC_BYTES - 4) !== toc.readUInt32BE(TOC_BYTES - 4))
      throw this.#damaged('checksum mismatch of the table of contents');
    const decoder = new Decoder(toc);
    const symbols = decoder.u64();
    const series = decoder.u64();
    const others = [decoder.u64(), decoder.u64(), decoder.u64()];
    const postingsTable = decoder.u64();
    if (decoder.failed) throw this.#damaged('the table of contents has an offset beyond 2^53');
    const behind = [...others, postingsTable].filter((offset) => offset > series);
    return { symbols, series, seriesEnd: Math.min(...behind, sizeBytes - TOC_BYTES), postingsTable };
  }

  #damaged(problem: string): BlockError {
    return new BlockError('damaged', `cannot read ${this.#file.path}: ${problem}`);
  }
}

function chunksOf(decoder: Decoder): ChunkPlace[] {
  const chunks: ChunkPlace[] = [];
  let time = 0;
  let ref = 0;
  for (let left = decoder.uvarint(), first = true; left > 0 && !decoder.failed; left--, first = false) {
    const minTimeMs = first ? decoder.varint() : time + decoder.difference();
    const maxTimeMs = minTimeMs + decoder.difference();
    ref = first ? decoder.uvarint() : ref + decoder.varint();
    time = maxTimeMs;
    chunks.push({ minTimeMs, maxTimeMs, ref });
  }
  return chunks;
}
