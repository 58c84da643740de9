import { expect, test } from 'vitest';
import type { Labels } from '../../../model/index.ts';
import { alertsText, areNeighbours, sameSamples, samplesText, sortedAlerts } from './test-value.ts';
import { lineDiff } from './text-diff.ts';

const A: Labels = [['a', 'b']];

test('numbers next to each other', () => {
  const check = (a: number, b: number, yes: boolean) => expect([areNeighbours(a, b), areNeighbours(b, a)], `${a} ${b}`).toEqual([yes, yes]);
  check(0.1 + 0.2, 0.3, true);
  check(1, 1 + 2 * Number.EPSILON, false);
  check(1, 1 - Number.EPSILON / 2, true);
  check(0, Number.MIN_VALUE, true);
  check(-0, Number.MIN_VALUE, true);
  check(-Number.MIN_VALUE, Number.MIN_VALUE, false);
  check(Number.MAX_VALUE, Number.POSITIVE_INFINITY, true);
  check(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
  check(Number.NaN, Number.NaN, false);
});

test('samples are equal', () => {
  const check = (a: number, b: number, isFuzzy: boolean) => sameSamples([{ labels: A, value: a }], [{ labels: A, value: b }], isFuzzy);
  expect([check(0.1 + 0.2, 0.3, false), check(0.1 + 0.2, 0.3, true), check(0, -0, false), check(Number.NaN, Number.NaN, true)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(sameSamples([{ labels: A, value: 1 }], [{ labels: [], value: 1 }], true)).toBe(false);
  expect(sameSamples([], [{ labels: [], value: 1 }], true)).toBe(false);
});

test('as promtool prints them', () => {
  expect(samplesText([])).toBe('nil');
  expect(
    samplesText([
      { labels: A, value: 1 },
      { labels: [['__name__', 'x']], value: -0.00001 },
    ]),
  ).toBe('{a="b"} 1E+00, {__name__="x"} -1E-05');
  expect(samplesText([1e300, Number.NaN, Number.NEGATIVE_INFINITY, -0].map((value) => ({ labels: [], value })))).toBe(
    '{} 1E+300, {} NaN, {} -Inf, {} -0E+00',
  );
  expect(alertsText([])).toBe('[]');
  const alerts = sortedAlerts([
    { labels: A, annotations: [['s', 'u']] },
    { labels: A, annotations: [['s', 't']] },
    { labels: [], annotations: [] },
  ]);
  expect(alertsText(alerts)).toBe(
    '[\n0:\n  Labels:{}\n  Annotations:{},\n1:\n  Labels:{a="b"}\n  Annotations:{s="t"},\n2:\n  Labels:{a="b"}\n  Annotations:{s="u"}\n]',
  );
});

test('lines that differ', () => {
  const check = (expected: string, got: string, diff: string) =>
    expect(lineDiff(expected === '' ? [] : expected.split(' '), got === '' ? [] : got.split(' ')).join(',')).toBe(diff);
  check('', '', '');
  check('a', 'a', '  a');
  check('', 'a', '+ a');
  check('a b', '', '- a,- b');
  check('a b c', 'a x c', '  a,- b,+ x,  c');
  check('a b c d', 'b d', '- a,  b,- c,  d');
  check('a a', 'a a a', '  a,  a,+ a');
  check('x a b c y', 'a c z', '- x,  a,- b,  c,- y,+ z');
  const many = (prefix: string) => Array.from({ length: 3000 }, (_, i) => `${prefix}${i}`);
  expect(lineDiff(['s', ...many('a'), 'e'], ['s', ...many('b'), 'e'])).toHaveLength(6002);
});
