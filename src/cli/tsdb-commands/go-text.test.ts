import { expect, test } from 'vitest';
import { formatG } from '../../model/index.ts';
import { formatGoDuration, formatGoTime, formatTable } from './go-text.ts';

test('numbers as %g prints them', () => {
  const check = (value: number, want: string) => expect(formatG(value)).toBe(want);
  check(0, '0');
  check(-0, '-0');
  check(1, '1');
  check(-1.5, '-1.5');
  check(999_999, '999999');
  check(999_999.5, '999999.5');
  check(1_000_000, '1e+06');
  check(123_456_789, '1.23456789e+08');
  check(0.0001, '0.0001');
  check(0.00012345, '0.00012345');
  check(0.00001, '1e-05');
  check(1e21, '1e+21');
  check(1.7976931348623157e308, '1.7976931348623157e+308');
  check(5e-324, '5e-324');
  check(Number.NaN, 'NaN');
  check(Number.POSITIVE_INFINITY, '+Inf');
  check(Number.NEGATIVE_INFINITY, '-Inf');
});

test('durations and times', () => {
  const check = (ms: number, want: string) => expect(formatGoDuration(ms)).toBe(want);
  check(0, '0s');
  check(20, '20ms');
  check(1000, '1s');
  check(1500, '1.5s');
  check(60_001, '1m0.001s');
  check(7_200_000, '2h0m0s');
  check(7_199_999, '1h59m59.999s');
  check(-1500, '-1.5s');
  expect(formatGoTime(1_700_000_000_999)).toBe('2023-11-14 22:13:20 +0000 UTC');
  expect(formatGoTime(-1)).toBe('1969-12-31 23:59:59 +0000 UTC');
});

test('tables', () => {
  expect(
    formatTable([
      ['A', 'B', 'LAST'],
      ['a-long-cell-of-text', 'b', 'c'],
    ]),
  ).toBe('A                    B            LAST\na-long-cell-of-text  b            c\n');
});
