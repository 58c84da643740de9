import { expect, test } from 'vitest';
import { labelsOf } from '../../model/index.ts';
import { BackfillPlan, BLOCK_MS, blockStart } from './backfill-plan.ts';
import { BackfillSeries } from './backfill-series.ts';

test('samples in any order come out by time, each once', () => {
  const check = (added: readonly (readonly [number, number])[], want: readonly (readonly [number, number])[]) => {
    const series = new BackfillSeries(labelsOf({ __name__: 'm' }));
    for (const [t, v] of added) series.add(t, v);
    const { times, words, count } = series.samples();
    const values = new Float64Array(words.buffer);
    expect(Array.from({ length: count }, (_, i) => [times[i], values[i]])).toEqual(want);
  };
  check([], []);
  check([[5, 1]], [[5, 1]]);
  check(
    [
      [5, 1],
      [7, 2],
    ],
    [
      [5, 1],
      [7, 2],
    ],
  );
  check(
    [
      [7, 2],
      [5, 1],
      [6, 3],
      [5, 1],
    ],
    [
      [5, 1],
      [6, 3],
      [7, 2],
    ],
  );
  check(
    [
      [1, Number.NaN],
      [1, Number.NaN],
    ],
    [[1, Number.NaN]],
  );
  const many = Array.from({ length: 1000 }, (_, i) => [(i * 7919) % 1000, i] as const);
  check(
    many,
    many.toSorted(([a], [b]) => a - b),
  );
  expect(() =>
    check(
      [
        [5, 1],
        [5, 2],
      ],
      [],
    ),
  ).toThrow('cannot make blocks: got two values of {__name__="m"} at 5 ms, want one');
  expect(() =>
    check(
      [
        [5, 0],
        [5, -0],
      ],
      [],
    ),
  ).toThrow('got two values');
});

test('a NaN has the bits that Prometheus stores', () => {
  const series = new BackfillSeries([]);
  for (let i = 100; i > 0; i--) series.add(i, Number.NaN);
  const { words } = series.samples();
  expect([...new Set(new BigUint64Array(words.buffer, 0, 100))]).toEqual([0x7ff8000000000001n]);
});

test('the blocks of a text, and how often it is read', () => {
  const plan = (mostSamples: number, ...times: number[]) => {
    const p = new BackfillPlan(mostSamples);
    for (const t of times) p.count(t);
    return p.readings().map((starts) => starts.map((start) => start / BLOCK_MS));
  };
  expect([blockStart(0), blockStart(BLOCK_MS - 1), blockStart(BLOCK_MS), blockStart(-1)]).toEqual([0, 0, BLOCK_MS, -BLOCK_MS]);
  const at = (block: number) => block * BLOCK_MS + 5;
  expect(plan(10)).toEqual([]);
  expect(plan(10, at(3), at(-1), at(3))).toEqual([[-1, 3]]);
  expect(plan(2, at(1), at(2), at(3), at(4), at(4), at(4), at(5))).toEqual([[1, 2], [3], [4], [5]]);
});
