// The index of a block, version 2 (tsdb/docs/format/index.md of Prometheus): symbols, series, postings, and the tables that lead to them.
// Series are added in label order with their chunks' places; what is kept of them until the end lies in typed arrays (about 4 bytes a label
// and 24 a chunk). Label indices, which no reader has used since version 2, are an empty table.
import type { Labels } from '../../model/index.ts';
import { compareUtf8 } from '../../model/index.ts';
import { type BlockCodec, FileWriter, putUvarint, putVarint } from '../block/file-writer.ts';
import { GrowingFloat64, GrowingUint32 } from './growing-array.ts';

export const INDEX_MAGIC = 0xbaaad700;
export const INDEX_VERSION = 2;

export interface ChunkPlace {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** See ChunkSegmentWriter.write. */
  readonly ref: number;
}

/** The largest entry of a series: 1,024 labels and as many chunks as a million samples take, with room. */
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;

export class IndexWriter {
  /** Ids in the order they were met. */
  readonly #symbolIds = new Map<string, number>();
  readonly #symbols: string[] = [];
  /** Ids of name and value in turn; #labelEnds has where each series' end. */
  readonly #labels = new GrowingUint32();
  readonly #labelEnds = new GrowingUint32();
  readonly #chunkTimes = new GrowingFloat64();
  readonly #chunkRefs = new GrowingFloat64();
  readonly #chunkEnds = new GrowingUint32();
  #entry = Buffer.allocUnsafe(64 * 1024);

  get seriesCount(): number {
    return this.#labelEnds.length;
  }

  add(labels: Labels, chunks: readonly ChunkPlace[]): void {
    for (const [name, value] of labels) {
      this.#labels.push(this.#symbolId(name));
      this.#labels.push(this.#symbolId(value));
    }
    this.#labelEnds.push(this.#labels.length);
    for (const { minTimeMs, maxTimeMs, ref } of chunks) {
      this.#chunkTimes.push(minTimeMs);
      this.#chunkTimes.push(maxTimeMs);
      this.#chunkRefs.push(ref);
    }
    this.#chunkEnds.push(this.#chunkRefs.length);
  }

