// The index of a block: docs/format/index.md draws it.
export { type ChunkPlace, IndexWriter } from './index-writer.ts';
