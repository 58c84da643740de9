// Chunks made anew out of samples: where chunks are merged, or only a part of one is wanted.
import type { TimeInterval } from '../../model/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import type { EncodedChunk } from '../block/block-series.ts';
import { decodeXorChunk } from './xor-chunk.ts';
import { XorEncoder } from './xor-encoder.ts';

/** As Prometheus cuts them (storage/series.go, seriesToChunkEncoderSplit). */
const SAMPLES_PER_CHUNK = 120;

/** The samples of the list as chunks of 120; `keep` says which. */
export function encodeXorChunks(samples: FloatSamples, keep: (timeMs: number) => boolean = () => true): EncodedChunk[] {
  const chunks: EncodedChunk[] = [];
  const encoder = new XorEncoder();
  for (let i = 0; i < samples.count; i++) {
    if (!keep(samples.times[i])) continue;
    if (encoder.count === SAMPLES_PER_CHUNK) chunks.push(encoder.take());
    encoder.append(samples.times[i], samples.words[i * 2], samples.words[i * 2 + 1]);
  }
  if (encoder.count > 0) chunks.push(encoder.take());
  return chunks;
}

/** An XOR chunk without what lies outside of [minTimeMs, maxTimeMs) or in an interval. @throws ChunkError */
export function cutChunk(chunk: EncodedChunk, minTimeMs: number, maxTimeMs: number, without: readonly TimeInterval[] = []): EncodedChunk[] {
  const samples = new FloatSamples();
  decodeXorChunk(chunk.data, samples);
  const deleted = (time: number) => without.some((interval) => time >= interval.minTimeMs && time <= interval.maxTimeMs);
  return encodeXorChunks(samples, (time) => time >= minTimeMs && time < maxTimeMs && !deleted(time));
}
