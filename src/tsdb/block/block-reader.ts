// A block that is open: its series by matchers and time, in label order, each with its chunks and what is deleted of them.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compareUtf8, type Labels, labelValue, type Matcher, type TimeInterval } from '../../model/index.ts';
import { SeriesSamples } from '../../storage/index.ts';
import { decodeChunk } from '../chunk/chunk-decode.ts';
import { ChunkSegmentReader } from '../chunk/chunk-segment-reader.ts';
import type { ChunkPlace, IndexedSeries } from '../index/index-format.ts';
import { IndexReader } from '../index/index-reader.ts';
import { intersect } from '../index/postings.ts';
import type { PostingsEntry } from '../index/postings-table.ts';
import type { SeriesCache } from '../index/series-cache.ts';
import { type BlockMeta, readBlockMeta } from './block-meta.ts';
import { ChunkEncoding, chunkEncodingName, type EncodedChunk } from './block-series.ts';
import { BlockError } from './errors.ts';
import type { BlockCodec } from './file-writer.ts';
import { fulfils, selectSeries } from './series-selection.ts';
import { readTombstones, type Tombstones } from './tombstones.ts';

export interface StoredBlockSeries {
  /** In the index. */
  readonly ref: number;
  readonly labels: Labels;
  readonly deleted: readonly TimeInterval[];
  /** Of its first and its last sample in the block, deleted or not. */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** Chunks that have samples in the interval (ms, both ends included; by default the one asked for), in time order. @throws BlockError */
  chunks(minTimeMs?: number, maxTimeMs?: number): Generator<EncodedChunk>;
}

export interface ReadableBlockSeries extends StoredBlockSeries {
  /**
   * Takes the samples of the interval in, deleted ones too, and others around it perhaps; of equal times what is there already stands. Returns
   * how many chunks it passed over, whose encoding has no decoder (native histograms). @throws BlockError, ChunkError
   */
  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): number;
}

const KNOWN_ENCODINGS: ReadonlySet<number> = new Set([ChunkEncoding.XOR, ChunkEncoding.HISTOGRAM, ChunkEncoding.FLOAT_HISTOGRAM]);
const NOTHING_DELETED: readonly TimeInterval[] = [];

export class BlockReader {
  readonly folder: string;
  readonly meta: BlockMeta;
  readonly #index: IndexReader;
  readonly #chunks: ChunkSegmentReader;
  #tombstones: Tombstones;
  readonly #codec: BlockCodec;

  /** `cache`: for queries. @throws BlockError `damaged`, `unsupported`, `read_failed`, as all methods */
  constructor(folder: string, codec: BlockCodec, cache: SeriesCache | null = null) {
    this.folder = folder;
    this.#codec = codec;
    this.meta = readBlockMeta(folder);
    if (this.meta.ulid !== basename(folder))
      throw new BlockError('damaged', `cannot open block ${basename(folder)}: its meta.json is that of block ${this.meta.ulid}`);
    this.#tombstones = readTombstones(folder, codec);
    this.#index = new IndexReader(join(folder, 'index'), codec, cache);
    try {
      this.#chunks = new ChunkSegmentReader(join(folder, 'chunks'), codec);
    } catch (error) {
      this.#index.close();
      throw error;
    }
  }

  /** Of all its files. */
  get sizeBytes(): number {
    const small = ['meta.json', 'tombstones'].map((name) => statSync(join(this.folder, name), { throwIfNoEntry: false })?.size ?? 0);
    return this.#index.sizeBytes + this.#chunks.sizeBytes + small[0] + small[1];
  }

  get tombstones(): Tombstones {
    return this.#tombstones;
  }

  /** They were written again. */
  reloadTombstones(): void {
    this.#tombstones = readTombstones(this.folder, this.#codec);
  }

  close(): void {
    this.#index.close();
    this.#chunks.close();
  }

  /** Series that all matchers accept and that have a chunk in the interval (ms, both ends included) of which something is left, in label order. */
  *select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Generator<ReadableBlockSeries> {
    for (const series of this.#select(matchers)) {
      const deleted = this.#tombstones.get(series.ref) ?? NOTHING_DELETED;
      if (!series.chunks.some((chunk) => chunk.minTimeMs <= maxTimeMs && chunk.maxTimeMs >= minTimeMs && !covers(deleted, chunk))) continue;
      yield new SelectedSeries(this, series, deleted, { minTimeMs, maxTimeMs });
    }
  }

