import { expect, test } from 'vitest';
import { labelTexts, wordSearch } from './word-search.ts';

const check = (search: string, texts: string[], found: boolean) => expect(wordSearch(search)(texts), search).toBe(found);

test('every word has to be somewhere', () => {
  check('', [], true);
  check('  ', ['a'], true);
  check('api', ['http://API:80'], true);
  check('api 80', ['http://api:80'], true);
  check('api prod', ['job=api', 'env=prod'], true);
  check('api prod', ['job=api', 'env=dev'], false);
  check('a', [], false);
});

test('labels are found as they are written', () => {
  const labels = [...labelTexts({ job: 'api', env: 'prod' })];
  check('job="api"', labels, true);
  check('job=api env=pr', labels, true);
  check('job="ap"', labels, false);
  expect([...labelTexts(undefined)]).toEqual([]);
});
