// The index of a block: docs/format/index.md draws it.
export type { ChunkPlace, IndexedSeries } from './index-format.ts';
export { IndexReader } from './index-reader.ts';
export { IndexWriter } from './index-writer.ts';
export { intersect, NO_POSTINGS, type Postings, union, without } from './postings.ts';
export { SeriesCache } from './series-cache.ts';
