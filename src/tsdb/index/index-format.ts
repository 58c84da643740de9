// What the index's reader and writer agree on: docs/format/index.md.

import type { Labels } from '../../model/index.ts';

export const INDEX_MAGIC = 0xbaaad700;
export const INDEX_VERSION = 2;
/** Series begin at multiples of this; a reference is the offset divided by it. */
export const SERIES_ALIGNMENT = 16;

/** Where a chunk is, and when its samples are. */
export interface ChunkPlace {
  /** Of the first and the last sample, both included. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** See ChunkSegmentWriter.write. */
  readonly ref: number;
}

export interface IndexedSeries {
  readonly ref: number;
  readonly labels: Labels;
  /** By time. */
  readonly chunks: readonly ChunkPlace[];
}
