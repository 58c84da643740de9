import { expect, test } from 'vitest';
import { valueRange } from './value-range.ts';

function check(low: number | null, high: number | null, least: number | null, expected: [number, number]): void {
  expect(valueRange(low, high, least)).toEqual(expected);
}

test('some room beyond the values, never an empty range', () => {
  check(100, 200, null, [94, 206]);
  check(10, 10, null, [9, 11]);
  check(0, 0, null, [-1, 1]);
  check(null, null, null, [0, 1]);
});

test('from 0, whichever side of it the values are', () => {
  check(100, 200, 0, [0, 212]);
  check(-200, -100, 0, [-212, 0]);
  check(-100, 100, 0, [-112, 112]);
  check(0, 0, 0, [0, 1]);
  check(null, null, 0, [0, 1]);
});

test('another beginning cuts nothing off', () => {
  check(100, 200, 50, [50, 209]);
  check(100, 200, 150, [94, 206]);
});

test('the distance is a number whatever the values are', () => {
  const [from, to] = valueRange(-Number.MAX_VALUE, Number.MAX_VALUE, null);
  expect(Number.isFinite(to - from)).toBe(true);
  check(0, 1e300, 0, [0, 1e300 + 0.06 * 1e300]);
});
