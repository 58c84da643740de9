// The only code that knows pointers: typed doors to assembly/.
export type * from './chunk-files.ts';
export * from './codec.ts';
export * from './exposition-error.ts';
export * from './head-memory.ts';
export * from './head-reader.ts';
export * from './head-series.ts';
export * from './head-tombstones.ts';
export * from './head-writer.ts';
export type { KernelExports } from './kernel-exports.ts';
export * from './layout.ts';
export type { OwnTarget } from './own-target.ts';
export * from './rendering.ts';
export * from './sample-batch.ts';
export * from './selection-cache.ts';
export * from './stored-chunks.ts';
export * from './target-cache.ts';
export * from './visible-series.ts';
export * from './wal-encoder.ts';
