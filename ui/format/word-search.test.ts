import { expect, test } from 'vitest';
import { labelTexts, wordSearch } from './word-search.ts';

const check = (search: string, texts: string[], found: boolean) =>
  expect(wordSearch(search, [['abcdefgh'], texts])(texts), search).toBe(found);

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

test('letters in order where no text has the words', () => {
  const all = [['HighErrorRate', 'rate(errors[5m]) > 0'], ['job="node-exporter"', 'job=node-exporter'], ['A sentence of words, some'], []];
  const check = (search: string, ...want: number[]) => {
    const found = wordSearch(search, all);
    expect(
      all.flatMap((texts, i) => (found(texts) ? [i] : [])),
      search,
    ).toEqual(want);
  };
  check('hierrate', 0);
  check('HiErRate', 0);
  check('nodexp', 1);
  check('job=ndexp', 1);
  check('hierrate rte', 0);
  check('hierrate nodexp');
  check('etarrorre');
  check('rrrrr');
  check('', 0, 1, 2, 3);
  // One that has the word hides those that have its letters.
  check('node', 1);
  check('rate', 0);
  // Within a word, not across a sentence or an expression.
  check('asow');
  check('rateerr');
  check('stce', 2);
});