  /** @throws BlockError */
  write(path: string, codec: BlockCodec): void {
    const file = new FileWriter(path, codec);
    try {
      file.u32(INDEX_MAGIC);
      file.u8(INDEX_VERSION);
      const symbols = file.position;
      const ranks = this.#writeSymbols(file);
      file.align(16);
      const series = file.position;
      const refs = this.#writeSeries(file, ranks);
      file.align(4);
      const labelIndices = file.position;
      const postings = labelIndices;
      const table = this.#writePostings(file, ranks, refs);
      const labelIndicesTable = file.position;
      file.u32(4);
      file.beginSection();
      file.u32(0);
      file.endSection();
      const postingsTable = file.position;
      this.#writePostingsTable(file, table);
      file.beginSection();
      for (const offset of [symbols, series, labelIndices, labelIndicesTable, postings, postingsTable]) file.u64(offset);
      file.endSection();
      file.close();
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  #symbolId(text: string): number {
    let id = this.#symbolIds.get(text);
    if (id === undefined) {
      id = this.#symbols.push(text) - 1;
      this.#symbolIds.set(text, id);
    }
    return id;
  }

  /** @returns the place of each id in the sorted table */
  #writeSymbols(file: FileWriter): Uint32Array {
    const order = Uint32Array.from(this.#symbols.keys()).sort((a, b) => compareUtf8(this.#symbols[a], this.#symbols[b]));
    const ranks = new Uint32Array(order.length);
    const begin = file.position;
    file.u32(0);
    file.beginSection();
    file.u32(order.length);
    for (let rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
      const text = Buffer.from(this.#symbols[order[rank]]);
      file.uvarint(text.length);
      file.bytes(text);
    }
    const length = file.position - begin - 4;
    file.endSection();
    file.patchU32(begin, length);
    return ranks;
  }

  /** @returns the reference of each series: its offset / 16 */
  #writeSeries(file: FileWriter, ranks: Uint32Array): Uint32Array {
    const refs = new Uint32Array(this.seriesCount);
    for (let series = 0; series < refs.length; series++) {
      file.align(16);
      refs[series] = file.position / 16;
      const length = this.#encodeSeries(series, ranks);
      file.uvarint(length);
      file.beginSection();
      file.bytes(this.#entry.subarray(0, length));
      file.endSection();
    }
    return refs;
  }

  #encodeSeries(series: number, ranks: Uint32Array): number {
    const firstLabel = series === 0 ? 0 : this.#labelEnds.get(series - 1);
    const lastLabel = this.#labelEnds.get(series);
    const firstChunk = series === 0 ? 0 : this.#chunkEnds.get(series - 1);
    const lastChunk = this.#chunkEnds.get(series);
    this.#reserve(32 + (lastLabel - firstLabel) * 5 + (lastChunk - firstChunk) * 30);
    let p = putUvarint(this.#entry, 0, (lastLabel - firstLabel) / 2);
    for (let i = firstLabel; i < lastLabel; i++) p = putUvarint(this.#entry, p, ranks[this.#labels.get(i)]);
    p = putUvarint(this.#entry, p, lastChunk - firstChunk);
    let previousTime = 0;
    let previousRef = 0;
    for (let i = firstChunk; i < lastChunk; i++) {
      const minTime = this.#chunkTimes.get(i * 2);
      const maxTime = this.#chunkTimes.get(i * 2 + 1);
      const ref = this.#chunkRefs.get(i);
      const first = i === firstChunk;
      p = first ? putVarint(this.#entry, p, minTime) : putUvarint(this.#entry, p, minTime - previousTime);
      p = putUvarint(this.#entry, p, maxTime - minTime);
      p = first ? putUvarint(this.#entry, p, ref) : putVarint(this.#entry, p, ref - previousRef);
      previousTime = maxTime;
      previousRef = ref;
    }
    return p;
  }

  #reserve(bytes: number): void {
    if (bytes > MOST_ENTRY_BYTES) throw new Error(`BUG: an index entry of ${bytes} bytes`);
    if (bytes > this.#entry.length) this.#entry = Buffer.allocUnsafe(bytes * 2);
  }

  /** The list of all series, then that of each label pair, pairs in order. */
  #writePostings(file: FileWriter, ranks: Uint32Array, refs: Uint32Array): PostingsTable {
    const pairs = new PairPostings(this.#labels.view, this.#labelEnds.view);
    const order = pairs.sorted(ranks);
    const offsets = new Float64Array(order.length + 1);
    offsets[0] = file.position;
    writeList(file, refs, null);
    order.forEach((pair, i) => {
      file.align(4);
      offsets[i + 1] = file.position;
      writeList(file, refs, pairs.seriesOf(pair));
    });
    file.align(4);
    return { pairs, order, offsets };
  }

  #writePostingsTable(file: FileWriter, { pairs, order, offsets }: PostingsTable): void {
    const begin = file.position;
    const entry = (name: string, value: string, offset: number): void => {
      file.uvarint(2);
      for (const text of [Buffer.from(name), Buffer.from(value)]) {
        file.uvarint(text.length);
        file.bytes(text);
      }
      file.uvarint(offset);
    };
    file.u32(0);
    file.beginSection();
    file.u32(offsets.length);
    entry('', '', offsets[0]);
    for (let i = 0; i < order.length; i++) {
      const pair = order[i];
      entry(this.#symbols[pairs.names[pair]], this.#symbols[pairs.values[pair]], offsets[i + 1]);
    }
    const length = file.position - begin - 4;
    file.endSection();
    file.patchU32(begin, length);
  }
}

interface PostingsTable {
  readonly pairs: PairPostings;
  /** Pairs by name and value. */
  readonly order: Uint32Array;
  /** Of the list of all series, then of each pair's in that order. */
  readonly offsets: Float64Array;
}

/** `series`: indices of series; null for all. */
function writeList(file: FileWriter, refs: Uint32Array, series: Uint32Array | null): void {
  const count = series === null ? refs.length : series.length;
  file.u32(4 + count * 4);
  file.beginSection();
  file.u32(count);
  for (let i = 0; i < count; i++) file.u32(refs[series === null ? i : series[i]]);
  file.endSection();
}

/** Which series have which label pair: one counting sort over all labels. */
class PairPostings {
  readonly names: Uint32Array;
  readonly values: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #series: Uint32Array;

  /** `labels`: ids of names and values in turn; `ends`: where each series' end. */
  constructor(labels: Uint32Array, ends: Uint32Array) {
    const ids = new Map<number, number>();
    const names = new GrowingUint32();
    const values = new GrowingUint32();
    const pairs = new Uint32Array(labels.length / 2);
    for (let i = 0; i < pairs.length; i++) {
      const key = labels[i * 2] * 2 ** 32 + labels[i * 2 + 1];
      let id = ids.get(key);
      if (id === undefined) {
        id = names.length;
        ids.set(key, id);
        names.push(labels[i * 2]);
        values.push(labels[i * 2 + 1]);
      }
      pairs[i] = id;
    }
    this.names = names.view;
    this.values = values.view;
    this.#starts = new Uint32Array(names.length + 1);
    for (const pair of pairs) this.#starts[pair + 1]++;
    for (let i = 0; i < names.length; i++) this.#starts[i + 1] += this.#starts[i];
    const next = this.#starts.slice();
    this.#series = new Uint32Array(pairs.length);
    for (let series = 0, i = 0; series < ends.length; series++) for (; i < ends[series] / 2; i++) this.#series[next[pairs[i]]++] = series;
  }

  seriesOf(pair: number): Uint32Array {
    return this.#series.subarray(this.#starts[pair], this.#starts[pair + 1]);
  }

  sorted(ranks: Uint32Array): Uint32Array {
    const { names, values } = this;
    return Uint32Array.from(names.keys()).sort((a, b) => ranks[names[a]] - ranks[names[b]] || ranks[values[a]] - ranks[values[b]]);
  }
}
