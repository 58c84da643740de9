import { expect, test } from 'vitest';
import type { TargetAnswer, TargetHealth } from '../../src/answers/index.ts';
import { endpointOf, opensByItself, poolsOf, type TargetFilter } from './target-pools.ts';

const target = (scrapePool: string, instance: string, health: TargetHealth): TargetAnswer => ({
  discoveredLabels: {},
  labels: { instance, job: scrapePool },
  scrapePool,
  scrapeUrl: `http://${instance}/metrics`,
  globalUrl: `http://${instance}/metrics`,
  lastError: health === 'down' ? 'connection refused' : '',
  lastScrape: '0001-01-01T00:00:00Z',
  lastScrapeDuration: 0,
  health,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
});
const TARGETS = [target('b', 'b1:80', 'up'), target('b', 'b2:80', 'down'), target('a', 'a1:80', 'up'), target('c', 'c1:80', 'unknown')];

const check = (filter: Partial<TargetFilter>, want: Record<string, string[]>) => {
  const pools = poolsOf(TARGETS, ['a', 'b', 'c', 'empty'], { pool: '', health: [], search: '', ...filter });
  expect(Object.fromEntries(pools.map(({ name, shown }) => [name, shown.map(({ labels }) => labels.instance)]))).toEqual(want);
  return pools;
};

test('pools with problems come first, and in them the targets that are down', () => {
  const pools = check({}, { b: ['b2:80', 'b1:80'], a: ['a1:80'], c: ['c1:80'], empty: [] });
  expect(pools.map(({ name, up, down, total }) => [name, up, down, total])).toEqual([
    ['b', 1, 1, 2],
    ['a', 1, 0, 1],
    ['c', 0, 0, 1],
    ['empty', 0, 0, 0],
  ]);
});

test('filters', () => {
  check({ pool: 'a' }, { a: ['a1:80'] });
  check({ pool: 'none' }, {});
  check({ health: ['down'] }, { b: ['b2:80'] });
  check({ health: ['down', 'unknown'] }, { b: ['b2:80'], c: ['c1:80'] });
  check({ search: 'job="b" 80' }, { b: ['b2:80', 'b1:80'] });
  check({ search: 'refused' }, { b: ['b2:80'] });
  check({ search: 'A1:80/metrics' }, { a: ['a1:80'] });
  check({ search: 'rfsd' }, { b: ['b2:80'] });
  // What the words find is left out by another filter: letters do not stand in for it.
  check({ health: ['up'], search: 'refused' }, {});
});

test('what opens by itself', () => {
  const opened = (up: number, down: number) => {
    const many = [...Array(up).keys()].map((i) => target('fine', `f${i}`, 'up'));
    const bad = [...Array(down).keys()].map((i) => target('ailing', `a${i}`, 'down'));
    const pools = poolsOf([...many, ...bad], [], { pool: '', health: [], search: '' });
    return pools.filter(opensByItself(pools)).map(({ name }) => name);
  };
  expect(opened(10, 1)).toEqual(['ailing', 'fine']);
  expect(opened(1000, 1)).toEqual(['ailing']);
  expect(opened(1000, 1000)).toEqual([]);
});

test('endpoints', () => {
  const urls = (scrapeUrl: string, globalUrl = scrapeUrl) => endpointOf({ scrapeUrl, globalUrl });
  expect(urls('http://localhost:1/federate?match%5B%5D=%7Ba%3D%22b%22%7D&x=', 'http://host:1/federate?x=')).toEqual({
    href: 'http://host:1/federate?x=',
    text: 'http://localhost:1/federate',
    params: [
      ['match[]', '{a="b"}'],
      ['x', ''],
    ],
  });
  expect(urls('javascript:alert(1)').href).toBe(null);
  expect(urls('no url')).toEqual({ href: null, text: 'no url', params: [] });
});
