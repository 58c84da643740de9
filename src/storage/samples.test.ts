// Lists of samples against plain arrays: any bits, any times, whatever is put together and cut away.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FloatSamples, SeriesSamples } from './samples.ts';

type Sample = [timeMs: number, low: number, high: number];

const SEED = 20_240_815;
const STALE: readonly [number, number] = [2, 0x7ff00000];
const word = fc.integer({ min: 0, max: 0xffffffff });
/** By time, no time twice. */
const samples = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.integer({ min: -50, max: 400 }), fc.integer({ min: -(2 ** 50), max: 2 ** 50 })), word, word), {
    selector: ([time]) => time,
    maxLength: 700,
    size: 'max',
  })
  .map((list): Sample[] => list.sort((a, b) => a[0] - b[0]));
const times = fc.oneof(
  fc.integer({ min: -60, max: 410 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 2 ** 53 - 1),
);

function listOf(list: readonly Sample[]): FloatSamples {
  const floats = new FloatSamples();
  for (const sample of list) floats.push(...sample);
  return floats;
}

const plain = ({ count, times, words }: FloatSamples): Sample[] =>
  Array.from({ length: count }, (_, i) => [times[i], words[i * 2], words[i * 2 + 1]]);

test('what is pushed is there; values are the words', () => {
  fc.assert(
    fc.property(samples, (list) => {
      const floats = listOf(list);
      expect(plain(floats)).toEqual(list);
      expect(floats.values.buffer).toBe(floats.words.buffer);
      expect(floats.lastTimeMs).toBe(list.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY);
    }),
    { seed: SEED },
  );
});

test('merged: by time, of equal times the own one', () => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const merged = listOf(a);
      merged.merge(listOf(b));
      const own = new Set(a.map(([time]) => time));
      expect(plain(merged)).toEqual([...a, ...b.filter(([time]) => !own.has(time))].sort((x, y) => x[0] - y[0]));
      expect(merged.values.buffer).toBe(merged.words.buffer);
    }),
    { seed: SEED },
  );
});

test('places by time, and what lies in an interval or outside of it', () => {
  fc.assert(
    fc.property(samples, times, times, (list, from, to) => {
      const found = list.findIndex(([time]) => time >= from);
      expect(listOf(list).indexAt(from)).toBe(found < 0 ? list.length : found);
      const kept = listOf(list);
      kept.keep(from, to);
      expect(plain(kept)).toEqual(list.filter(([time]) => time >= from && time <= to));
      const removed = listOf(list);
      removed.remove(from, to);
      expect(plain(removed)).toEqual(list.filter(([time]) => time < from || time > to));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('stale markers are known by their bits, other NaNs are none', () => {
  const floats = listOf([
    [1, 0, 0x7ff80000],
    [2, ...STALE],
    [3, 2, 0x7ff80000],
    [4, 1, 0x7ff00000],
  ]);
  expect([0, 1, 2, 3].map((i) => floats.isStale(i))).toEqual([false, true, false, false]);
  const merged = listOf([[0, 0, 0]]);
  merged.merge(floats);
  expect(merged.isStale(2)).toBe(true);
});

test('of a series the newest sample, if there is one', () => {
  const series = new SeriesSamples();
  expect(series.keepNewest()).toBe(false);
  for (const time of [-5, 0, 7]) series.floats.push(time, ...STALE);
  expect([series.keepNewest(), plain(series.floats)]).toEqual([true, [[7, ...STALE]]]);
  series.clear();
  expect(series.lastTimeMs).toBe(Number.NEGATIVE_INFINITY);
});
