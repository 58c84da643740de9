// What a block holds, as its readers give it and its writer takes it: series in label order, each with its chunks in time order.
// Chunks stay encoded on this way; whoever needs samples decodes them (tsdb/chunk).
import type { Labels } from '../../model/index.ts';

/** Prometheus's chunk encodings (tsdb/chunkenc/chunk.go). Only `XOR` is decoded so far; histograms are carried, the others refused by name. */
export const ChunkEncoding = { NONE: 0, XOR: 1, HISTOGRAM: 2, FLOAT_HISTOGRAM: 3, XOR2: 4 } as const;

const ENCODING_NAMES = ['none', 'XOR', 'histogram', 'float histogram', 'XOR2'];

/** For messages: `XOR2`, or the number where Prometheus has no such encoding either. */
export function chunkEncodingName(encoding: number): string {
  return ENCODING_NAMES[encoding] ?? String(encoding);
}

export interface EncodedChunk {
  /** Timestamps of the first and the last sample, ms, both inclusive. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly encoding: number;
  /** The chunk's own bytes (for XOR: u16 sample count, big endian, then the bit stream), without length, encoding byte and checksum. May be a view that is reused after the series: copy to keep. */
  readonly data: Uint8Array;
}

export interface BlockSeries {
  readonly labels: Labels;
  /** By minTimeMs; in one block they do not overlap. */
  readonly chunks: readonly EncodedChunk[];
}
