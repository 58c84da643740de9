// A block that is open: its series by matchers and time, in label order, each with its chunks and what is deleted of them.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compareUtf8, type Labels, labelValue, type Matcher, type TimeInterval } from '../../model/index.ts';
import { ChunkSegmentReader } from '../chunk/chunk-segment-reader.ts';
import { type IndexedSeries, IndexReader } from '../index/index-reader.ts';
import { intersect } from '../index/postings.ts';
import type { PostingsEntry } from '../index/postings-table.ts';
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

const KNOWN_ENCODINGS: ReadonlySet<number> = new Set([ChunkEncoding.XOR, ChunkEncoding.HISTOGRAM, ChunkEncoding.FLOAT_HISTOGRAM]);
const NOTHING_DELETED: readonly TimeInterval[] = [];

export class BlockReader {
  readonly folder: string;
  readonly meta: BlockMeta;
  readonly #index: IndexReader;
  readonly #chunks: ChunkSegmentReader;
  #tombstones: Tombstones;
  readonly #codec: BlockCodec;

  /** @throws BlockError `damaged`, `unsupported`, `read_failed`, as all methods */
  constructor(folder: string, codec: BlockCodec) {
    this.folder = folder;
    this.#codec = codec;
    this.meta = readBlockMeta(folder);
    if (this.meta.ulid !== basename(folder))
      throw new BlockError('damaged', `cannot open block ${basename(folder)}: its meta.json is that of block ${this.meta.ulid}`);
    this.#tombstones = readTombstones(folder, codec);
    this.#index = new IndexReader(join(folder, 'index'), codec);
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
  *select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Generator<StoredBlockSeries> {
    for (const series of this.#select(matchers)) {
      const { ref, labels } = series;
      const deleted = this.#tombstones.get(ref) ?? NOTHING_DELETED;
      if (!series.chunks.some((chunk) => chunk.minTimeMs <= maxTimeMs && chunk.maxTimeMs >= minTimeMs && !covers(deleted, chunk))) continue;
      yield {
        ref,
        labels,
        deleted,
        firstTimeMs: series.chunks[0].minTimeMs,
        lastTimeMs: series.chunks[series.chunks.length - 1].maxTimeMs,
        chunks: (from = minTimeMs, to = maxTimeMs) => this.#chunksOf(series, from, to),
      };
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

  *#chunksOf({ chunks }: IndexedSeries, minTimeMs: number, maxTimeMs: number): Generator<EncodedChunk> {
    for (const place of chunks) {
      if (place.minTimeMs > maxTimeMs || place.maxTimeMs < minTimeMs) continue;
      const { encoding, data } = this.#chunks.read(place.ref);
      if (!KNOWN_ENCODINGS.has(encoding)) {
        const got = `got a chunk with encoding ${chunkEncodingName(encoding)}`;
        throw new BlockError('unsupported', `cannot read block ${this.meta.ulid}: ${got}, want XOR or a histogram's`);
      }
      yield { minTimeMs: place.minTimeMs, maxTimeMs: place.maxTimeMs, encoding, data };
    }
  }
}

function covers(deleted: readonly TimeInterval[], { minTimeMs, maxTimeMs }: TimeInterval): boolean {
  return deleted.some((interval) => interval.minTimeMs <= minTimeMs && interval.maxTimeMs >= maxTimeMs);
}
