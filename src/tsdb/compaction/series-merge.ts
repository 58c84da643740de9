// Series of several sources as one stream in label order: equal label sets are joined, chunks that overlap are merged by time, what is
// deleted is left out. One series of each source is in memory at a time.
import { compareLabels, type Labels } from '../../model/index.ts';
import type { BlockSeries, EncodedChunk, StoredBlockSeries, TimeInterval } from '../block/index.ts';
import { BlockError, ChunkEncoding } from '../block/index.ts';
import { decodeXorChunk, encodeXorChunks, Samples } from '../chunk/index.ts';

/** Sources in the order in which their samples win at equal timestamps. Series without samples are left out. */
export function* mergeSeries(sources: readonly Iterable<StoredBlockSeries>[]): Generator<BlockSeries> {
  const iterators = sources.map((source) => source[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  try {
    for (;;) {
      let least: Labels | null = null;
      for (const head of heads)
        if (!head.done && (least === null || compareLabels(head.value.labels, least) < 0)) least = head.value.labels;
      if (least === null) return;
      const chunks: EncodedChunk[][] = [];
      for (let i = 0; i < heads.length; i++) {
        const head = heads[i];
        if (head.done || compareLabels(head.value.labels, least) !== 0) continue;
        chunks.push([...keptChunks(head.value)]);
        heads[i] = iterators[i].next();
      }
      const merged = mergeChunks(chunks);
      if (merged.length > 0) yield { labels: least, chunks: merged };
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

/** The series' chunks without what is deleted. Their data is copied: the reader uses its own again. */
function* keptChunks({ deleted, chunks }: StoredBlockSeries): Generator<EncodedChunk> {
  for (const chunk of chunks()) {
    const touching = deleted.filter(({ minTimeMs, maxTimeMs }) => minTimeMs <= chunk.maxTimeMs && maxTimeMs >= chunk.minTimeMs);
    if (touching.length === 0) yield { ...chunk, data: Uint8Array.from(chunk.data) };
    else if (!touching.some(({ minTimeMs, maxTimeMs }) => minTimeMs <= chunk.minTimeMs && maxTimeMs >= chunk.maxTimeMs))
      yield* withoutDeleted(chunk, touching);
  }
}

function withoutDeleted(chunk: EncodedChunk, deleted: readonly TimeInterval[]): EncodedChunk[] {
  const samples = decoded([chunk]);
  return encodeXorChunks(samples, (time) => !deleted.some(({ minTimeMs, maxTimeMs }) => time >= minTimeMs && time <= maxTimeMs));
}

/** Chunks of one series out of several sources, in time order and without overlaps. */
export function mergeChunks(sources: readonly (readonly EncodedChunk[])[]): EncodedChunk[] {
  const all = sources.flatMap((chunks, source) => chunks.map((chunk) => ({ chunk, source })));
  all.sort((a, b) => a.chunk.minTimeMs - b.chunk.minTimeMs || a.source - b.source || a.chunk.maxTimeMs - b.chunk.maxTimeMs);
  const merged: EncodedChunk[] = [];
  for (let i = 0; i < all.length; ) {
    // Chunks that hang together by overlaps.
    let end = i + 1;
    let maxTimeMs = all[i].chunk.maxTimeMs;
    for (; end < all.length && all[end].chunk.minTimeMs <= maxTimeMs; end++) maxTimeMs = Math.max(maxTimeMs, all[end].chunk.maxTimeMs);
    if (end === i + 1) merged.push(all[i].chunk);
    else merged.push(...joined(all.slice(i, end)));
    i = end;
  }
  return merged;
}

/** Overlapping chunks by time; of equal timestamps the sample of the first source stays. */
function joined(chunks: readonly { readonly chunk: EncodedChunk; readonly source: number }[]): EncodedChunk[] {
  const lists = [...chunks].sort((a, b) => a.source - b.source).map(({ chunk }) => decoded([chunk]));
  const places = lists.map(() => 0);
  const out = new Samples();
  for (;;) {
    let first = -1;
    for (let i = 0; i < lists.length; i++) {
      if (places[i] < lists[i].count && (first < 0 || lists[i].times[places[i]] < lists[first].times[places[first]])) first = i;
    }
    if (first < 0) return encodeXorChunks(out);
    const time = lists[first].times[places[first]];
    out.push(time, lists[first].words[places[first] * 2], lists[first].words[places[first] * 2 + 1]);
    for (let i = 0; i < lists.length; i++) while (places[i] < lists[i].count && lists[i].times[places[i]] <= time) places[i]++;
  }
}

function decoded(chunks: readonly EncodedChunk[]): Samples {
  const samples = new Samples();
  for (const { encoding, data } of chunks) {
    if (encoding !== ChunkEncoding.XOR)
      throw new BlockError('unsupported', `cannot merge chunks of encoding ${encoding}: got overlapping or partly deleted histograms`);
    decodeXorChunk(data, samples);
  }
  return samples;
}
