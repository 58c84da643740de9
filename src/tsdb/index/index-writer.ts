// Writes the index of a block (docs/format/index.md). The symbols stand first in it and are known last, so each series' chunk places are
// put aside in a file until then: of a series there remain in memory 4 bytes a label (label-pairs.ts), however many chunks it has.
// Label indices, which no reader has used since version 2, are an empty table; everything else is to the byte what Prometheus 2.42 writes.
import { rmSync } from 'node:fs';
import type { Labels } from '../../model/index.ts';
import { compareLabels } from '../../model/index.ts';
import { BlockError } from '../block/errors.ts';
import { type BlockCodec, FileWriter, putUvarint, putVarint } from '../block/file-writer.ts';
import { PagedFile } from '../block/paged-file.ts';
import { type ChunkPlace, INDEX_MAGIC, INDEX_VERSION, SERIES_ALIGNMENT } from './index-format.ts';
import { LabelPairs, type RankedSymbols } from './label-pairs.ts';

const PLACES_SUFFIX = '.places.tmp';
/** More than one chunk's place, or one label, takes. */
const PLACE_BYTES = 32;
const LABEL_BYTES = 16;

export class IndexWriter {
  readonly #path: string;
  readonly #codec: BlockCodec;
  readonly #pairs = new LabelPairs();
  /** {u32 length, chunk count and places as the index has them}, series after series. */
  readonly #places: FileWriter;
  #last: Labels | null = null;
  #scratch = Buffer.allocUnsafe(16 * 1024);

  /** @throws BlockError, as all methods */
  constructor(path: string, codec: BlockCodec) {
    this.#path = path;
    this.#codec = codec;
    this.#places = new FileWriter(path + PLACES_SUFFIX, codec);
  }

  get seriesCount(): number {
    return this.#pairs.seriesCount;
  }