  /** In order. */
  labelNames(matchers: readonly Matcher[] = []): string[] {
    if (matchers.length === 0) return this.#index.labelNames();
    const names = new Set<string>();
    for (const { labels } of this.#select(matchers)) for (const [name] of labels) names.add(name);
    return [...names].sort(compareUtf8);
  }

  /** In order. */
  labelValues(name: string, matchers: readonly Matcher[] = []): string[] {
    const all = (): PostingsEntry[] => [...this.#index.valuesOf(name)];
    if (matchers.length === 0) return all().map(({ value }) => value);
    const { postings, matchers: tested } = selectSeries(this.#index, matchers);
    if (tested.length === 0 && postings.length > this.#index.valueCount(name))
      return all()
        .filter(({ offset }) => intersect(postings, this.#index.postingsAt(offset)).length > 0)
        .map(({ value }) => value);
    const values = new Set<string>();
    for (const { labels } of this.#select(matchers)) {
      const value = labelValue(labels, name);
      if (value !== '') values.add(value);
    }
    return [...values].sort(compareUtf8);
  }

  *#select(matchers: readonly Matcher[]): Generator<IndexedSeries> {
    const selection = selectSeries(this.#index, matchers);
    for (const ref of selection.postings) {
      const series = this.#index.series(ref);
      if (selection.matchers.length === 0 || fulfils(series.labels, selection.matchers)) yield series;
    }
  }

  /** @throws BlockError */
  chunkAt({ minTimeMs, maxTimeMs, ref }: ChunkPlace): EncodedChunk {
    const { encoding, data } = this.#chunks.read(ref);
    if (!KNOWN_ENCODINGS.has(encoding)) {
      const got = `got a chunk with encoding ${chunkEncodingName(encoding)}`;
      throw new BlockError('unsupported', `cannot read block ${this.meta.ulid}: ${got}, want XOR or a histogram's`);
    }
    return { minTimeMs, maxTimeMs, encoding, data };
  }

  /** See ReadableBlockSeries.read. */
  readChunks(chunks: readonly ChunkPlace[], interval: TimeInterval, into: SeriesSamples): number {
    let others = 0;
    let from = 0;
    while (from < chunks.length && chunks[from].maxTimeMs < interval.minTimeMs) from++;
    let end = chunks.length;
    while (end > from && chunks[end - 1].minTimeMs > interval.maxTimeMs) end--;
    for (;;) {
      from = this.#chunks.decode(chunks, from, end, interval, into.floats);
      if (from === end) return others;
      // What is left has another encoding, overlaps, or is damaged.
      const single = new SeriesSamples();
      if (decodeChunk(this.chunkAt(chunks[from++]), single)) into.merge(single);
      else others++;
    }
  }
}

class SelectedSeries implements ReadableBlockSeries {
  readonly deleted: readonly TimeInterval[];
  readonly #block: BlockReader;
  readonly #series: IndexedSeries;
  readonly #interval: TimeInterval;

  constructor(block: BlockReader, series: IndexedSeries, deleted: readonly TimeInterval[], interval: TimeInterval) {
    this.deleted = deleted;
    this.#block = block;
    this.#series = series;
    this.#interval = interval;
  }

  get ref(): number {
    return this.#series.ref;
  }

  get labels(): Labels {
    return this.#series.labels;
  }

  get firstTimeMs(): number {
    return this.#series.chunks[0].minTimeMs;
  }

  get lastTimeMs(): number {
    return this.#series.chunks[this.#series.chunks.length - 1].maxTimeMs;
  }

  *chunks(minTimeMs = this.#interval.minTimeMs, maxTimeMs = this.#interval.maxTimeMs): Generator<EncodedChunk> {
    for (const place of this.#series.chunks)
      if (place.minTimeMs <= maxTimeMs && place.maxTimeMs >= minTimeMs) yield this.#block.chunkAt(place);
  }

  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): number {
    return this.#block.readChunks(this.#series.chunks, { minTimeMs, maxTimeMs }, into);
  }
}

function covers(deleted: readonly TimeInterval[], { minTimeMs, maxTimeMs }: TimeInterval): boolean {
  return deleted.some((interval) => interval.minTimeMs <= minTimeMs && interval.maxTimeMs >= maxTimeMs);
}
