// The kernel's reading of runs of chunks under the suite of all chunk codecs. What it leaves it must have a reason to leave, and what it
// gives is what the store's own decoder gives.
import { expect, test } from 'vitest';
import { chunkCodecSuite } from '../../../test/support/chunk-codec-suite.ts';
import { type BitSample, bitsOf } from '../../../test/support/reference-chunk.ts';
import { createCodec } from '../../kernel/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import { ChunkError, decodeXorChunk, XorEncoder } from './index.ts';

/** ms; a longer step is left to the store's decoder. */
const LONGEST_STEP = 2 ** 37;
const codec = createCodec();

function encode(samples: readonly BitSample[]): Uint8Array {
  const encoder = new XorEncoder();
  for (const { t, bits } of samples) encoder.append(t, Number(bits & 0xffffffffn), Number(bits >> 32n));
  return encoder.take().data;
}

/** As it stands in a chunk file. */
function stored(data: Uint8Array, encoding = 1): Buffer {
  const length = data.length < 128 ? [data.length] : [(data.length & 127) | 128, data.length >> 7];
  const entry = Buffer.from([...length, encoding, ...data, 0, 0, 0, 0]);
  entry.writeUInt32BE(codec.crc32c(entry, length.length, entry.length - 4), entry.length - 4);
  return entry;
}

function read(
  entries: readonly Buffer[],
  into: FloatSamples,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, cut = 0 } = {},
): number {
  const { chunkRun } = codec;
  let at = 0;
  for (const [i, entry] of entries.entries()) {
    chunkRun.offsets[i] = at;
    at += entry.copy(chunkRun.input, at);
  }
  return chunkRun.decode(at - cut, entries.length, from, to, into);
}

const listed = ({ count, times, words }: FloatSamples): BitSample[] =>
  Array.from({ length: count }, (_, i) => ({ t: times[i], bits: (BigInt(words[i * 2 + 1]) << 32n) | BigInt(words[i * 2]) }));

function decode(data: Uint8Array): BitSample[] {
  const ours = new FloatSamples();
  const theirs = new FloatSamples();
  const done = read([stored(data)], ours) === 1;
  try {
    decodeXorChunk(data, theirs);
  } catch (error) {
    if (!(error instanceof ChunkError)) throw error;
    expect(done).toBe(false);
    throw error;
  }
  const samples = listed(theirs);
  if (done) expect(listed(ours)).toEqual(samples);
  else expect(samples.some(({ t }, i) => i > 0 && t - samples[i - 1].t > LONGEST_STEP)).toBe(true);
  return samples;
}

chunkCodecSuite('runs of chunks', { encode: (samples) => [encode(samples)], decode });

const chunk = (startMs: number, count: number) =>
  stored(encode(Array.from({ length: count }, (_, i) => ({ t: startMs + i * 10, bits: bitsOf(i) }))));
const times = (samples: FloatSamples) => [...samples.times.subarray(0, samples.count)];

test('several chunks behind one another, and behind what is there', () => {
  const samples = new FloatSamples();
  samples.push(5, 0, 0);
  expect(read([chunk(10, 3), chunk(100, 2), chunk(200, 1)], samples)).toBe(3);
  expect(times(samples)).toEqual([5, 10, 20, 30, 100, 110, 200]);
});

test('only samples of the interval', () => {
  const samples = new FloatSamples();
  expect(read([chunk(10, 3), chunk(100, 5)], samples, { from: 20, to: 120 })).toBe(2);
  expect(times(samples)).toEqual([20, 30, 100, 110, 120]);
  samples.clear();
  expect(read([chunk(10, 3)], samples, { from: 31, to: 40 })).toBe(1);
  expect(times(samples)).toEqual([]);
});

test('more samples than fit at once', () => {
  const samples = new FloatSamples();
  const chunks = Array.from({ length: 40 }, (_, i) => chunk(i * 100_000, 1000));
  expect(read(chunks, samples)).toBe(40);
  expect(samples.count).toBe(40_000);
  expect(samples.times[39_999]).toBe(39 * 100_000 + 9990);
});

test.each([
  ['overlaps the one before', [chunk(10, 3), chunk(30, 3), chunk(100, 1)], {}],
  ['has another encoding', [chunk(10, 3), stored(Buffer.from([0, 1, 2, 3]), 2)], {}],
  ['is cut off', [chunk(10, 3), chunk(100, 5)], { cut: 1 }],
  ['has a wrong checksum', [chunk(10, 3), Buffer.concat([chunk(100, 5).subarray(0, -1), Buffer.of(7)])], {}],
])('a chunk that %s is left, those before it are done', (_, entries, options) => {
  const samples = new FloatSamples();
  expect(read(entries, samples, options)).toBe(1);
  expect(times(samples)).toEqual([10, 20, 30]);
});
