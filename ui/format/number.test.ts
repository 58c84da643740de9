import { expect, test } from 'vitest';
import { formatShort, formatTicks } from './number.ts';

function check(value: number, text: string): void {
  expect(formatShort(value)).toBe(text);
}

test('numbers of all sizes are short', () => {
  check(0, '0');
  check(1_500_000, '1.5M');
  check(20_000, '20k');
  check(0.0012, '0.0012');
  check(1e-9, '1e-9');
  check(1e300, '1e300');
  check(-1.2345e300, '-1.23e300');
  check(Number.POSITIVE_INFINITY, 'Inf');
  check(Number.NaN, 'NaN');
});

test('ticks have the digits that it takes', () => {
  expect(formatTicks([0, 500, 1000])).toEqual(['0', '500', '1k']);
  expect(formatTicks([1e9, 1e9 + 1])).toEqual(['1G', '1.000000001G']);
  expect(formatTicks([1.0001e300, 1.00015e300])).toEqual(['1.0001e300', '1.00015e300']);
});
