import { beforeEach, expect, test } from 'vitest';
import { FakeAppender, FakeCache, FakeClient, FakeClock } from '../../test/support/fake-scrape.ts';
import { parseConfig } from '../config/index.ts';
import { ScrapeError } from '../http/index.ts';
import { MetricRegistry } from '../metrics/index.ts';
import { silentLogger } from '../model/index.ts';
import { StorageError } from '../storage/index.ts';
import { type FederationSourceTarget, ScrapeSupervisor } from './index.ts';

const START = 1_700_000_000_000;
let clock: FakeClock;
let client: FakeClient;
let appender: FakeAppender;
let supervisor: ScrapeSupervisor;

beforeEach(() => {
  clock = new FakeClock(START);
  client = new FakeClient(clock);
  appender = new FakeAppender();
  supervisor = new ScrapeSupervisor({
    appender,
    client,
    clock,
    registry: new MetricRegistry(),
    hostname: 'here',
    createCache: () => new FakeCache(client.window),
    logger: silentLogger,
    userAgent: 'Tributary/test',
    external: { listenAddress: ':9090', host: 'here:9090', scheme: 'http' },
  });
});

/** Jobs with an interval of 10 s. */
function apply(...jobs: string[]): void {
  const text = `global: {scrape_interval: 10s, scrape_timeout: 10s}\nscrape_configs:\n${jobs.map((job) => `  - {${job}}`).join('\n')}\n`;
  supervisor.apply(parseConfig(text, { file: 'test.yml', env: {} }).config);
}

const sources = (): FederationSourceTarget[] => [...supervisor.federationSources.targets()];
const JOB = "job_name: j, metrics_path: /federate, params: {'match[]': [up]}, static_configs: [{targets: ['a:1']}]";
const URL_OF_A = 'http://a:1/federate?match%5B%5D=up';

test('only targets whose path ends in /federate', () => {
  const check = (job: string, expected: Partial<FederationSourceTarget>[]): void => {
    apply(`job_name: j, ${job}`);
    expect(sources()).toMatchObject(expected);
    expect(sources()).toHaveLength(expected.length);
  };
  const at = (path: string) => `metrics_path: ${path}, static_configs: [{targets: ['a:1']}]`;
  check(at('/metrics'), []);
  check(at('/federate/x'), []);
  check(`${at('/metrics')}, params: {x: [/federate]}`, []);
  check(at('/federate'), [{ base: 'http://a:1', selectors: [], honorLabels: false, intervalMs: 10_000 }]);
  check(at('/p/federate'), [{ base: 'http://a:1/p' }]);
  check(`${at('/federate')}, honor_labels: true, scheme: https, params: {a: [b], 'match[]': ['{job="x"}', up]}`, [
    { base: 'https://a:1', selectors: ['{job="x"}', 'up'], honorLabels: true, job: 'j', instance: 'a:1' },
  ]);
  // Relabelling has the last word on the first selector, the address and the names.
  check(
    `${at('/federate')}, params: {'match[]': [up, down]}, relabel_configs: [{target_label: '__param_match[]', replacement: x}, {target_label: __address__, replacement: 'u:p@b:2'}, {target_label: job, replacement: k}]`,
    [{ base: 'http://b:2', selectors: ['x', 'down'], job: 'k' }],
  );
  check('metrics_path: /federate, static_configs: [{targets: ["localhost:7"]}]', [{ base: 'http://localhost:7' }]);
});

test('what each pull was', async () => {
  apply(JOB);
  const [seenBefore] = sources();
  expect([seenBefore.pulls.columns().timesMs, seenBefore.report.health]).toEqual([[], 'unknown']);
  client.answers.set(URL_OF_A, { body: `a 1 ${START - 5000}\nb 2 ${START - 9000}\nc 3\n`, tookMs: 500 });
  await clock.advance(10_500);
  expect(seenBefore.report.health).toBe('up');
  const [first] = sources()[0].pulls.columns().timesMs;
  expect(first).toBe(client.requests[0].wallMs + 500);
  client.answers.set(URL_OF_A, { body: 'c 3\n' });
  await clock.advance(10_000);
  client.answers.set(URL_OF_A, { error: new ScrapeError('connect', 'no such host') });
  await clock.advance(10_000);
  client.answers.set(URL_OF_A, { body: 'c 3\n' });
  appender.failCommits = new StorageError('closed', 'the store is closed');
  await clock.advance(10_000);
  const [{ pulls, report }] = sources();
  expect(pulls.columns()).toMatchObject({
    ok: [true, true, false, false],
    series: [3, 1, null, 1],
    bytes: [40, 4, null, 4],
    durationSeconds: [0.5, 0, 0, 0],
    lagSeconds: [(first - START + 5000) / 1000, null, null, null],
  });
  expect([pulls.pulls, pulls.failures]).toEqual([4, 2]);
  expect(report).toMatchObject({ health: 'down', error: 'the store is closed' });
});

test('the history outlives a reload that keeps the target, or its place', async () => {
  apply(JOB);
  await clock.advance(20_000);
  const counts = (): number[] => sources().map(({ pulls }) => pulls.pulls);
  const check = async (job: string, expected: number[]): Promise<void> => {
    apply(job);
    await clock.advance(1);
    expect(counts()).toEqual(expected);
  };
  await check(JOB, [2]);
  await check(`${JOB}, honor_labels: true`, [2]);
  await check(JOB.replace('[up]', '[up, down]'), [2]);
  await check(JOB.replace('/federate', '/other/federate'), [0]);
  await check(JOB.replace('/federate', '/metrics'), []);
});

test('the series know which source wrote them', async () => {
  const ofOwner = (labels: string) => supervisor.federationSources.ofOwner(appender.owners.get(labels)!);
  const source = '{__name__="c", instance="a:1", job="j"}';
  const other = '{__name__="c", instance="b:1", job="k"}';
  const OTHER = "job_name: k, static_configs: [{targets: ['b:1']}]";
  apply(JOB, OTHER);
  client.answers.set(URL_OF_A, { body: 'c 1\n' });
  client.answers.set('http://b:1/metrics', { body: 'c 1\n' });
  await clock.advance(10_000);
  expect(ofOwner(source)).toEqual(sources()[0]);
  expect([ofOwner(other), supervisor.federationSources.ofOwner(99)]).toEqual([null, null]);
  // What is reported of the pulls was not pulled.
  expect(ofOwner('{__name__="up", instance="a:1", job="j"}')).toBeNull();
  apply(`${JOB}, honor_labels: true`, OTHER);
  expect(ofOwner(source)).toMatchObject({ base: 'http://a:1', honorLabels: true });
  // Another URL goes on with the series.
  apply(JOB.replace('/federate', '/p/federate'));
  expect(ofOwner(source)).toMatchObject({ base: 'http://a:1/p' });
  apply(OTHER);
  expect(ofOwner(source)).toBeNull();
});
