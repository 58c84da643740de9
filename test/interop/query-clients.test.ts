// Clients that were made for Prometheus, and our own, ask our server and the real one over the same blocks: they see the same.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../support/made-blocks.ts';
import { findPeer, type Peer, requirePeer } from '../support/peers.ts';
import { queryData } from '../support/query-generator.ts';
import { startOverSameBlocks } from '../support/same-blocks.ts';
import type { Tributary } from '../support/tributary.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const START_MS = 1_600_000_000_000;
const START = START_MS / 1000;

interface CodemirrorClient {
  labelNames(metric?: string): Promise<string[]>;
  labelValues(label: string, metric?: string): Promise<string[]>;
  metricMetadata(): Promise<Record<string, unknown>>;
  series(metric: string): Promise<Record<string, string>[]>;
  metricNames(prefix?: string): Promise<string[]>;
  flags(): Promise<Record<string, string>>;
}
interface CodemirrorClientModule {
  HTTPPrometheusClient: new (config: { url: string; lookbackInterval: number; httpMethod: 'GET' | 'POST' }) => CodemirrorClient;
}

interface DriverAnswer {
  readonly resultType: string;
  readonly result: readonly { readonly metric: unknown; readonly value?: unknown; readonly values?: unknown }[];
}
interface Driver {
  instantQuery(query: string, time: Date): Promise<DriverAnswer>;
  rangeQuery(query: string, start: Date, end: Date, step: number): Promise<DriverAnswer>;
  series(match: string[], start: Date, end: Date): Promise<unknown[]>;
  labelNames(): Promise<string[]>;
  labelValues(name: string): Promise<string[]>;
}
interface DriverModule {
  PrometheusDriver: new (options: { endpoint: string; preferPost?: boolean }) => Driver;
}

const require = createRequire(import.meta.url);

describe.runIf(requirePeer('prometheus') && requirePeer('promtool'))('clients', () => {
  let ours: Tributary;
  let theirs: Peer;
  beforeAll(async () => {
    ({ ours, theirs } = await startOverSameBlocks('clients', queryData(seededRandom(7), START_MS, 240)));
  }, 60_000);
  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop()]);
  });

  describe('promtool, and our commands', () => {
    const promtool = (...args: string[]) => execFileSync(findPeer('promtool')!, args, { encoding: 'utf8' });
    const own = (...args: string[]) => execFileSync(PROGRAM, args, { encoding: 'utf8' });

    const same = (...[about, ...rest]: string[]) =>
      test(`query ${about} ${rest.join(' ')}`, () => {
        // Options stand before the server, what is asked behind it.
        const options = rest.filter((arg) => arg.startsWith('-'));
        const asked = rest.filter((arg) => !arg.startsWith('-'));
        const ask = (run: typeof own, { url }: { url: string }) => run('query', about, ...options, url, ...asked);
        const expected = ask(promtool, theirs);
        expect(expected).not.toBe('');
        expect(ask(promtool, ours)).toBe(expected);
        expect(ask(own, theirs)).toBe(expected);
        expect(ask(own, ours)).toBe(expected);
      });
    const at = `--time=${START + 1200}`;
    const during = [`--start=${START + 600}`, `--end=${START + 1200}`];
    same('instant', at, 'requests_total');
    same('instant', at, 'sum by (job) (rate(requests_total[5m]))');
    same('instant', at, '1e21');
    same('instant', at, '0 - 1e-9 * 3');
    same('instant', at, 'vector(0) / 0');
    same('instant', at, 'requests_total{job="a"}[1m]');
    same('instant', '--time=2020-09-13T12:46:40Z', 'time()');
    same('instant', '--format=json', at, 'requests_total{job="a"}');
    same('range', ...during, '--step=1m', 'level{job="a"}');
    same('range', ...during, 'count(level)');
    same('range', '--format=json', ...during, '--step=90s', 'time()');
    same('series', '--match=level', '--match={job="b",code="500"}', ...during);
    same('labels', ...during, 'job');
    same('labels', '--match=level', ...during, '__name__');

    test('what the server refuses is told in one sentence, exit code 1', () => {
      const { status, stdout, stderr } = spawnSync(PROGRAM, ['query', 'instant', ours.url, 'up{'], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        'tributary: query error: bad_data: invalid parameter "query": 1:4: parse error: unexpected end of input inside braces\n',
      );
    });
  });

  test('prometheus-query', async () => {
    const { PrometheusDriver } = require('prometheus-query') as DriverModule;
    for (const preferPost of [false, true]) {
      const [mine, other] = [ours, theirs].map(({ url }) => new PrometheusDriver({ endpoint: url, preferPost }));
      const both = async (ask: (driver: Driver) => Promise<unknown>) => {
        const answer = await ask(mine);
        expect(answer).toEqual(await ask(other));
        return answer;
      };
      const time = new Date(START_MS + 1_200_000);
      const [start, end] = [new Date(START_MS + 600_000), time];
      const vector = (await both((driver) => driver.instantQuery('sum by (job) (requests_total)', time))) as DriverAnswer;
      expect([vector.resultType, vector.result.length]).toEqual(['vector', 3]);
      const matrix = (await both((driver) => driver.rangeQuery('rate(requests_total[5m])', start, end, 60))) as DriverAnswer;
      expect([matrix.resultType, matrix.result.length]).toEqual(['matrix', 12]);
      expect(await both((driver) => driver.series(['level'], start, end))).toHaveLength(6);
      expect(await both((driver) => driver.labelNames())).toContain('zone');
      expect(await both((driver) => driver.labelValues('job'))).toEqual(['a', 'b', 'c']);
      const refused = (driver: Driver) =>
        driver.instantQuery('up{', time).then(
          () => null,
          ({ status, errorType, error }: Record<string, unknown>) => ({ status, errorType, error }),
        );
      expect(await refused(mine)).toEqual(await refused(other));
      expect(await refused(mine)).toMatchObject({ status: 'error' });
    }
  });

  test('the client of the query editor (codemirror-promql)', async () => {
    const { HTTPPrometheusClient } = require('@prometheus-io/codemirror-promql/dist/cjs/client/prometheus.js') as CodemirrorClientModule;
    const lookbackInterval = Date.now() - START_MS + 60_000;
    for (const httpMethod of ['GET', 'POST'] as const) {
      const [mine, other] = [ours, theirs].map(({ url }) => new HTTPPrometheusClient({ url, lookbackInterval, httpMethod }));
      const both = async (ask: (client: CodemirrorClient) => Promise<unknown>) => {
        const answer = await ask(mine);
        expect(answer).toEqual(await ask(other));
        return answer;
      };
      expect(await both((client) => client.labelNames())).toContain('zone');
      expect(await both((client) => client.labelNames('drift'))).toContain('zone');
      expect(await both((client) => client.labelValues('job'))).toEqual(['a', 'b', 'c']);
      expect(await both((client) => client.labelValues('code', 'requests_total'))).toEqual(['200', '500']);
      expect(await both((client) => client.metricNames())).toContain('level');
      expect(await both((client) => client.series('level'))).toHaveLength(6);
      expect(await both((client) => client.metricMetadata())).toEqual({});
      expect(await mine.flags()).toMatchObject({ 'query.lookback-delta': '5m' });
    }
  });
});
