import { expect, test } from 'vitest';
import type { LabelMap, TargetAnswer, TargetsAnswer } from '../../src/answers/index.ts';
import { changedLabels, type DiscoveryFilter, discoveredPools, ruleParts } from './discovered.ts';

const active = (scrapePool: string, address: string): TargetAnswer => ({
  discoveredLabels: { __address__: address, __meta_zone: 'z1' },
  labels: { instance: address, job: scrapePool },
  scrapePool,
  scrapeUrl: '',
  globalUrl: '',
  lastError: '',
  lastScrape: '0001-01-01T00:00:00Z',
  lastScrapeDuration: 0,
  health: 'up',
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
});
const ANSWER: TargetsAnswer = {
  activeTargets: [active('b', 'b1'), active('a', 'a1')],
  droppedTargets: [{ scrapePool: 'b', discoveredLabels: { __address__: 'b2', __meta_zone: 'z2' } }],
  droppedTargetCounts: { a: 0, b: 7, empty: 0 },
};

const check = (filter: Partial<DiscoveryFilter>, want: Record<string, string[]>) => {
  const pools = discoveredPools(ANSWER, { pool: '', states: [], search: '', ...filter });
  expect(Object.fromEntries(pools.map(({ name, shown }) => [name, shown.map(({ discovered }) => discovered.__address__)]))).toEqual(want);
  return pools;
};

test('active and dropped targets by pool', () => {
  const pools = check({}, { a: ['a1'], b: ['b1', 'b2'], empty: [] });
  expect(pools.map(({ active, dropped, droppedKept }) => [active, dropped, droppedKept])).toEqual([
    [1, 0, 0],
    [1, 7, 1],
    [0, 0, 0],
  ]);
});

test('filters', () => {
  check({ pool: 'a' }, { a: ['a1'] });
  check({ states: ['dropped'] }, { b: ['b2'] });
  check({ states: ['active'], search: 'zone=z1' }, { a: ['a1'], b: ['b1'] });
  check({ search: 'job="a"' }, { a: ['a1'] });
  check({ search: 'mtzne=z2' }, { b: ['b2'] });
  check({ pool: 'a', search: 'b1' }, {});
});

test('what a rule has changed', () => {
  const change = (before: LabelMap, after: LabelMap) =>
    changedLabels(before, after).map(({ name, value, change }) => `${name}=${value} ${change}`);
  expect(change({}, {})).toEqual([]);
  expect(change({ a: '1', b: '2', c: '3' }, { b: '2', c: '4', d: '5' })).toEqual(['a=1 removed', 'b=2 same', 'c=4 changed', 'd=5 added']);
  expect(change({}, { constructor: '1' })).toEqual(['constructor=1 added']);
});

test('a rule in the order in which it is read', () => {
  expect(ruleParts({ zzz: true, regex: '(.*)', modulus: 0, action: 'keep', source_labels: ['a', 'b'], extra: { x: 1 } })).toEqual([
    ['action', 'keep'],
    ['source_labels', 'a, b'],
    ['regex', '(.*)'],
    ['extra', '{"x":1}'],
    ['zzz', 'true'],
  ]);
});
