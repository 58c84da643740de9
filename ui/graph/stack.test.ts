import { expect, test } from 'vitest';
import { stacked } from './stack.ts';

function check(rows: readonly (readonly (number | null)[])[], ends: readonly (readonly (number | null)[])[]): void {
  expect(stacked(rows.map((values) => ({ values }))).map(({ outer }) => outer)).toEqual(ends);
}

test('each stands upon those before it', () => {
  check([], []);
  check(
    [
      [1, 2],
      [10, 20],
      [100, 200],
    ],
    [
      [1, 2],
      [11, 22],
      [111, 222],
    ],
  );
});

test('values below 0 stack downwards, apart from the others', () => {
  check(
    [
      [-1, -2],
      [10, -20],
      [-100, 200],
    ],
    [
      [-1, -2],
      [10, -22],
      [-101, 200],
    ],
  );
});

test('a gap is drawn as a gap and counts as nothing', () => {
  check(
    [
      [1, null, 3],
      [10, 20, null],
      [null, null, null],
      [5, 5, -5],
    ],
    [
      [1, null, 3],
      [11, 20, null],
      [null, null, null],
      [16, 25, -5],
    ],
  );
});

test('sums beyond all numbers stay numbers', () => {
  check([[1.5e308], [1.5e308]], [[1.5e308], [Number.MAX_VALUE]]);
});
