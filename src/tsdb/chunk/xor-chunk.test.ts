// The store's XOR chunks under the suite of all chunk codecs, and what is the store's alone.
import { expect, test } from 'vitest';
import { chunkCodecSuite } from '../../../test/support/chunk-codec-suite.ts';
import { type BitSample, bitsOf } from '../../../test/support/reference-chunk.ts';
import { SeriesSamples } from '../../storage/index.ts';
import { ChunkEncoding, type EncodedChunk } from '../block/block-series.ts';
import { ChunkError, cutChunk, decodeChunk, XorEncoder } from './index.ts';

function encode(samples: readonly BitSample[]): EncodedChunk {
  const encoder = new XorEncoder();
  for (const { t, bits } of samples) encoder.append(t, Number(bits & 0xffffffffn), Number(bits >> 32n));
  return encoder.take();
}

function decode(data: Uint8Array, encoding: number = ChunkEncoding.XOR): BitSample[] {
  const samples = new SeriesSamples();
  decodeChunk({ encoding, data }, samples);
  const { count, times, words } = samples.floats;
  return Array.from({ length: count }, (_, i) => ({ t: times[i], bits: (BigInt(words[i * 2 + 1]) << 32n) | BigInt(words[i * 2]) }));
}

chunkCodecSuite("the store's XOR chunks", { encode: (samples) => [encode(samples).data], decode });

const regular = (count: number) => Array.from({ length: count }, (_, i) => ({ t: i * 10, bits: bitsOf(i) }));

test('a chunk tells its first and last time; the encoder begins anew', () => {
  const encoder = new XorEncoder();
  for (const round of [0, 1]) {
    for (const t of [5, 7, 90]) encoder.append(t + round * 100, 0, round);
    expect(encoder.take()).toMatchObject({ minTimeMs: 5 + round * 100, maxTimeMs: 90 + round * 100, encoding: ChunkEncoding.XOR });
  }
  expect(() => encoder.take()).toThrow('BUG: a chunk without samples');
});

test('all samples of a damaged chunk or none', () => {
  const { data } = encode(regular(50));
  const samples = new SeriesSamples();
  samples.floats.push(1, 2, 3);
  expect(() => decodeChunk({ encoding: ChunkEncoding.XOR, data: data.subarray(0, data.length - 3) }, samples)).toThrow(ChunkError);
  expect(samples.floats.count).toBe(1);
});

test('an encoding without a decoder is passed over', () => {
  const samples = new SeriesSamples();
  for (const encoding of [ChunkEncoding.HISTOGRAM, ChunkEncoding.FLOAT_HISTOGRAM, ChunkEncoding.XOR2, 99])
    expect([decodeChunk({ encoding, data: Uint8Array.of(0, 1, 2) }, samples), samples.floats.count]).toEqual([false, 0]);
  expect(decodeChunk(encode(regular(3)), samples)).toBe(true);
});

test('cut by time and by what is deleted', () => {
  const chunk = encode(regular(10));
  const times = cutChunk(chunk, 20, 80, [{ minTimeMs: 40, maxTimeMs: 50 }]).flatMap(({ data }) => decode(data).map(({ t }) => t));
  expect(times).toEqual([20, 30, 60, 70]);
  expect(cutChunk(chunk, 1000, 2000)).toEqual([]);
});
