import { expect, test } from 'vitest';
import { skewOf } from './clock.ts';

const at = (ms: number) => ({ fromMs: ms, toMs: ms });
const second = (ms: number) => ({ fromMs: ms, toMs: ms + 999 });

test('clocks that may agree do', () => {
  expect(skewOf(0, at(1_000_100), { fromMs: 1_000_000, toMs: 1_000_200 })).toBe(0);
  // A Date has whole seconds.
  expect(skewOf(0, second(1_000_000), { fromMs: 1_000_700, toMs: 1_000_800 })).toBe(0);
});

test('a server ahead or behind: the smallest skew that can be', () => {
  expect(skewOf(0, at(1_600_100), { fromMs: 1_000_000, toMs: 1_000_200 })).toBe(599_900);
  expect(skewOf(0, at(400_100), { fromMs: 1_000_000, toMs: 1_000_200 })).toBe(-599_900);
  expect(skewOf(0, second(1_600_000), { fromMs: 1_000_000, toMs: 1_000_050 })).toBe(599_950);
});

test('what is known stays while it can be right, and is given up when it cannot', () => {
  expect(skewOf(599_900, second(1_600_000), { fromMs: 1_000_050, toMs: 1_000_150 })).toBe(599_900);
  expect(skewOf(599_900, second(1_000_000), { fromMs: 1_000_050, toMs: 1_000_150 })).toBe(0);
});

test('a long way and what is no time tell nothing', () => {
  expect(skewOf(7, at(1_600_000), { fromMs: 1_000_000, toMs: 1_005_001 })).toBe(7);
  expect(skewOf(7, at(Number.NaN), { fromMs: 1_000_000, toMs: 1_000_001 })).toBe(7);
  expect(skewOf(7, at(1_600_000), { fromMs: Number.NaN, toMs: 1_000_001 })).toBe(7);
});
