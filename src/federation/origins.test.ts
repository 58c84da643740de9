import { expect, test } from 'vitest';
import { ScrapeError } from '../http/index.ts';
import { labelsOf } from '../model/index.ts';
import { parseMetricSelector } from '../promql/index.ts';
import type { SeriesOwner } from '../worker/index.ts';
import { OriginFinder, type OriginQuestions, type OwnerTarget } from './origins.ts';
import { SourceAnswerError } from './source-answers.ts';

const target = (scrapeUrl: string, instance: string): OwnerTarget => ({
  scrapeUrl,
  labels: labelsOf({ job: 'federate', instance }),
  honorLabels: true,
  httpClient: { of: instance } as never,
});

const TARGETS: Record<number, OwnerTarget> = {
  1: target('http://u:p@a:9090/federate?match[]=up', 'a:9090'),
  2: target('http://b:9090/metrics', 'b:9090'),
  3: target('https://c/prom/federate', 'c'),
};

interface Found {
  readonly owners: readonly SeriesOwner[];
  readonly selected?: number;
}

function finderOver({ owners, selected }: Found, asked: string[] = []) {
  const count = owners.reduce((sum, { series }) => sum + series, 0);
  return new OriginFinder({
    pool: { run: async () => ({ owners, selected: selected ?? count }) as never },
    owner: (id) => TARGETS[id] ?? (id > 100 ? target(`http://s${id}/federate`, `s${id}`) : undefined),
    sources: {
      identity: async ({ base, client }) => {
        asked.push(`identity ${base} ${(client as unknown as { of: string }).of}`);
        if (base.startsWith('https')) throw new SourceAnswerError('its answer is no JSON');
        return { externalLabels: [['dc', 'eu1']], webUrl: base === 'http://a:9090' ? 'https://a.example' : null };
      },
      rules: async ({ base }, names) => {
        asked.push(`rules ${base} ${names}`);
        if (base.startsWith('https')) throw new ScrapeError('timeout', 'context deadline exceeded');
        return { rules: [{ name: names[0], query: 'sum(up)' }], left: names.length > 1 };
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
        instance: 'a:9090',
        url: 'http://a:9090/federate',
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
  expect(asked).toEqual(['identity http://a:9090 a:9090']);
});

test('sources are asked for what is wanted', async () => {
  const check = async (questions: OriginQuestions, expected: readonly string[]) => {
    const asked: string[] = [];
    await find(finderOver({ owners: [owner(1, 5, ['a', 'b']), owner(2, 3)] }, asked), questions);
    expect(asked).toEqual(expected);
  };
  await check({ labels: false, rules: false }, []);
  await check({ labels: true, rules: false }, ['identity http://a:9090 a:9090']);
  await check({ labels: false, rules: true }, ['rules http://a:9090 a,b']);
  await check({ labels: true, rules: true }, ['identity http://a:9090 a:9090', 'rules http://a:9090 a,b']);
});

test('rules, and why they may lack some', async () => {
  const check = async (owners: readonly SeriesOwner[], expected: object) => {
    const { origins, warnings } = await find(finderOver({ owners }), { rules: true });
    const { rules, rulesError, webUrl } = origins.origins[0];
    expect({ rules, rulesError, webUrl, warnings }).toEqual(expected);
  };
  const rules = [{ name: 'a', query: 'sum(up)' }];
  await check([owner(1, 1, ['a'])], { rules, rulesError: '', webUrl: 'https://a.example', warnings: [] });
  await check([owner(1, 1, ['a', 'b'])], {
    rules,
    rulesError: 'http://a:9090 has more rules for these names than are told, or longer ones',
    webUrl: 'https://a.example',
    warnings: [],
  });
  await check([owner(3, 1, ['a'])], {
    rules: [],
    rulesError: 'cannot tell the rules of https://c/prom: context deadline exceeded',
    webUrl: 'https://c/prom',
    warnings: ['cannot tell the external labels of https://c/prom: its answer is no JSON'],
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

test('a mistake of ours is no answer of theirs', async () => {
  const finder = new OriginFinder({
    pool: { run: async () => ({ owners: [owner(1)], selected: 1 }) as never },
    owner: (id) => TARGETS[id],
    sources: {
      identity: async () => {
        throw new TypeError('BUG');
      },
      rules: async () => ({ rules: [], left: false }),
    },
  });
  await expect(find(finder)).rejects.toThrow('BUG');
});
