// Reads the index of a block, version 2, by position. In memory are one in 32 of the symbols' offsets, and one in 32 of each label name's
// values with their places in the postings table; everything else is read when it is asked for, and its checksum looked at.
import type { Label, Labels } from '../../model/index.ts';
import { compareUtf8 } from '../../model/index.ts';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import { type ChunkPlace, INDEX_MAGIC, INDEX_VERSION } from './index-writer.ts';
import type { Postings } from './postings.ts';

const SAMPLED = 32;
const TOC_BYTES = 6 * 8 + 4;
const HEADER_BYTES = 5;
/** Of a table that is gone through at the start. */
const WINDOW_BYTES = 1024 * 1024;
/** Texts of symbols that are kept. */
const MOST_SYMBOLS = 20_000;
/** More than any label name or value, or any series' entry, can have. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

export interface IndexedSeries {
  readonly ref: number;
  readonly labels: Labels;
  readonly chunks: readonly ChunkPlace[];
}

interface NameValues {
  /** One in 32, the first among them. */
  readonly values: string[];
  /** Their entries' offsets in the file. */
  readonly offsets: number[];
  count: number;
}

export class IndexReader {
  readonly #file: PagedFile;
  readonly #codec: BlockCodec;
  readonly #symbolOffsets: number[] = [];
  #symbolCount = 0;
  readonly #symbols = new Map<number, string>();
  readonly #names = new Map<string, NameValues>();
  #allPostings = 0;
  readonly #toc: { readonly symbols: number; readonly series: number; readonly seriesEnd: number; readonly postingsTable: number };

