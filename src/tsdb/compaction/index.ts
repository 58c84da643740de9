// Compaction of blocks.
export { type CleanedBlock, type CompactionOptions, cleanTombstones, compactBlocks } from './block-compactor.ts';
export { mergeChunks } from './chunk-merge.ts';
export { blockRanges, planCompaction } from './compaction-plan.ts';
export { mergeSeries } from './series-merge.ts';
