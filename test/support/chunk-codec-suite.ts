// What every codec of XOR chunks must do: the store's (src/tsdb/chunk) and the kernel's (assembly/chunk.ts). The judge is a plain encoder.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BitSample, bitsOf, encodeChunk } from './reference-chunk.ts';

export interface ChunkCodecUnderTest {
  /** Chunks as they stand in files: u16 sample count, then the bit stream. It may cut where it likes. */
  encode(samples: readonly BitSample[]): readonly Uint8Array[];
  /** Any bytes. @throws an error with `code` malformed_chunk */
  decode(data: Uint8Array): readonly BitSample[];
}

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? 20_240_611);
const START = 1_700_000_000_000;
const STALE = 0x7ff0000000000002n;
/** Longer than any chunk should take. */
const MOST_MS = 500;

const value = fc.oneof(
  { arbitrary: fc.integer({ min: -5, max: 1e6 }).map(bitsOf), weight: 4 },
  { arbitrary: fc.double().map(bitsOf), weight: 2 },
  fc.constantFrom(...[0, -0, 1.5, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(bitsOf)),
  // Stale markers, and other NaNs with something in them.
  fc.constantFrom(STALE, 0x7ff8000000000001n, 0xfff8000000001234n, 0x7fffffffffffffffn),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
/** What the forms of a difference of deltas end at, and times far apart. */
const step = fc.oneof(
  { arbitrary: fc.constant(15_000), weight: 6 },
  { arbitrary: fc.integer({ min: 1, max: 20_000 }), weight: 3 },
  { arbitrary: fc.integer({ min: 1, max: 700_000 }), weight: 1 },
  fc.constantFrom(...[8191, 8192, 8193, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289].map((more) => 15_000 + more)),
  fc.constantFrom(1, 2 ** 31 - 1, 2 ** 31, 3_000_000_000, 9e12),
);
const series = fc
  .record({
    start: fc.oneof(fc.constant(START), fc.integer({ min: -1e12, max: 4e12 })),
    steps: fc.array(fc.tuple(step, value), { minLength: 1, maxLength: 300, size: 'max' }),
  })
  .map(({ start, steps }) => {
    let t = start;
    return steps.map(([ms, bits]): BitSample => {
      t += ms;
      return { t, bits };
    });
  });

const regular = (count: number, value: (i: number) => number): BitSample[] =>
  Array.from({ length: count }, (_, i) => ({ t: START + i * 15_000, bits: bitsOf(value(i)) }));

export function chunkCodecSuite(name: string, codec: ChunkCodecUnderTest, { runs = 300 } = {}): void {
  describe(name, () => {
    /** Each chunk is the reference's of its samples, and they come back. */
    const checkWhole = (samples: readonly BitSample[]) => {
      let from = 0;
      for (const data of codec.encode(samples)) {
        const own = samples.slice(from, from + data[0] * 256 + data[1]);
        expect(Buffer.from(data.subarray(2)).toString('hex')).toBe(encodeChunk(own).toString('hex'));
        expect(codec.decode(data)).toEqual(own);
        from += own.length;
      }
      expect(from).toBe(samples.length);
    };

    test('bit for bit the reference, and the same samples back', () => {
      fc.assert(fc.property(series, checkWhole), { seed: SEED, numRuns: runs });
    });

    const check = (what: string, samples: readonly BitSample[]) => test(what, () => checkWhole(samples));
    const at = (...list: [t: number, bits: bigint][]) => list.map(([t, bits]): BitSample => ({ t, bits }));
    check('one sample', at([START, bitsOf(1)]));
    check(
      'the same value again and again',
      regular(120, () => 7),
    );
    check('a counter, a gauge', [...regular(120, (i) => i * 3)]);
    check(
      'a gauge',
      regular(120, (i) => Math.sin(i)),
    );
    check('stale markers among values', at([START, 0n], [START + 1, STALE], [START + 2, 0n], [START + 3, STALE], [START + 4, STALE]));
    check('NaNs of all kinds', at([1, bitsOf(Number.NaN)], [2, 0x7ff8000000000001n], [3, 0xfff0000000000001n], [4, 0x7ff4000000000000n]));
    check(
      'zeros and infinities',
      at([1, bitsOf(0)], [2, bitsOf(-0)], [3, bitsOf(Number.POSITIVE_INFINITY)], [4, bitsOf(Number.NEGATIVE_INFINITY)]),
    );
    check('all bits change, and one', at([1, 0n], [2, 2n ** 64n - 1n], [3, 0n], [4, 1n], [5, 2n ** 63n], [6, 2n ** 31n], [7, 2n ** 32n]));
    check('before 1970', at([-5_000, 1n], [-4_000, 2n], [-1, 3n], [0, 4n], [1, 5n]));
    check('years apart', at([-1e12, 1n], [1e12, 2n], [1e12 + 1, 3n], [4e12, 4n]));
    for (const first of [1, 15_000])
      for (const edge of [8191, 8192, 8193, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289])
        check(
          `a delta of ${first}, then ${edge} more, then as before`,
          at([0, 1n], [first, 1n], [2 * first + edge, 1n], [3 * first + edge, 1n]),
        );

    /** It never takes long, and gives an error or at most as many samples as the chunk says it has. */
    const checkDamaged = (data: Uint8Array) => {
      const began = performance.now();
      try {
        expect(codec.decode(data).length).toBeLessThanOrEqual(data.length < 2 ? 0 : data[0] * 256 + data[1]);
      } catch (error) {
        if ((error as { code?: string }).code !== 'malformed_chunk') throw error;
      }
      expect(performance.now() - began).toBeLessThan(MOST_MS);
    };
    const [some] = codec.encode(regular(100, (i) => (i % 9 === 0 ? i : Math.sin(i))));

    test('cut off at every byte', () => {
      for (let length = 0; length < some.length; length++) checkDamaged(some.slice(0, length));
    });

    test('every bit flipped', () => {
      for (let bit = 0; bit < some.length * 8; bit++) {
        const damaged = some.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        checkDamaged(damaged);
      }
    });

    test('bytes changed, and any bytes at all', () => {
      const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
      fc.assert(
        fc.property(series, changes, fc.uint8Array({ maxLength: 200 }), (samples, list, bytes) => {
          const damaged = codec.encode(samples)[0].slice();
          for (const [place, byte] of list) damaged[place % damaged.length] = byte;
          checkDamaged(damaged);
          checkDamaged(bytes);
        }),
        { seed: SEED, numRuns: runs },
      );
    });
  });
}