  /** @throws BlockError `damaged`, `unsupported`, `read_failed`, as all methods */
  constructor(path: string, codec: BlockCodec) {
    this.#file = new PagedFile(path);
    this.#codec = codec;
    try {
      this.#toc = this.#readToc();
      this.#readSymbols();
      this.#readPostingsTable();
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
    return [...this.#names.keys()];
  }

  /** In order. */
  *labelValues(name: string): Generator<string> {
    for (const { value } of this.#entriesOf(name, 0)) yield value;
  }

  /** Every series. */
  allPostings(): Postings {
    return this.#postingsAt(this.#allPostings);
  }

  /** The series with that pair; null when there are none. */
  postings(name: string, value: string): Postings | null {
    const values = this.#names.get(name);
    if (values === undefined) return null;
    // The last sampled value that is not greater.
    let low = 0;
    let high = values.values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(values.values[middle], value) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    for (const entry of this.#entriesOf(name, low - 1)) {
      const order = compareUtf8(entry.value, value);
      if (order === 0) return this.#postingsAt(entry.offset);
      if (order > 0) break;
    }
    return null;
  }

  /** The series whose value of that label is accepted. */
  postingsOfValues(name: string, accepts: (value: string) => boolean): Postings[] {
    const found: Postings[] = [];
    for (const { value, offset } of this.#entriesOf(name, 0)) if (accepts(value)) found.push(this.#postingsAt(offset));
    return found;
  }

  series(ref: number): IndexedSeries {
    const at = ref * 16;
    if (at < this.#toc.series || at >= this.#toc.seriesEnd) throw this.#damaged(`got a series at ${at}, want one inside of the series`);
    const head = this.#file.readUpTo(at, 1024);
    const length = new Decoder(head);
    const bytes = length.uvarint();
    if (length.failed || bytes > MOST_TEXT_BYTES) throw this.#damaged(`a series at ${at} has no length`);
    const begin = length.position;
    const entry = begin + bytes + 4 <= head.length ? head : this.#file.read(at, begin + bytes + 4);
    if (this.#codec.crc32c(entry, begin, begin + bytes) !== entry.readUInt32BE(begin + bytes))
      throw this.#damaged(`checksum mismatch of a series at ${at}`);
    return { ref, ...this.#decodeSeries(new Decoder(entry, begin, begin + bytes), at) };
  }

  #decodeSeries(decoder: Decoder, at: number): { labels: Labels; chunks: ChunkPlace[] } {
    const labels: Label[] = [];
    for (let left = decoder.uvarint(); left > 0 && !decoder.failed; left--)
      labels.push([this.#symbol(decoder.uvarint()), this.#symbol(decoder.uvarint())]);
    const chunks: ChunkPlace[] = [];
    let time = 0;
    let ref = 0;
    for (let left = decoder.uvarint(), first = true; left > 0 && !decoder.failed; left--, first = false) {
      const minTimeMs = first ? decoder.varint() : time + decoder.uvarint();
      const maxTimeMs = minTimeMs + decoder.uvarint();
      ref = first ? decoder.uvarint() : ref + decoder.varint();
      time = maxTimeMs;
      chunks.push({ minTimeMs, maxTimeMs, ref });
    }
    if (decoder.failed) throw this.#damaged(`the series at ${at} is cut off`);
    return { labels, chunks };
  }

  #symbol(index: number): string {
    const known = this.#symbols.get(index);
    if (known !== undefined) return known;
    if (index >= this.#symbolCount) throw this.#damaged(`got symbol ${index}, want one of ${this.#symbolCount}`);
    let at = this.#symbolOffsets[Math.floor(index / SAMPLED)];
    for (let skip = index % SAMPLED; ; skip--) {
      const decoder = new Decoder(this.#file.readUpTo(at, 16));
      const length = decoder.uvarint();
      if (decoder.failed || length > MOST_TEXT_BYTES) throw this.#damaged(`symbol ${index} has no length`);
      if (skip > 0) {
        at += decoder.position + length;
        continue;
      }
      const text = this.#file.read(at + decoder.position, length).toString('utf8');
      if (this.#symbols.size >= MOST_SYMBOLS) this.#symbols.clear();
      this.#symbols.set(index, text);
      return text;
    }
  }

  #postingsAt(offset: number): Postings {
    const head = this.#file.read(offset, 8);
    const length = head.readUInt32BE(0);
    const count = head.readUInt32BE(4);
    if (length !== 4 + count * 4) throw this.#damaged(`got postings of ${length} bytes at ${offset}, want ${count} references`);
    const bytes = this.#file.read(offset + 4, length + 4);
    if (this.#codec.crc32c(bytes, 0, length) !== bytes.readUInt32BE(length))
      throw this.#damaged(`checksum mismatch of postings at ${offset}`);
    const refs = new Uint32Array(count);
    for (let i = 0; i < count; i++) refs[i] = bytes.readUInt32BE(4 + i * 4);
    return refs;
  }

  /** The table's entries of a label name from a sampled one on. */
  *#entriesOf(name: string, sampled: number): Generator<{ value: string; offset: number }> {
    const values = this.#names.get(name);
    if (values === undefined) return;
    let at = values.offsets[sampled];
    for (let left = values.count - sampled * SAMPLED; left > 0; left--) {
      const entry = this.#entryAt(at);
      yield { value: entry.value, offset: entry.postings };
      at = entry.next;
    }
  }

  #entryAt(at: number): { name: string; value: string; postings: number; next: number } {
    for (let bytes = 256; ; bytes *= 4) {
      const piece = this.#file.readUpTo(at, bytes);
      const decoder = new Decoder(piece);
      const keys = decoder.uvarint();
      const name = decoder.text();
      const value = decoder.text();
      const postings = decoder.uvarint();
      if (!decoder.failed && keys === 2) return { name, value, postings, next: at + decoder.position };
      if (piece.length < bytes || bytes > MOST_TEXT_BYTES) throw this.#damaged(`an entry of the postings table at ${at} is cut off`);
    }
  }

  #readToc() {
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
    const [symbols, series, labelIndices, labelIndicesTable, postings, postingsTable] = Array.from({ length: 6 }, () => decoder.u64());
    const following = [labelIndices, labelIndicesTable, postings, postingsTable].filter((offset) => offset > series);
    return { symbols, series, seriesEnd: Math.min(...following, sizeBytes), postingsTable };
  }

  #readSymbols(): void {
    if (this.#toc.symbols === 0) return;
    this.#eachOfTable(this.#toc.symbols, 'symbols', (decoder, at, index) => {
      decoder.take(decoder.uvarint());
      if (decoder.failed) return;
      if (index % SAMPLED === 0) this.#symbolOffsets.push(at);
      this.#symbolCount = index + 1;
    });
  }

  #readPostingsTable(): void {
    if (this.#toc.postingsTable === 0) return;
    this.#eachOfTable(this.#toc.postingsTable, 'postings table', (decoder, at) => {
      const keys = decoder.uvarint();
      const name = decoder.text();
      const value = decoder.text();
      const postings = decoder.uvarint();
      if (decoder.failed) return;
      if (keys !== 2) throw this.#damaged(`got a key of ${keys} parts in the postings table, want 2`);
      if (name === '') {
        this.#allPostings = postings;
        return;
      }
      let values = this.#names.get(name);
      if (values === undefined) {
        values = { values: [], offsets: [], count: 0 };
        this.#names.set(name, values);
      }
      if (values.count++ % SAMPLED !== 0) return;
      values.values.push(value);
      values.offsets.push(at);
    });
    if (this.#allPostings === 0) throw this.#damaged('the postings table has no list of all series');
  }

  /** Goes through a table of {u32 length, u32 count, entries, u32 checksum} once. An entry that is cut off by the window is met again. */
  #eachOfTable(offset: number, what: string, take: (decoder: Decoder, at: number, index: number) => void): void {
    const head = this.#file.read(offset, 8);
    const length = head.readUInt32BE(0);
    const count = head.readUInt32BE(4);
    if (length < 4) throw this.#damaged(`the ${what} has a length of ${length}`);
    const end = offset + 4 + length;
    let crc = this.#codec.crc32c(head, 4, 8);
    let at = offset + 8;
    let index = 0;
    for (let windowBytes = WINDOW_BYTES; at < end; ) {
      const window = this.#file.read(at, Math.min(windowBytes, end - at));
      let used = 0;
      while (used < window.length) {
        const decoder = new Decoder(window, used);
        take(decoder, at + used, index);
        if (decoder.failed) break;
        used = decoder.position;
        index++;
      }
      if (used === 0) {
        if (window.length === end - at || windowBytes > MOST_TEXT_BYTES) throw this.#damaged(`an entry of the ${what} is cut off`);
        windowBytes *= 4;
        continue;
      }
      crc = this.#codec.crc32c(window, 0, used, crc);
      at += used;
    }
    if (index !== count) throw this.#damaged(`got ${index} entries in the ${what}, want ${count}`);
    if (crc !== this.#file.read(end, 4).readUInt32BE(0)) throw this.#damaged(`checksum mismatch of the ${what}`);
  }

  #damaged(what: string): BlockError {
    return new BlockError('damaged', `cannot read ${this.#file.path}: ${what}`);
  }
}
