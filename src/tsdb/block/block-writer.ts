// Writes a block: chunks as the series come, then the index, tombstones and meta.json, all in a folder of another name that becomes the
// block when everything is on the disk. A failure leaves nothing behind; a crash leaves a folder that the next start removes.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ulid as newUlid } from 'ulid';
import { ChunkSegmentWriter } from '../chunk/chunk-segment-writer.ts';
import type { ChunkPlace } from '../index/index-format.ts';
import { IndexWriter } from '../index/index-writer.ts';
import { type BlockCompaction, type BlockMeta, type BlockStats, writeBlockMeta } from './block-meta.ts';
import { type BlockSeries, ChunkEncoding, type EncodedChunk } from './block-series.ts';
import { BlockError, writeError } from './errors.ts';
import type { BlockCodec } from './file-writer.ts';
import { syncFolder } from './folder-sync.ts';
import { writeTombstones } from './tombstones.ts';

export interface BlockOptions {
  /** ms; maxTimeMs is not part of the block. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly codec: BlockCodec;
  /** By default that of a block out of the head: level 1, the block its own source. */
  readonly compaction?: BlockCompaction;
  /** Asked between two series: true ends the work with an error, and nothing is left of it. */
  readonly shouldStop?: () => boolean;
  /** Bytes of a chunk file; by default Prometheus's 512 MiB. */
  readonly segmentBytes?: number;
}

export const CREATION_SUFFIX = '.tmp-for-creation';

/**
 * @param series in label order, each with at least one chunk; what it throws comes out as it is
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
    const stats = writeInto(temporary, options, series);
    if (stats === null) {
      rmSync(temporary, { recursive: true, force: true });
      return null;
    }
    const { minTimeMs: minTime, maxTimeMs: maxTime, codec, compaction = { level: 1, sources: [ulid] } } = options;
    const meta: BlockMeta = { ulid, minTime, maxTime, stats, compaction, version: 1 };
    writeTombstones(temporary, new Map(), codec);
    writeBlockMeta(temporary, meta);
    syncFolder(join(temporary, 'chunks'));
    renameSync(temporary, folder);
    syncFolder(dataFolder);
    return meta;
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    throw isSystemError(cause) ? writeError(folder, cause) : cause;
  }
}

function writeInto(folder: string, options: BlockOptions, series: Iterable<BlockSeries>): BlockStats | null {
  const { codec, shouldStop, segmentBytes } = options;
  const chunkFiles = new ChunkSegmentWriter(join(folder, 'chunks'), codec, segmentBytes);
  const index = new IndexWriter(join(folder, 'index'), codec);
  let numFloatSamples = 0;
  let numHistogramSamples = 0;
  let numChunks = 0;
  try {
    for (const { labels, chunks } of series) {
      if (shouldStop?.()) throw new BlockError('write_failed', `cannot write block ${folder}: the work was ended`);
      const places: ChunkPlace[] = [];
      for (const chunk of chunks) {
        places.push({ minTimeMs: chunk.minTimeMs, maxTimeMs: chunk.maxTimeMs, ref: chunkFiles.write(chunk) });
        if (chunk.encoding === ChunkEncoding.XOR) numFloatSamples += samplesOf(chunk);
        else numHistogramSamples += samplesOf(chunk);
      }
      index.add(labels, places);
      numChunks += chunks.length;
    }
    chunkFiles.close();
    const numSeries = index.seriesCount;
    if (numSeries === 0) return null;
    index.write();
    const numSamples = numFloatSamples + numHistogramSamples;
    return {
      numSamples,
      ...(numFloatSamples > 0 && { numFloatSamples }),
      ...(numHistogramSamples > 0 && { numHistogramSamples }),
      numSeries,
      numChunks,
    };
  } finally {
    chunkFiles.abandon();
    index.abandon();
  }
}

/** Every encoding begins with the number of samples. */
function samplesOf({ data }: EncodedChunk): number {
  return data.length < 2 ? 0 : data[0] * 256 + data[1];
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof BlockError) && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
