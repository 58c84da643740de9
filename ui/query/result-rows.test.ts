import { expect, test } from 'vitest';
import type { QueryAnswer } from '../../src/answers/index.ts';
import type { RowOrder } from '../panels/panel-address.ts';
import { filteredRows, orderedRows, resultRows } from './result-rows.ts';

const vector = (...values: [name: string, value: string][]): QueryAnswer => ({
  resultType: 'vector',
  result: values.map(([name, value]) => ({ metric: { __name__: 'x', Pod: name }, value: [1, value] })),
});
const rows = resultRows(vector(['b', '10'], ['a', 'NaN'], ['d', '-Inf'], ['c', '9.5'], ['e', '+Inf']));
const pods = (list: readonly { labels: Readonly<Record<string, string>> }[]) => list.map(({ labels }) => labels.Pod).join('');

test('orders', () => {
  const check = (order: RowOrder, expected: string) => expect(pods(orderedRows(rows, order))).toBe(expected);
  check('answer', 'badce');
  check('series', 'abcde');
  check('value-up', 'dcbea');
  check('value-down', 'ebcda');
});

test('filters by words of the series', () => {
  const check = (search: string, expected: string) => expect(pods(filteredRows(rows, search))).toBe(expected);
  check('', 'badce');
  check('  pod="A"', 'a');
  check('"c" x{', 'c');
  check('y', '');
});

test('scalars and strings have one row', () => {
  expect(resultRows({ resultType: 'scalar', result: [1, '2'] })).toEqual([{ labels: {}, text: 'scalar', samples: [[1, '2']] }]);
});
