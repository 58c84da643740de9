import { expect, test } from 'vitest';
import { curveOf, nearest, pullPositions } from './pull-column.ts';

test('pulls stand at their times', () => {
  expect(pullPositions({ timesMs: [1000, 2000, 5000] })).toEqual([0, 25, 100]);
  expect(pullPositions({ timesMs: [1000] })).toEqual([100]);
});

test('a curve has gaps where no value is known', () => {
  const { line, dots, top, bottom } = curveOf([0, 50, null, 96], [0, 25, 50, 100]);
  expect([line, dots, top, bottom]).toEqual(['M0 100L25 50', 'M100 4L100 4', 100, 0]);
  expect(curveOf([null, null], [0, 100])).toMatchObject({ line: '', area: '' });
  expect(curveOf([0, 0], [0, 100])).toMatchObject({ line: 'M0 100L100 100', top: 1 });
});

test('a lag below zero, of clocks that differ, is drawn', () => {
  expect(curveOf([-10, -5], [0, 100])).toMatchObject({ bottom: -10 });
});

test('the nearest pull', () => {
  expect([0, 10, 14, 90].map((at) => nearest([0, 25, 100], at))).toEqual([0, 0, 1, 2]);
});
