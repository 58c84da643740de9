// A block that is open: its series by matchers and time, in label order, each with its chunks and what is deleted of them.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Labels, Matcher } from '../../model/index.ts';
import { ChunkSegmentReader } from '../chunk/chunk-segment-reader.ts';
import { type IndexedSeries, IndexReader } from '../index/index-reader.ts';
import { intersect, type Postings, union, without } from '../index/postings.ts';
import { type BlockMeta, readBlockMeta } from './block-meta.ts';
import { ChunkEncoding, type EncodedChunk, type TimeInterval } from './block-series.ts';
import { BlockError } from './errors.ts';
import type { BlockCodec } from './file-writer.ts';
import { readTombstones, type Tombstones } from './tombstones.ts';

export interface StoredBlockSeries {
  /** In the index. */
  readonly ref: number;
  readonly labels: Labels;
  readonly deleted: readonly TimeInterval[];
  /** Chunks that have samples in the interval asked for, in time order. @throws BlockError */
  chunks(): Generator<EncodedChunk>;
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

  /** Series that all matchers accept and that have a chunk in the interval (ms, both ends included). */
  *select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Generator<StoredBlockSeries> {
    for (const ref of this.#postingsOf(matchers)) {
      const series = this.#index.series(ref);
      if (!series.chunks.some((chunk) => chunk.minTimeMs <= maxTimeMs && chunk.maxTimeMs >= minTimeMs)) continue;
      const deleted = this.#tombstones.get(ref) ?? NOTHING_DELETED;
      yield { ref, labels: series.labels, deleted, chunks: () => this.#chunksOf(series, minTimeMs, maxTimeMs) };
    }
  }

  /** In order. */
  labelNames(matchers: readonly Matcher[] = []): string[] {
    if (matchers.length === 0) return this.#index.labelNames();
    const names = new Set<string>();
    for (const ref of this.#postingsOf(matchers)) for (const [name] of this.#index.series(ref).labels) names.add(name);
    return this.#index.labelNames().filter((name) => names.has(name));
  }

  /** In order. */
  labelValues(name: string, matchers: readonly Matcher[] = []): string[] {
    if (matchers.length === 0) return [...this.#index.labelValues(name)];
    const selected = this.#postingsOf(matchers);
    return [...this.#index.labelValues(name)].filter((value) => intersect(selected, this.#index.postings(name, value)!).length > 0);
  }

  *#chunksOf({ chunks }: IndexedSeries, minTimeMs: number, maxTimeMs: number): Generator<EncodedChunk> {
    for (const { minTimeMs: first, maxTimeMs: last, ref } of chunks) {
      if (first > maxTimeMs || last < minTimeMs) continue;
      const { encoding, data } = this.#chunks.read(ref);
      if (!KNOWN_ENCODINGS.has(encoding))
        throw new BlockError(
          'unsupported',
          `cannot read block ${this.meta.ulid}: got a chunk of encoding ${encoding}, want XOR or a histogram's`,
        );
      yield { minTimeMs: first, maxTimeMs: last, encoding, data };
    }
  }

  /** As Prometheus's PostingsForMatchers: what accepts an empty value takes away, everything else picks. */
  #postingsOf(matchers: readonly Matcher[]): Postings {
    let picked: Postings | null = null;
    const taken: Matcher[] = [];
    for (const matcher of matchers) {
      if (matcher.matches('')) {
        taken.push(matcher);
        continue;
      }
      const accepted = this.#accepted(matcher);
      picked = picked === null ? accepted : intersect(picked, accepted);
      if (picked.length === 0) return picked;
    }
    picked ??= this.#index.allPostings();
    for (const matcher of taken) {
      const refused = union(this.#index.postingsOfValues(matcher.name, (value) => !matcher.matches(value)));
      picked = without(picked, refused);
    }
    return picked;
  }

  #accepted(matcher: Matcher): Postings {
    const { name, setMatches } = matcher;
    if (setMatches === null) return union(this.#index.postingsOfValues(name, (value) => matcher.matches(value)));
    return union(setMatches.flatMap((value) => this.#index.postings(name, value) ?? []));
  }
}
