// Series of several sources as one stream in label order: equal label sets are joined, chunks that overlap are merged by time, what is
// deleted is left out. One series of each source is in memory at a time.
import { compareLabels, formatLabels, type Labels } from '../../model/index.ts';
import type { BlockSeries, EncodedChunk, StoredBlockSeries } from '../block/index.ts';
import { BlockError, ChunkEncoding, chunkEncodingName } from '../block/index.ts';
import { cutChunk } from '../chunk/index.ts';
import { mergeChunks } from './chunk-merge.ts';

/** Sources in the order in which their samples win at equal times. Series without samples are left out. @throws BlockError, ChunkError */
export function* mergeSeries(sources: readonly Iterable<StoredBlockSeries>[]): Generator<BlockSeries> {
  const streams: SeriesStream[] = [];
  try {
    for (const source of sources) streams.push(new SeriesStream(source));
    for (;;) {
      let least: Labels | null = null;
      for (const { head } of streams) if (head !== null && (least === null || compareLabels(head.labels, least) < 0)) least = head.labels;
      if (least === null) return;
      const chunks: EncodedChunk[][] = [];
      for (const stream of streams) {
        if (stream.head === null || compareLabels(stream.head.labels, least) !== 0) continue;
        chunks.push([...keptChunks(stream.head)]);
        stream.advance();
      }
      const merged = mergeChunks(chunks);
      if (merged.length > 0) yield { labels: least, chunks: merged };
    }
  } finally {
    for (const stream of streams) stream.end();
  }
}

class SeriesStream {
  head: StoredBlockSeries | null = null;
  readonly #rest: Iterator<StoredBlockSeries>;

  constructor(source: Iterable<StoredBlockSeries>) {
    this.#rest = source[Symbol.iterator]();
    this.advance();
  }

  /** @throws BlockError when the next one is not behind this one, on which all merging rests */
  advance(): void {
    const last = this.head;
    const next = this.#rest.next();
    this.head = next.done ? null : next.value;
    if (last === null || this.head === null || compareLabels(last.labels, this.head.labels) < 0) return;
    const got = `${formatLabels(this.head.labels)} behind ${formatLabels(last.labels)}`;
    throw new BlockError('damaged', `cannot merge series: got ${got}, want them in label order`);
  }

  end(): void {
    this.#rest.return?.();
  }
}

/** The series' chunks without what is deleted. Their data is copied: the reader uses its own again. */
function* keptChunks(series: StoredBlockSeries): Generator<EncodedChunk> {
  const { labels, deleted } = series;
  for (const chunk of series.chunks()) {
    const { minTimeMs, maxTimeMs, encoding, data } = chunk;
    if (maxTimeMs < minTimeMs) {
      const got = `a chunk from ${minTimeMs} to ${maxTimeMs} ms`;
      throw new BlockError('damaged', `cannot merge series ${formatLabels(labels)}: got ${got}, want its end behind its begin`);
    }
    const touching = deleted.filter((interval) => interval.minTimeMs <= maxTimeMs && interval.maxTimeMs >= minTimeMs);
    if (touching.length === 0) yield { minTimeMs, maxTimeMs, encoding, data: new Uint8Array(data) };
    else if (touching.some((interval) => interval.minTimeMs <= minTimeMs && interval.maxTimeMs >= maxTimeMs)) continue;
    else if (encoding === ChunkEncoding.XOR) yield* cutChunk(chunk, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, touching);
    else {
      const got = `encoding ${chunkEncodingName(encoding)}`;
      throw new BlockError('unsupported', `cannot delete samples of a chunk of ${formatLabels(labels)}: got ${got}, want XOR`);
    }
  }
}
