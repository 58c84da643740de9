// What stats=all tells of a query, beside the real Prometheus's: how many samples were looked at, in all and at each step.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../support/made-blocks.ts';
import { type Peer, requirePeer } from '../support/peers.ts';
import { queryData } from '../support/query-generator.ts';
import { startOverSameBlocks } from '../support/same-blocks.ts';
import type { Tributary } from '../support/tributary.ts';

const START_MS = 1_600_000_000_000;
const START = START_MS / 1000;

describe.runIf(requirePeer('prometheus'))('statistics of queries', () => {
  let ours: Tributary;
  let theirs: Peer;
  beforeAll(async () => {
    ({ ours, theirs } = await startOverSameBlocks('statistics', queryData(seededRandom(7), START_MS, 240), [
      '--enable-feature=promql-per-step-stats',
    ]));
  }, 60_000);
  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop()]);
  });

  const samplesOf = async ({ url }: { url: string }, query: string, isRange: boolean) => {
    const times: Record<string, string> = isRange
      ? { start: String(START + 900.5), end: String(START + 1500.5), step: '60' }
      : { time: String(START + 1200.5) };
    const path = isRange ? 'query_range' : 'query';
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams({ query, ...times, stats: 'all' })}`);
    const { data } = (await response.json()) as { data: { stats: { samples: Record<string, unknown> } } };
    const { totalQueryableSamples, totalQueryableSamplesPerStep } = data.stats.samples;
    return { totalQueryableSamples, totalQueryableSamplesPerStep };
  };

  test.each([
    'level',
    'drift',
    'sum by (job) (rate(requests_total[5m]))',
    'level / on (job, instance) drift',
    'max_over_time(level[5m]) + min_over_time(level[2m])',
    'avg_over_time(sum(level)[5m:1m])',
    'max_over_time(rate(requests_total[2m])[5m:30s])',
    `sum(level @ ${START + 1000})`,
    `rate(requests_total[5m] @ ${START + 1000})`,
    `level + on (job, instance) (level @ ${START + 1000} > 3)`,
    'scalar(sum(level)) * level',
    'absent(level{job="none"})',
    'count_over_time(flapping[10m])',
    'topk(2, level)',
    // What stands in a query twice is evaluated once, and counts twice.
    'sum(level) / (sum(level) + sum(drift))',
    'max_over_time(sum(level)[5m:1m]) - sum(level) + sum(level)',
    '1 + 1',
  ])('%s', async (query) => {
    for (const isRange of [false, true]) {
      const expected = await samplesOf(theirs, query, isRange);
      expect(await samplesOf(ours, query, isRange)).toEqual(expected);
    }
  });
});
