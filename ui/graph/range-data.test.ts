import { expect, test } from 'vitest';
import type { MatrixRow } from '../../src/answers/index.ts';
import { heatMapOf } from './heat-map.ts';
import { isDrawable, isolatedPoints, rangeDataOf } from './range-data.ts';

const GRID = { startMs: 1_000_000_000_500, endMs: 1_000_000_031_000, stepMs: 10_000 };
const row = (labels: Record<string, string>, ...values: [step: number, value: string][]): MatrixRow => ({
  metric: labels,
  values: values.map(([step, value]) => [(GRID.startMs + step * GRID.stepMs) / 1000, value]),
});

test('samples stand on the grid, with gaps between them', () => {
  const { times, series } = rangeDataOf(
    [row({ __name__: 'x', a: 'b' }, [0, '1'], [2, '-2.5e-3'], [3, '4']), row({}, [1, 'NaN'], [2, '+Inf'])],
    GRID,
  );
  expect(times).toEqual([1_000_000_000.5, 1_000_000_010.5, 1_000_000_020.5, 1_000_000_030.5]);
  expect(series.map(({ text, values }) => [text, values])).toEqual([
    ['x{a="b"}', [1, null, -0.0025, 4]],
    ['{}', [null, null, null, null]],
  ]);
});

test('fractions of steps do not move samples', () => {
  const grid = { startMs: 0, endMs: 1000, stepMs: 333 };
  const { series } = rangeDataOf(
    [
      {
        metric: {},
        values: [
          [0, '0'],
          [0.333, '1'],
          [0.666, '2'],
          [0.999, '3'],
        ],
      },
    ],
    grid,
  );
  expect(series[0].values).toEqual([0, 1, 2, 3]);
});

test('what has no finite value cannot be drawn', () => {
  const { series } = rangeDataOf([row({ a: '1' }, [0, 'NaN'], [1, '2']), row({ a: '2' }, [1, '-Inf'], [2, 'NaN'])], GRID);
  expect(series.map(isDrawable)).toEqual([true, false]);
});

test('points without neighbours', () => {
  expect(isolatedPoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  expect(isolatedPoints([null, 1, null])).toEqual([1]);
  expect(isolatedPoints([])).toEqual([]);
});

test('buckets become counts', () => {
  const bucket = (le: string, pod: string, ...values: string[]) =>
    row({ le, pod }, ...values.map((value, i): [number, string] => [i, value]));
  const map = heatMapOf(
    rangeDataOf(
      [bucket('+Inf', 'a', '10', '6'), bucket('0.5', 'a', '4', '6.5'), bucket('1', 'a', '9', '6'), bucket('0.50', 'b', '1')],
      GRID,
    ),
  )!;
  expect(map.bounds).toEqual(['0.50', '1', '+Inf']);
  expect(map.counts).toEqual([
    [5, 6.5, null, null],
    [5, 0, null, null],
    [1, 0, null, null],
  ]);
  expect([map.largest, map.histograms]).toEqual([6.5, 2]);
});

test('what is no histogram has no heat map', () => {
  expect(heatMapOf(rangeDataOf([row({ le: '1' }, [0, '1']), row({ a: '1' }, [0, '1'])], GRID))).toBeNull();
  expect(heatMapOf(rangeDataOf([row({ le: 'x' }, [0, '1'])], GRID))).toBeNull();
  expect(heatMapOf(rangeDataOf([], GRID))).toBeNull();
});
