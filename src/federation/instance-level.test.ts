import { expect, test } from 'vitest';
import { fakeAsked, fakeSource } from '../../test/support/fake-federation.ts';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { WorkerError } from '../worker/index.ts';
import { notAsked } from './asked.ts';
import { InstanceLevel } from './instance-level.ts';

const NOW = 1_700_000_000_000;
const [a, b] = [fakeSource('a'), fakeSource('b', { honorLabels: false })];
const sources = [
  { target: a, asked: fakeAsked({ externalLabels: { dc: 'eu1' } }) },
  { target: b, asked: notAsked('down') },
];

test('series with instances of their own, by who wrote them; looked for every ten seconds at most', async () => {
  const clock = new FakeClock(NOW);
  const requests: object[] = [];
  let fails = false;
  const instances = new InstanceLevel({
    pool: {
      run: async (request: object) => {
        requests.push(request);
        if (fails) throw new WorkerError('timeout', 'busy');
        return {
          owners: [
            { id: 1, series: 9 - requests.length, names: [] },
            { id: 3, series: 5, names: [] },
          ],
          selected: 13,
        };
      },
    } as never,
    source: (owner) => (owner === 1 ? a : null),
    clock,
  });
  const check = async (series: number, times: number): Promise<void> => {
    expect([...(await instances.find(sources))]).toEqual([[a.pulls, series]]);
    expect(requests).toHaveLength(times);
  };
  expect([...(await instances.find([]))]).toEqual([]);
  await Promise.all([check(8, 1), check(8, 1)]);
  expect(requests[0]).toMatchObject({
    minT: NOW - 300_000,
    selectors: [
      [
        { name: 'instance', op: '!=', value: '' },
        { name: 'instance', op: '!=', value: 'a:1' },
        { name: 'dc', op: '=', value: 'eu1' },
      ],
      [
        { name: 'exported_instance', op: '!=', value: '' },
        { name: 'exported_instance', op: '!=', value: 'b:1' },
      ],
    ],
  });
  await check(8, 1);
  await clock.advance(10_000);
  await check(7, 2);
  fails = true;
  await clock.advance(10_000);
  await check(7, 3);
});