  /** In label order; chunks in time order. */
  add(labels: Labels, chunks: readonly ChunkPlace[]): void {
    if (this.#last !== null && compareLabels(this.#last, labels) >= 0) throw new Error('BUG: series of a block are not in label order');
    this.#last = labels;
    this.#pairs.add(labels);
    if ((chunks.length + 1) * PLACE_BYTES > this.#scratch.length) this.#scratch = Buffer.allocUnsafe((chunks.length + 1) * PLACE_BYTES * 2);
    const end = putPlaces(this.#scratch, chunks);
    this.#places.u32(end);
    this.#places.bytes(this.#scratch.subarray(0, end));
  }

  /** The whole index, on the disk when this returns. The writer is done then. */
  write(): void {
    this.#places.close({ sync: false });
    const file = new FileWriter(this.#path, this.#codec);
    try {
      file.u32(INDEX_MAGIC);
      file.u8(INDEX_VERSION);
      const ranked = this.#pairs.rankSymbols();
      const symbols = writeSymbols(file, ranked);
      const series = file.position;
      const refs = this.#writeSeries(file, ranked);
      const postings = file.position;
      const order = this.#pairs.sorted(ranked);
      const offsets = this.#writePostings(file, order, refs);
      const labelIndicesTable = writeTable(file, 0, () => {});
      const postingsTable = this.#writePostingsTable(file, order, offsets);
      file.beginSection();
      // There are no label indices: they end where they begin. Offsets do not count what is filled up behind them, as Prometheus's.
      for (const offset of [symbols, series, postings, labelIndicesTable, postings, postingsTable]) file.u64(offset);
      file.endSection();
      file.close();
    } finally {
      file.abandon();
      this.abandon();
    }
  }

  /** What was put aside goes. */
  abandon(): void {
    this.#places.abandon();
    rmSync(this.#path + PLACES_SUFFIX, { force: true });
  }

  /** @returns the reference of each series */
  #writeSeries(file: FileWriter, { ranksOfNames, ranksOfValues }: RankedSymbols): Uint32Array {
    const refs = new Uint32Array(this.seriesCount);
    const places = new PagedFile(this.#path + PLACES_SUFFIX);
    try {
      for (let series = 0, at = 0; series < refs.length; series++) {
        file.align(SERIES_ALIGNMENT);
        const ref = file.position / SERIES_ALIGNMENT;
        if (ref >= 2 ** 32) throw tooLarge(this.#path);
        refs[series] = ref;
        const length = places.read(at, 4).readUInt32BE(0);
        const pairs = this.#pairs.pairsOf(series);
        if ((pairs.length + 1) * LABEL_BYTES > this.#scratch.length) this.#scratch = Buffer.allocUnsafe((pairs.length + 1) * LABEL_BYTES);
        let p = putUvarint(this.#scratch, 0, pairs.length);
        for (const pair of pairs) {
          p = putUvarint(this.#scratch, p, ranksOfNames[this.#pairs.nameIdOf(pair)]);
          p = putUvarint(this.#scratch, p, ranksOfValues[pair]);
        }
        file.uvarint(p + length);
        file.beginSection();
        file.bytes(this.#scratch.subarray(0, p));
        file.bytes(places.read(at + 4, length));
        file.endSection();
        at += 4 + length;
      }
    } finally {
      places.close();
    }
    return refs;
  }

  /** The list of all series, then that of each pair in order. @returns their offsets */
  #writePostings(file: FileWriter, order: Uint32Array, refs: Uint32Array): Float64Array {
    const offsets = new Float64Array(order.length + 1);
    offsets[0] = writePostings(file, refs.length, (i) => refs[i]);
    const seriesOf = this.#pairs.seriesByPair();
    for (let i = 0; i < order.length; i++) {
      const series = seriesOf(order[i]);
      offsets[i + 1] = writePostings(file, series.length, (k) => refs[series[k]]);
    }
    return offsets;
  }

  #writePostingsTable(file: FileWriter, order: Uint32Array, offsets: Float64Array): number {
    return writeTable(file, offsets.length, (i) => {
      file.uvarint(2);
      writeText(file, i === 0 ? '' : this.#pairs.nameOf(order[i - 1]));
      writeText(file, i === 0 ? '' : this.#pairs.valueOf(order[i - 1]));
      file.uvarint(offsets[i]);
    });
  }
}

/** The format has 32 bits for references and for the lengths of tables. */
function tooLarge(path: string): BlockError {
  return new BlockError('write_failed', `cannot write ${path}: got more series than an index can hold`);
}

function putPlaces(out: Buffer, chunks: readonly ChunkPlace[]): number {
  let p = putUvarint(out, 0, chunks.length);
  let last: ChunkPlace | null = null;
  for (const chunk of chunks) {
    const { minTimeMs, maxTimeMs, ref } = chunk;
    if (maxTimeMs < minTimeMs || (last !== null && minTimeMs <= last.maxTimeMs))
      throw new Error('BUG: chunks of a series are not in time order');
    p = last === null ? putVarint(out, p, minTimeMs) : putUvarint(out, p, minTimeMs - last.maxTimeMs);
    p = putUvarint(out, p, maxTimeMs - minTimeMs);
    p = last === null ? putUvarint(out, p, ref) : putVarint(out, p, ref - last.ref);
    last = chunk;
  }
  return p;
}

function writeSymbols(file: FileWriter, { count, texts }: RankedSymbols): number {
  const rest = texts();
  return writeTable(file, count, () => writeText(file, rest.next().value as string));
}

function writeText(file: FileWriter, text: string): void {
  const bytes = Buffer.from(text);
  file.uvarint(bytes.length);
  file.bytes(bytes);
}

/** {u32 length, u32 count, entries, u32 checksum}. @returns its offset */
function writeTable(file: FileWriter, count: number, writeEntry: (index: number) => void): number {
  const begin = file.position;
  file.u32(0);
  file.beginSection();
  file.u32(count);
  for (let i = 0; i < count; i++) writeEntry(i);
  const length = file.position - begin - 4;
  if (length >= 2 ** 32) throw tooLarge(file.path);
  file.endSection();
  file.patchU32(begin, length);
  return begin;
}

/** @returns its offset */
function writePostings(file: FileWriter, count: number, refAt: (index: number) => number): number {
  file.align(4);
  const begin = file.position;
  file.u32(4 + count * 4);
  file.beginSection();
  file.u32(count);
  for (let i = 0; i < count; i++) file.u32(refAt(i));
  file.endSection();
  return begin;
}
