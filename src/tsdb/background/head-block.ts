// A block out of the head: the samples of an interval, series in label order, chunks as they are in memory.
import { type HeadChunk, type HeadReader, HeadSeriesReader } from '../../kernel/index.ts';
import { type BlockCodec, type BlockSeries, ChunkEncoding, type EncodedChunk, writeBlock } from '../block/index.ts';
import { cutChunk } from '../chunk/index.ts';
import type { HeadBlockResult, HeadBlockTask } from './messages.ts';

/** Series that are read in one epoch: about 2 ms. */
const SERIES_AN_EPOCH = 256;

/**
 * Writes the block into the task's folder. None when the interval has no samples.
 * @throws BlockError when it cannot be written; nothing is left behind then
 */
export function writeHeadBlock(reader: HeadReader, codec: BlockCodec, task: HeadBlockTask): HeadBlockResult {
  const { minTimeMs, maxTimeMs, folder } = task;
  const series = new HeadSeriesReader(reader);
  try {
    const meta = writeBlock(folder, { minTimeMs, maxTimeMs, codec }, headBlockSeries(series, series.sortedRefs(), minTimeMs, maxTimeMs));
    if (meta === null) return { ulid: null, series: 0, samples: 0 };
    return { ulid: meta.ulid, series: meta.stats.numSeries, samples: meta.stats.numSamples };
  } finally {
    series.dispose();
  }
}

function* headBlockSeries(series: HeadSeriesReader, refs: Uint32Array, minTimeMs: number, maxTimeMs: number): Generator<BlockSeries> {
  for (let from = 0; from < refs.length; from += SERIES_AN_EPOCH) {
    for (const { labels, chunks } of series.read(refs.subarray(from, from + SERIES_AN_EPOCH), minTimeMs, maxTimeMs - 1)) {
      const inside = chunks.flatMap((chunk) => insideOf(chunk, minTimeMs, maxTimeMs));
      if (inside.length > 0) yield { labels, chunks: inside };
    }
  }
}

/** Chunks end at the boundaries that blocks have, so nearly all lie inside; one of a snapshot may not. */
function insideOf(chunk: HeadChunk, minTimeMs: number, maxTimeMs: number): EncodedChunk[] {
  const whole = { ...chunk, encoding: ChunkEncoding.XOR };
  return chunk.minTimeMs >= minTimeMs && chunk.maxTimeMs < maxTimeMs ? [whole] : cutChunk(whole, minTimeMs, maxTimeMs);
}
