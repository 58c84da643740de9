// The samples of several blocks as if they were one: series in label order, each label set once, what is deleted left out. Blocks may
// overlap, and may have the same sample twice: of equal times the first block's stands.
import { compareLabels, type Labels, type Matcher } from '../../model/index.ts';
import type { BlockReader, StoredBlockSeries } from '../block/index.ts';
import { ChunkEncoding } from '../block/index.ts';
import { decodeXorChunk, Samples } from '../chunk/index.ts';

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

export class BlocksSeries {
  readonly labels: Labels;
  readonly #parts: readonly StoredBlockSeries[];
  readonly #query: BlocksQuery;

  constructor(parts: readonly StoredBlockSeries[], query: BlocksQuery) {
    this.labels = parts[0].labels;
    this.#parts = parts;
    this.#query = query;
  }

  /** The samples of the query's interval, in time order, no time twice; possibly none. @throws BlockError, ChunkError */
  samples(): Samples {
    let samples = new Samples();
    for (const part of this.#parts) {
      const own = this.#read(part);
      if (own.count === 0) continue;
      const last = samples.count - 1;
      if (last < 0) samples = own;
      else if (samples.times[last] < own.times[0]) appendAll(samples, own);
      else samples = merge(samples, own);
    }
    return samples;
  }

  #read(part: StoredBlockSeries): Samples {
    const { minTimeMs, maxTimeMs, onOtherChunk } = this.#query;
    const decoded = new Samples();
    for (const { encoding, data } of part.chunks()) {
      if (encoding === ChunkEncoding.XOR) decodeXorChunk(data, decoded);
      else onOtherChunk?.();
    }
    const { deleted } = part;
    const kept = new Samples();
    for (let i = 0; i < decoded.count; i++) {
      const time = decoded.times[i];
      if (time < minTimeMs || time > maxTimeMs) continue;
      if (deleted.length > 0 && deleted.some((interval) => time >= interval.minTimeMs && time <= interval.maxTimeMs)) continue;
      kept.push(time, decoded.words[i * 2], decoded.words[i * 2 + 1]);
    }
    return kept;
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

function appendAll(to: Samples, from: Samples): void {
  for (let i = 0; i < from.count; i++) to.push(from.times[i], from.words[i * 2], from.words[i * 2 + 1]);
}

/** Of equal times the first list's sample stands. */
function merge(a: Samples, b: Samples): Samples {
  const merged = new Samples();
  let i = 0;
  let j = 0;
  while (i < a.count || j < b.count) {
    const fromA = j === b.count || (i < a.count && a.times[i] <= b.times[j]);
    const from = fromA ? a : b;
    const at = fromA ? i++ : j++;
    if (merged.count > 0 && merged.times[merged.count - 1] === from.times[at]) continue;
    merged.push(from.times[at], from.words[at * 2], from.words[at * 2 + 1]);
  }
  return merged;
}
