// A block out of the head: the samples of an interval, series in label order, chunks as they are in memory.
import { type HeadChunk, type HeadReader, HeadSeriesReader, HeadTombstones } from '../../kernel/index.ts';
import type { TimeInterval } from '../../model/index.ts';
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
    const meta = writeBlock(folder, { minTimeMs, maxTimeMs, codec }, headBlockSeries(series, task));
    if (meta === null) return { ulid: null, series: 0, samples: 0 };
    return { ulid: meta.ulid, series: meta.stats.numSeries, samples: meta.stats.numSamples };
  } finally {
    series.dispose();
  }
}

function* headBlockSeries(series: HeadSeriesReader, { minTimeMs, maxTimeMs, tombstones }: HeadBlockTask): Generator<BlockSeries> {
  const deleted = new HeadTombstones(tombstones);
  const refs = series.sortedRefs();
  for (let from = 0; from < refs.length; from += SERIES_AN_EPOCH) {
    for (const { ref, labels, chunks } of series.read(refs.subarray(from, from + SERIES_AN_EPOCH), minTimeMs, maxTimeMs - 1)) {
      const without = deleted.of(ref);
      const kept = chunks.flatMap((chunk) => keptOf(chunk, minTimeMs, maxTimeMs, without));
      if (kept.length > 0) yield { labels, chunks: kept };
    }
  }
}

/** Chunks end at the boundaries that blocks have, so nearly all lie inside; one of a snapshot may not. */
function keptOf(chunk: HeadChunk, minTimeMs: number, maxTimeMs: number, without: readonly TimeInterval[]): EncodedChunk[] {
  const whole = { ...chunk, encoding: ChunkEncoding.XOR };
  const touching = without.filter((deleted) => deleted.minTimeMs <= chunk.maxTimeMs && deleted.maxTimeMs >= chunk.minTimeMs);
  const isWhole = chunk.minTimeMs >= minTimeMs && chunk.maxTimeMs < maxTimeMs && touching.length === 0;
  return isWhole ? [whole] : cutChunk(whole, minTimeMs, maxTimeMs, touching);
}
