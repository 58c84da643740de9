// Blocks on disk: docs/format/block.md draws them.
export { type BlockCompaction, type BlockMeta, type BlockStats, readBlockMeta, ULID, writeBlockMeta } from './block-meta.ts';
export { BlockReader, type ReadableBlockSeries, type StoredBlockSeries } from './block-reader.ts';
export { type BlockSeries, ChunkEncoding, chunkEncodingName, type EncodedChunk } from './block-series.ts';
export { type BlockOptions, CREATION_SUFFIX, writeBlock } from './block-writer.ts';
export { BlockError, type BlockErrorCode } from './errors.ts';
export type { BlockCodec } from './file-writer.ts';
export { fulfils } from './series-selection.ts';
export { readTombstones, type Tombstones, writeTombstones } from './tombstones.ts';
