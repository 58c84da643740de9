// The samples of several blocks as if they were one: series in label order, each label set once, what is deleted left out. Blocks may
// overlap, and may have the same sample twice: of equal times the first block's stands.
import { compareLabels, type Labels, type Matcher } from '../../model/index.ts';
import { SeriesSamples, type StoredSeries } from '../../storage/index.ts';
import type { BlockReader, EncodedChunk, StoredBlockSeries } from '../block/index.ts';
import { decodeChunk } from '../chunk/index.ts';
import { storageErrorOf } from './errors.ts';

export interface BlocksQuery {
  /** Series that one of them selects; one without matchers selects all. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** ms, both included. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** Is called for each chunk of an encoding that has no decoder (native histograms), which is passed over. */
  readonly onOtherChunk?: () => void;
}

/** A series in label order streams: in one of the blocks, for one of the selectors. */
interface Stream {
  readonly rest: Iterator<StoredBlockSeries>;
  head: StoredBlockSeries;
}

export class BlocksSeries implements StoredSeries {
  readonly labels: Labels;
  readonly #parts: readonly StoredBlockSeries[];
  readonly #query: BlocksQuery;

  constructor(parts: readonly StoredBlockSeries[], query: BlocksQuery) {
    this.labels = parts[0].labels;
    this.#parts = parts;
    this.#query = query;
  }

  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    into.clear();
    try {
      for (const part of this.#parts) this.#readPart(part, minTimeMs, maxTimeMs, into);
    } catch (error) {
      throw storageErrorOf(error);
    }
  }

  readNewest(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): boolean {
    this.read(minTimeMs, maxTimeMs, into);
    return into.keepNewest();
  }

  #readPart(part: StoredBlockSeries, minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    // What is there already is the samples of other parts, and takes part in no trimming.
    const own = into.lastTimeMs === Number.NEGATIVE_INFINITY ? into : new SeriesSamples();
    for (const chunk of part.chunks(minTimeMs, maxTimeMs)) {
      if (chunk.minTimeMs > own.lastTimeMs) this.#decode(chunk, own);
      else {
        const overlapping = new SeriesSamples();
        this.#decode(chunk, overlapping);
        own.merge(overlapping);
      }
    }
    own.keep(minTimeMs, maxTimeMs);
    for (const deleted of part.deleted) own.remove(deleted.minTimeMs, deleted.maxTimeMs);
    if (own !== into) into.merge(own);
  }

  #decode(chunk: EncodedChunk, into: SeriesSamples): void {
    if (!decodeChunk(chunk, into)) this.#query.onOtherChunk?.();
  }
}

/** `blocks` in the order of their precedence, which their times make the usual one. @throws BlockError */
export function* selectFromBlocks(blocks: readonly BlockReader[], query: BlocksQuery): Generator<BlocksSeries> {
  const { selectors, minTimeMs, maxTimeMs } = query;
  let live: Stream[] = [];
  try {
    for (const block of blocks) {
      if (block.meta.minTime > maxTimeMs || block.meta.maxTime <= minTimeMs) continue;
      for (const matchers of selectors) {
        const rest = block.select(matchers, minTimeMs, maxTimeMs);
        const first = rest.next();
        if (!first.done) live.push({ rest, head: first.value });
      }
    }
    while (live.length > 0) {
      const least = live.reduce((a, b) => (compareLabels(b.head.labels, a.head.labels) < 0 ? b : a));
      const equal = live.filter((stream) => stream === least || compareLabels(stream.head.labels, least.head.labels) === 0);
      yield new BlocksSeries(
        equal.map((stream) => stream.head),
        query,
      );
      for (const stream of equal) {
        const next = stream.rest.next();
        if (next.done) live = live.filter((other) => other !== stream);
        else stream.head = next.value;
      }
    }
  } finally {
    for (const stream of live) stream.rest.return?.();
  }
}
