import { expect, test } from 'vitest';
import { historyOf, withQuery } from './query-history.ts';

test('the newest query stands first, and each once', () => {
  const check = (history: string[], query: string, expected: string[]): void => expect(withQuery(history, query)).toEqual(expected);
  check([], 'up', ['up']);
  check(['up'], ' up\n', ['up']);
  check(['a', 'b'], 'b', ['b', 'a']);
  check(['a'], '  ', ['a']);
  check(['a'], 'x'.repeat(10_001), ['a']);
  check(['a'], 'x'.repeat(10_000), ['x'.repeat(10_000), 'a']);
});

test('at most a hundred are kept', () => {
  const full = Array.from({ length: 100 }, (_, i) => `q${i}`);
  const after = withQuery(full, 'new');
  expect(after).toHaveLength(100);
  expect(after[0]).toBe('new');
  expect(after.at(-1)).toBe('q98');
});

test('what is stored may be junk', () => {
  const check = (stored: string | null, expected: string[]): void => expect(historyOf(stored)).toEqual(expected);
  check(null, []);
  check('', []);
  check('{', []);
  check('null', []);
  check('{"0":"up"}', []);
  check('["up",1,null,["x"],"","up","down"]', ['up', 'down']);
  expect(historyOf(JSON.stringify(Array.from({ length: 1_000 }, (_, i) => `q${i}`)))).toHaveLength(100);
});
