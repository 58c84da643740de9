// XOR chunks against the plain reference, both ways, and damaged ones.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsOf, encodeChunk, type Sample } from '../../../test/support/reference-chunk.ts';
import { cutChunk, decodeXorChunk, Samples, XorEncoder } from './index.ts';

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 1e6 }),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
);
const step = fc.oneof(
  { arbitrary: fc.constant(15_000), weight: 6 },
  { arbitrary: fc.integer({ min: 1, max: 20_000 }), weight: 3 },
  fc.constantFrom(1, 8191 + 15_000, 8192 + 15_000, 8193 + 15_000, 65_536 + 15_000, 524_288 + 15_000, 524_289 + 15_000, 3_000_000_000, 9e12),
);
const series = fc
  .record({
    start: fc.oneof(fc.constant(1_700_000_000_000), fc.integer({ min: -1e12, max: 4e12 })),
    steps: fc.array(fc.tuple(step, value), { minLength: 1, maxLength: 200, size: 'max' }),
  })
  .map(({ start, steps }) => {
    let t = start;
    return steps.map(([ms, v]): Sample => {
      t += ms;
      return { t, v };
    });
  });

function encode(samples: readonly Sample[]) {
  const encoder = new XorEncoder();
  for (const { t, v } of samples) encoder.append(t, Number(bitsOf(v) & 0xffffffffn), Number(bitsOf(v) >> 32n));
  return encoder.take();
}

function decoded(data: Uint8Array): [number, bigint][] {
  const samples = new Samples();
  decodeXorChunk(data, samples);
  return Array.from({ length: samples.count }, (_, i) => [
    samples.times[i],
    (BigInt(samples.words[i * 2 + 1]) << 32n) | BigInt(samples.words[i * 2]),
  ]);
}

test('bit for bit the reference, and the same samples back', () => {
  fc.assert(
    fc.property(series, (samples) => {
      const chunk = encode(samples);
      expect(Buffer.from(chunk.data.subarray(2)).toString('hex')).toBe(encodeChunk(samples).toString('hex'));
      expect([chunk.minTimeMs, chunk.maxTimeMs]).toEqual([samples[0].t, samples[samples.length - 1].t]);
      expect(decoded(chunk.data)).toEqual(samples.map(({ t, v }) => [t, bitsOf(v)]));
    }),
    { numRuns: 300 },
  );
});

test('a stale marker keeps its bits', () => {
  const encoder = new XorEncoder();
  encoder.append(1, 0, 0);
  encoder.append(2, 2, 0x7ff00000);
  encoder.append(3, 1, 0x7ff80000);
  expect(decoded(encoder.take().data).map(([, bits]) => bits)).toEqual([0n, 0x7ff0000000000002n, 0x7ff8000000000001n]);
});

test('a chunk that is cut off or changed gives samples or a ChunkError, nothing else', () => {
  const { data } = encode(Array.from({ length: 120 }, (_, i) => ({ t: 1_700_000_000_000 + i * 15_000, v: Math.sin(i) })));
  fc.assert(
    fc.property(fc.nat(data.length), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const damaged = cut ? data.slice(0, at) : Uint8Array.from(data, (b, i) => (i === at ? byte : b));
      try {
        decoded(damaged);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('malformed_chunk');
      }
    }),
    { numRuns: 1000 },
  );
});

test('cut by time and by what is deleted', () => {
  const chunk = encode(Array.from({ length: 10 }, (_, i) => ({ t: i * 10, v: i })));
  const times = cutChunk(chunk, 20, 80, [{ minTimeMs: 40, maxTimeMs: 50 }]).flatMap(({ data }) => decoded(data).map(([t]) => t));
  expect(times).toEqual([20, 30, 60, 70]);
  expect(cutChunk(chunk, 1000, 2000)).toEqual([]);
});
