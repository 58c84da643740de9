// Makes one block of several, or writes one again without what is deleted of it. The blocks themselves stay: who asked for it removes them
// when the new one is in its place. For a background thread.
import { join } from 'node:path';
import { type BlockCodec, type BlockMeta, BlockReader, writeBlock } from '../block/index.ts';
import { mergeSeries } from './series-merge.ts';

export interface CompactionOptions {
  readonly dataFolder: string;
  /** The blocks' folders, in time order. */
  readonly ulids: readonly string[];
  readonly codec: BlockCodec;
  readonly shouldStop?: () => boolean;
}

const FOR_EVER_MS = 8.64e15;

/** @returns null when nothing is left of them @throws BlockError */
export function compactBlocks({ dataFolder, ulids, codec, shouldStop }: CompactionOptions): BlockMeta | null {
  const blocks: BlockReader[] = [];
  try {
    for (const ulid of ulids) blocks.push(new BlockReader(join(dataFolder, ulid), codec));
    const metas = blocks.map(({ meta }) => meta);
    const series = mergeSeries(blocks.map((block) => block.select([], -FOR_EVER_MS, FOR_EVER_MS)));
    return writeBlock(
      dataFolder,
      {
        minTimeMs: Math.min(...metas.map(({ minTime }) => minTime)),
        maxTimeMs: Math.max(...metas.map(({ maxTime }) => maxTime)),
        codec,
        shouldStop,
        compaction: {
          // A single one keeps its level: it is the same block, but for what was deleted.
          level: Math.max(...metas.map(({ compaction }) => compaction.level)) + (metas.length > 1 ? 1 : 0),
          sources: [...new Set(metas.flatMap(({ compaction }) => compaction.sources))].sort(),
          parents: metas.map(({ ulid, minTime, maxTime }) => ({ ulid, minTime, maxTime })),
        },
      },
      series,
    );
  } finally {
    for (const block of blocks) block.close();
  }
}
