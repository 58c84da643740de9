// Chunks of one series, out of several blocks or of one, in time order: those that overlap no other stay as they are, the others are decoded,
// merged by time and encoded again, 120 samples a chunk. Of equal times the sample of the first source stands, as it does for a query that
// reads the blocks themselves (tsdb/querier), so that compaction changes no answer.
import { FloatSamples } from '../../storage/index.ts';
import { BlockError, ChunkEncoding, chunkEncodingName, type EncodedChunk } from '../block/index.ts';
import { decodeXorChunk, encodeXorChunks } from '../chunk/index.ts';

interface PlacedChunk {
  readonly chunk: EncodedChunk;
  /** The index of its source. */
  readonly source: number;
}

/** Merged samples that wait to be encoded: a multiple of a chunk's 120. */
const MOST_WAITING = 120 * 64;

/** @param sources in the order in which their samples win at equal times @throws BlockError, ChunkError */
export function mergeChunks(sources: readonly (readonly EncodedChunk[])[]): readonly EncodedChunk[] {
  // Nearly all series of blocks that do not overlap.
  if (followOneAnother(sources)) return sources.length === 1 ? sources[0] : sources.flat();
  const all: PlacedChunk[] = sources.flatMap((chunks, source) => chunks.map((chunk) => ({ chunk, source })));
  all.sort((a, b) => a.chunk.minTimeMs - b.chunk.minTimeMs || a.chunk.maxTimeMs - b.chunk.maxTimeMs || a.source - b.source);
  const merged: EncodedChunk[] = [];
  for (let i = 0; i < all.length; ) {
    let maxTimeMs = all[i].chunk.maxTimeMs;
    const together: PlacedChunk[] = [];
    for (; i < all.length && (together.length === 0 || all[i].chunk.minTimeMs <= maxTimeMs); i++) {
      maxTimeMs = Math.max(maxTimeMs, all[i].chunk.maxTimeMs);
      if (together.length === 0 || !isSame(together[together.length - 1].chunk, all[i].chunk)) together.push(all[i]);
    }
    if (together.length === 1) merged.push(together[0].chunk);
    else merged.push(...joined(together));
  }
  return merged;
}

function followOneAnother(sources: readonly (readonly EncodedChunk[])[]): boolean {
  let endMs = Number.NEGATIVE_INFINITY;
  for (const chunks of sources) {
    for (const { minTimeMs, maxTimeMs } of chunks) {
      if (minTimeMs <= endMs) return false;
      endMs = maxTimeMs;
    }
  }
  return true;
}

/** The same block twice, or one and what was made of it: nothing is to be decoded, so the encoding does not matter. */
function isSame(a: EncodedChunk, b: EncodedChunk): boolean {
  return a.minTimeMs === b.minTimeMs && a.maxTimeMs === b.maxTimeMs && a.encoding === b.encoding && Buffer.compare(a.data, b.data) === 0;
}

function joined(chunks: readonly PlacedChunk[]): EncodedChunk[] {
  const lanes = lanesOf(chunks);
  const out: EncodedChunk[] = [];
  const waiting = new FloatSamples();
  for (;;) {
    let first = lanes[0];
    for (const lane of lanes) if (lane.timeMs < first.timeMs) first = lane;
    const { timeMs } = first;
    if (timeMs === Number.POSITIVE_INFINITY || waiting.count === MOST_WAITING) {
      out.push(...encodeXorChunks(waiting));
      waiting.clear();
    }
    if (timeMs === Number.POSITIVE_INFINITY) return out;
    first.copyTo(waiting);
    for (const lane of lanes) if (lane.timeMs === timeMs) lane.advance();
  }
}

/** In the sources' order. One of them makes a single lane, unless its own chunks overlap. */
function lanesOf(chunks: readonly PlacedChunk[]): Lane[] {
  const lists: { readonly source: number; readonly chunks: EncodedChunk[] }[] = [];
  for (const { source, chunk } of chunks) {
    const free = lists.find((list) => list.source === source && list.chunks[list.chunks.length - 1].maxTimeMs < chunk.minTimeMs);
    if (free === undefined) lists.push({ source, chunks: [chunk] });
    else free.chunks.push(chunk);
  }
  lists.sort((a, b) => a.source - b.source);
  return lists.map((list) => new Lane(list.chunks));
}

/** Chunks one behind the other, of which one is decoded at a time. */
class Lane {
  /** Of the sample that it stands at; infinite at the end. */
  timeMs = Number.POSITIVE_INFINITY;
  readonly #chunks: readonly EncodedChunk[];
  readonly #samples = new FloatSamples();
  #next = 0;
  #at = 0;

  constructor(chunks: readonly EncodedChunk[]) {
    this.#chunks = chunks;
    this.#decodeNext();
  }

  advance(): void {
    this.#at++;
    if (this.#at < this.#samples.count) this.timeMs = this.#samples.times[this.#at];
    else this.#decodeNext();
  }

  copyTo(out: FloatSamples): void {
    const { words } = this.#samples;
    out.push(this.timeMs, words[this.#at * 2], words[this.#at * 2 + 1]);
  }

  #decodeNext(): void {
    const samples = this.#samples;
    this.timeMs = Number.POSITIVE_INFINITY;
    this.#at = 0;
    samples.clear();
    for (; samples.count === 0; this.#next++) {
      if (this.#next === this.#chunks.length) return;
      decodeInto(samples, this.#chunks[this.#next]);
    }
    this.timeMs = samples.times[0];
  }
}

/** @throws BlockError when it has no decoder, or has samples outside of its interval, which order everything here @throws ChunkError */
function decodeInto(samples: FloatSamples, { minTimeMs, maxTimeMs, encoding, data }: EncodedChunk): void {
  if (encoding !== ChunkEncoding.XOR)
    throw new BlockError('unsupported', `cannot merge overlapping chunks: got encoding ${chunkEncodingName(encoding)}, want XOR`);
  decodeXorChunk(data, samples);
  const { count, times } = samples;
  if (count > 0 && (times[0] < minTimeMs || times[count - 1] > maxTimeMs)) {
    const got = `samples from ${times[0]} to ${times[count - 1]} ms`;
    throw new BlockError('damaged', `cannot merge overlapping chunks: got ${got}, want them from ${minTimeMs} to ${maxTimeMs} ms`);
  }
}
