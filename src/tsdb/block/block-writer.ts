// Writes a block: chunks as the series come, then the index, tombstones and meta.json, all in a folder of another name that becomes the
// block when everything is on the disk. A failure leaves nothing behind; a crash leaves a folder that the next start removes.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ulid as newUlid } from 'ulid';
import { ChunkSegmentWriter } from '../chunk/chunk-segment-writer.ts';
import { IndexWriter } from '../index/index-writer.ts';
import { type BlockCompaction, type BlockMeta, writeBlockMeta } from './block-meta.ts';
import type { BlockSeries, EncodedChunk } from './block-series.ts';
import { BlockError } from './errors.ts';
import type { BlockCodec } from './file-writer.ts';
import { writeTombstones } from './tombstones.ts';

export interface BlockOptions {
  /** ms; maxTimeMs is not part of the block. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly codec: BlockCodec;
  /** By default that of a block out of the head. */
  readonly compaction?: Omit<BlockCompaction, 'sources'> & { readonly sources: readonly string[] };
  /** Asked between two series: true ends the work, and nothing is left of it. */
  readonly shouldStop?: () => boolean;
}

export const CREATION_SUFFIX = '.tmp-for-creation';

/**
 * @param series in label order, each with at least one chunk
 * @returns null when there are no series, and then no block
 * @throws BlockError
 */
export function writeBlock(dataFolder: string, options: BlockOptions, series: Iterable<BlockSeries>): BlockMeta | null {
  const ulid = newUlid();
  const folder = join(dataFolder, ulid);
  const temporary = folder + CREATION_SUFFIX;
  try {
    mkdirSync(dataFolder, { recursive: true });
    mkdirSync(temporary);
    const meta = writeInto(temporary, ulid, options, series);
    if (meta === null) {
      rmSync(temporary, { recursive: true, force: true });
      return null;
    }
    syncFolder(join(temporary, 'chunks'));
    syncFolder(temporary);
    renameSync(temporary, folder);
    syncFolder(dataFolder);
    return meta;
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    if (cause instanceof BlockError || (cause as Error).message.startsWith('BUG:')) throw cause;
    throw new BlockError('write_failed', `cannot write block ${folder}: ${(cause as Error).message}`, { cause });
  }
}

function writeInto(folder: string, ulid: string, options: BlockOptions, series: Iterable<BlockSeries>): BlockMeta | null {
  const { minTimeMs, maxTimeMs, codec, compaction, shouldStop } = options;
  const chunkFiles = new ChunkSegmentWriter(join(folder, 'chunks'), codec);
  const index = new IndexWriter();
  let numSamples = 0;
  let numChunks = 0;
  try {
    for (const { labels, chunks } of series) {
      if (shouldStop?.()) throw new BlockError('write_failed', `cannot write block ${folder}: the work was ended`);
      index.add(
        labels,
        chunks.map((chunk) => ({ minTimeMs: chunk.minTimeMs, maxTimeMs: chunk.maxTimeMs, ref: chunkFiles.write(chunk) })),
      );
      numChunks += chunks.length;
      for (const chunk of chunks) numSamples += samplesOf(chunk);
    }
    chunkFiles.close();
  } catch (error) {
    chunkFiles.abandon();
    throw error;
  }
  if (index.seriesCount === 0) return null;
  index.write(join(folder, 'index'), codec);
  writeTombstones(folder, new Map(), codec);
  const meta: BlockMeta = {
    ulid,
    minTime: minTimeMs,
    maxTime: maxTimeMs,
    stats: { numSamples, numSeries: index.seriesCount, numChunks },
    compaction: { level: 1, sources: [ulid], ...compaction },
    version: 1,
  };
  writeBlockMeta(folder, meta);
  return meta;
}

/** Every encoding begins with the number of samples. */
function samplesOf({ data }: EncodedChunk): number {
  return data.length < 2 ? 0 : data[0] * 256 + data[1];
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
