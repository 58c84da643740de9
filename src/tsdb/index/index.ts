// The index of a block: docs/format/index.md draws it.
export { type IndexedSeries, IndexReader } from './index-reader.ts';
export { type ChunkPlace, IndexWriter } from './index-writer.ts';
