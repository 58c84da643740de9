// From a chunk to samples, by the chunk's encoding.
import type { SeriesSamples } from '../../storage/index.ts';
import { ChunkEncoding, type EncodedChunk } from '../block/block-series.ts';
import { decodeXorChunk } from './xor-chunk.ts';

/**
 * What appends the samples of a chunk's data. A further encoding joins here and in ChunkEncoding; one of another kind of sample brings a list
 * of SeriesSamples with it.
 */
const DECODERS: ReadonlyMap<number, (data: Uint8Array, into: SeriesSamples) => void> = new Map([
  [ChunkEncoding.XOR, (data, into) => decodeXorChunk(data, into.floats)],
]);

/** Appends the chunk's samples; false, and nothing done, where its encoding has no decoder (native histograms). @throws ChunkError */
export function decodeChunk({ encoding, data }: Pick<EncodedChunk, 'encoding' | 'data'>, into: SeriesSamples): boolean {
  const decode = DECODERS.get(encoding);
  decode?.(data, into);
  return decode !== undefined;
}
