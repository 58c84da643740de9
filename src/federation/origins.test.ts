import { expect, test } from 'vitest';
import { fakeAsked, fakeSource } from '../../test/support/fake-federation.ts';
import { parseMetricSelector } from '../promql/index.ts';
import type { SeriesOwner } from '../worker/index.ts';
import { notAsked } from './asked.ts';
import { OriginFinder, type OriginQuestions } from './origins.ts';
import type { SourceTarget } from './source-target.ts';

const SOURCES: Record<number, SourceTarget> = { 1: fakeSource('a'), 3: fakeSource('c', { base: 'https://c/prom' }) };

interface Found {
  readonly owners: readonly SeriesOwner[];
  readonly selected?: number;
}

function finderOver({ owners, selected }: Found, asked: string[] = []) {
  const count = owners.reduce((sum, { series }) => sum + series, 0);
  return new OriginFinder({
    pool: { run: async () => ({ owners, selected: selected ?? count }) as never },
    id: 'ME',
    source: (id) => SOURCES[id] ?? (id > 100 ? fakeSource(`s${id}`) : null),
    questions: {
      ask: async ({ base }, { depth, via }) => {
        asked.push(`${base} ${depth} ${via}`);
        return base.startsWith('https') ? notAsked('cannot ask it: no') : fakeAsked({ externalUrl: 'https://a.example' });
      },
    },
    rules: {
      ask: async ({ base }, names) => {
        asked.push(`rules ${base} ${names}`);
        return base.startsWith('https') ? { rules: [], error: 'down' } : { rules: [{ name: names[0], query: 'sum(up)' }], error: '' };
      },
    },
  });
}

const find = (finder: OriginFinder, questions: Partial<OriginQuestions> = {}) =>
  finder.find([parseMetricSelector('up')], { labels: true, rules: false, ...questions });
const owner = (id: number, series = 1, names: readonly string[] = ['up']): SeriesOwner => ({ id, series, names });

test('by source; what was scraped here, made here, or by a target that is gone, is other', async () => {
  const asked: string[] = [];
  const { origins, warnings } = await find(finderOver({ owners: [owner(1, 5, ['a', 'b']), owner(2, 3), owner(0, 2), owner(9, 1)] }, asked));
  expect(origins).toEqual({
    origins: [
      {
        job: 'federate',
        instance: 'a:1',
        url: 'http://a:1/federate',
        webUrl: 'https://a.example',
        externalLabels: { dc: 'eu1' },
        honorLabels: true,
        series: 5,
        names: ['a', 'b'],
        rules: [],
        rulesError: '',
      },
    ],
    other: 6,
  });
  expect(warnings).toEqual([]);
  expect(asked).toEqual(['http://a:1 0 ME']);
});

test('sources are asked for what is wanted', async () => {
  const check = async (questions: OriginQuestions, expected: readonly string[]) => {
    const asked: string[] = [];
    await find(finderOver({ owners: [owner(1, 5, ['a', 'b']), owner(2, 3)] }, asked), questions);
    expect(asked).toEqual(expected);
  };
  await check({ labels: false, rules: false }, []);
  await check({ labels: true, rules: false }, ['http://a:1 0 ME']);
  await check({ labels: false, rules: true }, ['rules http://a:1 a,b']);
  await check({ labels: true, rules: true }, ['http://a:1 0 ME', 'rules http://a:1 a,b']);
});

test('rules, and why they may lack some', async () => {
  const check = async (owners: readonly SeriesOwner[], expected: object) => {
    const { origins, warnings } = await find(finderOver({ owners }), { rules: true });
    const { rules, rulesError, webUrl } = origins.origins[0];
    expect({ rules, rulesError, webUrl, warnings }).toEqual(expected);
  };
  const rules = [{ name: 'a', query: 'sum(up)' }];
  await check([owner(1, 1, ['a'])], { rules, rulesError: '', webUrl: 'https://a.example', warnings: [] });
  await check([owner(3, 1, ['a'])], {
    rules: [],
    rulesError: 'down',
    webUrl: 'https://c/prom',
    warnings: ['cannot tell the external labels of https://c/prom: cannot ask it: no'],
  });
});

test('what is left out is told', async () => {
  expect((await find(finderOver({ owners: [owner(0)], selected: 20_000 }))).warnings).toEqual([
    '20000 series are selected: the first 10000 were looked at',
  ]);
  const owners = Array.from({ length: 60 }, (_, i) => owner(101 + i));
  const { origins, warnings } = await find(finderOver({ owners }));
  expect(origins.origins.length).toBe(50);
  expect(warnings).toEqual(['the series came from 60 federation sources: the 50 with the most are told']);
});
