// The samples of several blocks as if they were one: series in label order, each label set once, what is deleted left out. Blocks may
// overlap, and may have the same sample twice: of equal times the first block's stands.
import { compareLabels, type Labels, labelValue, type Matcher } from '../../model/index.ts';
import { SeriesSamples, type StoredSeries } from '../../storage/index.ts';
import type { BlockReader, ReadableBlockSeries } from '../block/index.ts';
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
  readonly rest: Iterator<ReadableBlockSeries>;
  head: ReadableBlockSeries;
}

export class BlocksSeries implements StoredSeries {
  readonly labels: Labels;
  readonly #parts: readonly ReadableBlockSeries[];
  readonly #query: BlocksQuery;

  constructor(parts: readonly ReadableBlockSeries[], query: BlocksQuery) {
    this.labels = parts[0].labels;
    this.#parts = parts;
    this.#query = query;
  }

  label(name: string): string {
    return labelValue(this.labels, name);
  }

  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    into.clear();
    try {
      for (const part of this.#parts) this.#readPart(part, minTimeMs, maxTimeMs, into);
      into.keep(minTimeMs, maxTimeMs);
    } catch (error) {
      throw storageErrorOf(error);
    }
  }

  readNewest(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): boolean {
    this.read(minTimeMs, maxTimeMs, into);
    return into.keepNewest();
  }

  #readPart(part: ReadableBlockSeries, minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    // What is deleted is that of this part alone.
    const own = part.deleted.length === 0 ? into : new SeriesSamples();
    for (let others = part.read(minTimeMs, maxTimeMs, own); others > 0; others--) this.#query.onOtherChunk?.();
    if (own === into) return;
    for (const deleted of part.deleted) own.remove(deleted.minTimeMs, deleted.maxTimeMs);
    into.merge(own);
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
      if (live.length === 1) {
        // The usual case of a short interval.
        const [stream] = live;
        yield new BlocksSeries([stream.head], query);
        for (const series of { [Symbol.iterator]: () => stream.rest }) yield new BlocksSeries([series], query);
        return;
      }
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
