import { expect, test } from 'vitest';
import { closeNothing, isOpenIn } from './use-folds.ts';

/** Of a section `a`: open by default and closed by default. */
const check = (address: string, want: readonly [boolean, boolean], { together = true, isSearched = false } = {}) =>
  expect([true, false].map((byDefault) => isOpenIn(new URLSearchParams(address), { key: 'a', byDefault, together, isSearched }))).toEqual(
    want,
  );

test('what is open, by the address', () => {
  check('', [true, false]);
  check('open=b&closed=c', [true, false]);
  check('open=a', [true, true]);
  check('closed=a', [false, false]);
  check('folds=open', [true, true]);
  check('folds=open', [true, false], { together: false });
  check('folds=open&closed=a', [false, false]);
  check('folds=closed', [false, false]);
  check('folds=closed', [false, false], { together: false });
  check('folds=closed&open=a', [true, true]);
});

test('what a search finds is seen, unless it was closed then', () => {
  check('folds=closed', [true, false], { isSearched: true });
  check('folds=found-closed', [false, false], { isSearched: true });
  const after = (address: string): string => {
    const params = new URLSearchParams(address);
    closeNothing(params);
    return params.toString();
  };
  expect(after('folds=closed&closed=a&closed=b&open=c')).toBe('folds=closed&open=c');
  expect(after('folds=found-closed')).toBe('');
  expect(after('folds=open')).toBe('folds=open');
});
