import { expect, test } from 'vitest';
import { formatTicks } from '../format/number.ts';
import { incrementOf, ticksOf } from './value-ticks.ts';

function check(from: number, to: number, most: number, expected: string): void {
  expect(formatTicks(ticksOf(from, to, incrementOf(from, to, most))).join(' ')).toBe(expected);
}

test('ticks are round numbers', () => {
  check(0, 1, 5, '0 0.2 0.4 0.6 0.8 1');
  check(-112, 112, 5, '-100 -50 0 50 100');
  check(94, 206, 12, '100 110 120 130 140 150 160 170 180 190 200');
  check(0, 9500, 4, '0 2.5k 5k 7.5k');
});

test('a small way around a large number has different ticks', () => {
  check(1e9, 1e9 + 0.001, 4, '1G 1.0000000000005G 1.000000000001G');
  check(1000, 1002, 4, '1k 1.0005k 1.001k 1.0015k 1.002k');
  check(123456780, 123456790, 2, '123.45678M 123.456785M 123.45679M');
});

test('numbers of any size have ticks', () => {
  check(0, 1.06e300, 3, '0 5e299 1e300');
  check(0.94e-300, 1.06e-300, 3, '9.5e-301 1e-300 1.05e-300');
  check(-8.9e307, 8.9e307, 4, '-5e307 0 5e307');
});

test('where numbers are no closer, there are fewer ticks', () => {
  expect(ticksOf(1e16, 1e16 + 4, incrementOf(1e16, 1e16 + 4, 10))).toEqual([1e16]);
  expect(ticksOf(Number.MAX_VALUE, Number.MAX_VALUE, 5)).toEqual([]);
});
