// Compaction of blocks.
export { type CompactionOptions, compactBlocks } from './block-compactor.ts';
export { blockRanges, planCompaction } from './compaction-plan.ts';
export { mergeChunks, mergeSeries } from './series-merge.ts';
