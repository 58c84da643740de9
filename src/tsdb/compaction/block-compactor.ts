// Makes one block of several, or writes one again without what is deleted of it (tsdb/compact.go and tsdb/block.go of Prometheus). The blocks
// themselves stay: who asked for it removes them when the new one, which names them as its parents, is in its place. Where nothing is left of
// them they are marked as deletable, and where they can never become one, as failed. For a background thread: it reads and writes at once.
import { join } from 'node:path';
import {
  type BlockCodec,
  type BlockCompaction,
  BlockError,
  type BlockMeta,
  BlockReader,
  writeBlock,
  writeBlockMeta,
} from '../block/index.ts';
import { ChunkError } from '../chunk/index.ts';
import { mergeSeries } from './series-merge.ts';

export interface CompactionOptions {
  readonly dataFolder: string;
  /** The blocks' folders. */
  readonly ulids: readonly string[];
  readonly codec: BlockCodec;
  /** Asked between two series: true ends the work with an error, and nothing is left of it. */
  readonly shouldStop?: () => boolean;
  /** Bytes of a chunk file; by default Prometheus's 512 MiB. */
  readonly segmentBytes?: number;
}

/** @returns null when nothing is left of them; they are marked as deletable then @throws BlockError */
export function compactBlocks(options: CompactionOptions): BlockMeta | null {
  const blocks: BlockReader[] = [];
  try {
    for (const ulid of new Set(options.ulids)) blocks.push(new BlockReader(join(options.dataFolder, ulid), options.codec));
    // Of equal times the first block's sample stands: this is the order in which queries have them as well.
    blocks.sort((a, b) => a.meta.minTime - b.meta.minTime || (a.meta.ulid < b.meta.ulid ? -1 : 1));
    return write(options, blocks, compactionOf(blocks.map(({ meta }) => meta)));
  } finally {
    for (const block of blocks) block.close();
  }
}

export interface CleanedBlock {
  /** False when nothing is deleted of the block: it is left as it is. */
  readonly rewritten: boolean;
  /** The new block; null when nothing is left, and then the old one is marked as deletable. */
  readonly meta: BlockMeta | null;
}

/** The block once more without what its tombstones delete; level and sources are those that it had. @throws BlockError */
export function cleanTombstones(options: Omit<CompactionOptions, 'ulids'> & { readonly ulid: string }): CleanedBlock {
  const block = new BlockReader(join(options.dataFolder, options.ulid), options.codec);
  try {
    if (block.tombstones.size === 0) return { rewritten: false, meta: null };
    const { level } = block.meta.compaction;
    return { rewritten: true, meta: write(options, [block], { ...compactionOf([block.meta]), level }) };
  } finally {
    block.close();
  }
}

function write(
  { dataFolder, codec, shouldStop, segmentBytes }: Omit<CompactionOptions, 'ulids'>,
  blocks: readonly BlockReader[],
  compaction: BlockCompaction,
): BlockMeta | null {
  const minTimeMs = Math.min(...blocks.map(({ meta }) => meta.minTime));
  const maxTimeMs = Math.max(...blocks.map(({ meta }) => meta.maxTime));
  const sources = blocks.map((block) => block.select([], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
  try {
    const meta = writeBlock(dataFolder, { minTimeMs, maxTimeMs, codec, shouldStop, segmentBytes, compaction }, mergeSeries(sources));
    if (meta === null) mark(blocks, { deletable: true });
    return meta;
  } catch (error) {
    const told = toldError(error, blocks);
    // No matter how often it is tried. What the disk or the moment is to blame for may be better the next time.
    if (told instanceof BlockError && (told.code === 'damaged' || told.code === 'unsupported')) mark(blocks, { failed: true });
    throw told;
  }
}

function compactionOf(metas: readonly BlockMeta[]): BlockCompaction {
  const [first, ...others] = metas.map(({ compaction }) => (Array.isArray(compaction.hints) ? compaction.hints : []));
  // A hint is about everything in a block (that it came out of order, for instance): it stays where it is true of all.
  const hints = first.filter((hint) => others.every((list) => list.includes(hint)));
  return {
    level: Math.max(...metas.map(({ compaction }) => compaction.level)) + 1,
    sources: [...new Set(metas.flatMap(({ compaction }) => compaction.sources))].sort(),
    parents: metas.map(({ ulid, minTime, maxTime }) => ({ ulid, minTime, maxTime })),
    ...(hints.length > 0 && { hints }),
  };
}

/** What can be written later as well: without it the same is found out once more. */
function mark(blocks: readonly BlockReader[], change: Partial<BlockCompaction>): void {
  for (const { folder, meta } of blocks) {
    try {
      writeBlockMeta(folder, { ...meta, compaction: { ...meta.compaction, ...change } });
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
    }
  }
}

/** Chunks know nothing of the block that they are in. */
function toldError(error: unknown, blocks: readonly BlockReader[]): unknown {
  if (!(error instanceof ChunkError)) return error;
  const names = blocks.map(({ meta }) => meta.ulid).join(', ');
  return new BlockError('damaged', `cannot compact ${names}: ${error.message}`, { cause: error });
}
