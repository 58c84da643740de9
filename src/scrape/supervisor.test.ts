import { beforeEach, expect, test } from 'vitest';
import { FakeAppender, FakeCache, FakeClient, FakeClock } from '../../test/support/fake-scrape.ts';
import { parseConfig } from '../config/index.ts';
import { ScrapeError } from '../http/index.ts';
import { MetricRegistry } from '../metrics/index.ts';
import { type Logger, silentLogger } from '../model/index.ts';
import { StorageError } from '../storage/index.ts';
import { ScrapeSupervisor } from './index.ts';

const START = 1_700_000_000_000;
let clock: FakeClock;
let client: FakeClient;
let appender: FakeAppender;
let registry: MetricRegistry;
let supervisor: ScrapeSupervisor;
/** What was logged as info or warning, `level message`. */
let logged: string[];
const logger: Logger = {
  ...silentLogger,
  info: (message) => logged.push(`info ${message}`),
  warn: (message) => logged.push(`warn ${message}`),
  child: () => logger,
};

beforeEach(() => {
  logged = [];
  clock = new FakeClock(START);
  client = new FakeClient(clock);
  appender = new FakeAppender();
  supervisor = newSupervisor();
  FakeCache.alive = 0;
});

function newSupervisor(hostname = 'here'): ScrapeSupervisor {
  registry = new MetricRegistry();
  return new ScrapeSupervisor({
    appender,
    client,
    clock,
    registry,
    hostname,
    createCache: () => new FakeCache(client.window),
    logger,
    userAgent: 'Tributary/test',
    external: { listenAddress: ':9090', host: 'here:9090', scheme: 'http' },
  });
}

/** Jobs with an interval of 10 s. */
function apply(...jobs: string[]): void {
  const text = `global: {scrape_interval: 10s, scrape_timeout: 10s}\nscrape_configs:\n${jobs.map((job) => `  - {${job}}`).join('\n')}\n`;
  supervisor.apply(parseConfig(text, { file: 'test.yml', env: {} }).config);
}

const JOB = "job_name: j, static_configs: [{targets: ['a:1']}]";
const A = 'http://a:1/metrics';
const answer = (body: string) => client.answers.set(A, { body });
const up = (instance = 'a:1') => appender.samples(`"up", instance="${instance}"`);
/** The first scrape's time: what later ones are told apart by. */
const first = () => up()[0][0];
const metric = (name: string): number => {
  const family = registry.collect().find((one) => one.name === name);
  return [...family!.children()].reduce((sum, { child }) => sum + ('value' in child ? child.value : child.count), 0);
};

test('a target is scraped within one interval and then every interval, at the same time in it', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  expect(client.requests).toHaveLength(1);
  await clock.advance(30_000);
  expect(up().map(([t]) => t - first())).toEqual([0, 10_000, 20_000, 30_000]);
  expect(appender.samples('"x"').map(([t]) => t - first())).toEqual([0, 10_000, 20_000, 30_000]);
  expect(appender.openBatches).toBe(0);
});

test('the offset depends on target and server', async () => {
  const offsetOf = async (hostname: string): Promise<number> => {
    client.requests.length = 0;
    supervisor = newSupervisor(hostname);
    apply(JOB);
    await clock.advance(10_000);
    await supervisor.stop();
    return client.requests[0].wallMs % 10_000;
  };
  const here = await offsetOf('here');
  expect(await offsetOf('here')).toBe(here);
  expect(await offsetOf('there')).not.toBe(here);
});

test('what is asked for', async () => {
  apply(`${JOB}, scrape_timeout: 2500ms, params: {m: [x, y]}, body_size_limit: 1KB`);
  await clock.advance(10_000);
  const { url, request } = client.requests[0];
  expect(url).toBe('http://a:1/metrics?m=x&m=y');
  expect(request).toMatchObject({ timeoutMs: 2500, bodySizeLimitBytes: 1024 });
  expect(request.headers).toMatchObject({
    'User-Agent': 'Tributary/test',
    'X-Prometheus-Scrape-Timeout-Seconds': '2.5',
    'Accept-Encoding': 'gzip, zstd',
  });
  expect(request.headers.Accept).toMatch(/text\/plain;version=0\.0\.4/);
  apply(`${JOB}, enable_compression: false`);
  await clock.advance(10_000);
  expect(client.requests.at(-1)!.request.headers['Accept-Encoding']).toBe('identity');
});

test('targets with equal labels and URL are scraped once; each has its own time', async () => {
  apply("job_name: j, static_configs: [{targets: ['a:1', 'a:1', 'b:1']}, {targets: ['b:1', 'c:1']}]");
  await clock.advance(10_000);
  expect(client.requests.map((one) => one.url).sort()).toEqual(['http://a:1/metrics', 'http://b:1/metrics', 'http://c:1/metrics']);
  expect(new Set(client.requests.map((one) => one.wallMs)).size).toBe(3);
});

test('a slow target neither overlaps itself nor delays another', async () => {
  apply("job_name: j, static_configs: [{targets: ['a:1', 'b:1']}]");
  client.answers.set(A, { body: 'x 1\n', tookMs: 25_000 });
  await clock.advance(100_000);
  expect(client.requests.filter((one) => one.url !== A)).toHaveLength(10);
  const starts = client.requests.filter((one) => one.url === A).map((one) => one.wallMs);
  expect(starts.map((at) => at - starts[0])).toEqual([0, 25_000, 50_000, 75_000]);
  // Report series bear the time of the tick, or of the beginning where that is late.
  expect(up().map(([t]) => t - starts[0])).toEqual([0, 25_000, 50_000]);
});

test('report series and the target’s state', async () => {
  apply(`${JOB}, metric_relabel_configs: [{source_labels: [__name__], regex: y, action: drop}]`);
  client.answers.set(A, { body: 'x 1\ny 2\nz 3\n', tookMs: 250 });
  await clock.advance(15_000);
  const report = (name: string) => appender.samples(`"${name}"`)[0][1];
  expect(up()[0][1]).toBe(1);
  expect(report('scrape_duration_seconds')).toBe(0.25);
  expect(report('scrape_samples_scraped')).toBe(3);
  expect(report('scrape_samples_post_metric_relabeling')).toBe(2);
  expect(report('scrape_series_added')).toBe(2);
  expect(appender.samples('scrape_timeout_seconds')).toEqual([]);
  expect(supervisor.targets.active()).toMatchObject([
    {
      labels: [
        ['instance', 'a:1'],
        ['job', 'j'],
      ],
      scrapePool: 'j',
      scrapeUrl: A,
      health: 'up',
      lastError: '',
      lastScrapeDurationSeconds: 0.25,
      scrapeIntervalMs: 10_000,
      scrapeTimeoutMs: 10_000,
    },
  ]);
  apply(`${JOB}, extra_scrape_metrics: true, sample_limit: 7`);
  await clock.advance(10_000);
  expect([report('scrape_timeout_seconds'), report('scrape_sample_limit'), report('scrape_body_size_bytes')]).toEqual([10, 7, 12]);
});

test('a series that vanishes ends; one with a time of its own does not, unless told to', async () => {
  const check = async (options: string, expected: [string, string]) => {
    appender = new FakeAppender();
    supervisor = newSupervisor();
    apply(`${JOB}, ${options}`);
    answer(`x 1\ny 2 ${START + 5}\n`);
    await clock.advance(10_000);
    answer('z 1\n');
    await clock.advance(10_000);
    const shown = (name: string) => JSON.stringify(appender.samples(`"${name}"`).map(([t, v]) => [t - first(), v]));
    expect([shown('x'), shown('y')]).toEqual(expected);
    await supervisor.stop();
  };
  const ended = (v: number) => JSON.stringify([[0, v], [10_000, 'stale']]); // biome-ignore format: one line
  await check('honor_timestamps: false', [ended(1), ended(2)]);
  await check('honor_timestamps: true', [ended(1), expect.not.stringContaining('stale') as unknown as string]);
  await check('track_timestamps_staleness: true', [ended(1), expect.stringContaining('stale') as unknown as string]);
});

test('a scrape that fails commits nothing of itself: up 0, and stale markers once', async () => {
  const check = async (bad: Parameters<typeof client.answers.set>[1], error: string, counts: [number, number]) => {
    appender = new FakeAppender();
    supervisor = newSupervisor();
    apply(JOB);
    answer('x 1\n');
    await clock.advance(10_000);
    client.answers.set(A, bad);
    await clock.advance(20_000);
    answer('x 4\n');
    await clock.advance(10_000);
    const values = (name: string) => appender.samples(`"${name}"`).map(([, v]) => v);
    expect(values('up')).toEqual([1, 0, 0, 1]);
    expect(values('x')).toEqual([1, 'stale', 4]);
    expect(appender.samples('"w"')).toEqual([]);
    expect(values('scrape_samples_scraped')).toEqual([1, counts[0], counts[0], 1]);
    const added = counts[1] > 0 ? 1 : 0;
    expect(values('scrape_series_added'), 'the first failure tells of what was new').toEqual([1, added, 0, 0]);
    client.answers.set(A, bad);
    await clock.advance(10_000);
    expect(supervisor.targets.active()[0]).toMatchObject({ health: 'down', lastError: error });
    expect(appender.openBatches).toBe(0);
    await supervisor.stop();
  };
  await check({ error: new ScrapeError('timeout', 'context deadline exceeded') }, 'context deadline exceeded', [0, 0]);
  await check({ body: 'w 1\nbroken\n' }, 'line 1: bad broken', [1, 1]);
  await check(
    { body: 'w 1\n', contentType: 'text/html' },
    'received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified for target',
    [0, 0],
  );
  await check({ body: 'w 1\n{a="b"} 1\n' }, 'line 1, column 7: expected a metric name before the closing brace, got "}"', [1, 1]);
});

test('an empty body is a scrape without series, whatever its type', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  client.answers.set(A, { body: '', contentType: '' });
  await clock.advance(10_000);
  expect(up().map(([, v]) => v)).toEqual([1, 1]);
  expect(appender.samples('"x"').map(([, v]) => v)).toEqual([1, 'stale']);
});

test('a target that is removed: its series end with the time of the first missed scrape, after two intervals and a tenth', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  const sinceTick = clock.wallMs() - first();
  apply();
  await clock.advance(21_000 - sinceTick - 1);
  expect(appender.samples('"x"')).toHaveLength(1);
  await clock.advance(1);
  expect(appender.samples('"x"')).toEqual([
    [first(), 1],
    [first() + 10_000, 'stale'],
  ]);
  for (const name of ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'scrape_series_added']) {
    expect(appender.samples(`"${name}"`).at(-1)).toEqual([first() + 10_000, 'stale']);
  }
  expect([FakeCache.alive, clock.timers, client.requests.length]).toEqual([0, 0, 1]);
});

test('a target that comes back in time goes on; what it lost meanwhile ends', async () => {
  apply(JOB);
  answer('x 1\ny 1\n');
  await clock.advance(10_000);
  apply();
  await clock.advance(5_000);
  answer('x 2\n');
  apply(JOB);
  await clock.advance(60_000);
  expect(appender.samples('"x"').map(([, v]) => v)).not.toContain('stale');
  expect(up().map(([, v]) => v)).not.toContain('stale');
  expect(appender.samples('"y"').map(([, v]) => v)).toEqual([1, 'stale']);
  expect([FakeCache.alive, clock.timers]).toEqual([1, 1]);
});

test('a target that was never scraped leaves nothing', async () => {
  apply("job_name: j, scrape_interval: 1h, static_configs: [{targets: ['a:1']}]");
  apply();
  await clock.advance(1);
  expect([appender.stored.size, FakeCache.alive, clock.timers]).toEqual([0, 0, 0]);
});

test('the server’s end writes nothing more, even in the middle of a scrape', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  client.answers.set(A, { body: 'x 2\n', tookMs: 9_999 });
  await clock.advance(10_000);
  expect(client.running).toBe(1);
  await supervisor.stop();
  await clock.advance(60_000);
  expect(appender.samples('"x"').map(([, v]) => v)).toEqual([1]);
  expect(up()).toHaveLength(1);
  expect([appender.openBatches, FakeCache.alive, clock.timers]).toEqual([0, 0, 0]);
});

test('the server’s end does not wait for the last scrape of a loop that was replaced', async () => {
  apply(JOB);
  client.answers.set(A, { body: 'x 1\n', tookMs: 9_999 });
  await clock.advance(10_000);
  apply(`${JOB}, params: {a: [b]}`);
  apply(`${JOB}, params: {a: [c]}`);
  expect(client.running).toBe(1);
  await supervisor.stop();
  expect([client.running, appender.stored.size, appender.openBatches, FakeCache.alive, clock.timers]).toEqual([0, 0, 0, 0, 0]);
});

test('a loop that was replaced in the middle of a scrape ends it first', async () => {
  apply(JOB);
  client.answers.set(A, { body: 'x 1\n', tookMs: 9_000 });
  client.answers.set(`${A}?a=b`, { body: 'x 2\n' });
  await clock.advance(10_000);
  apply(`${JOB}, params: {a: [b]}`);
  await clock.advance(30_000);
  expect(client.mostRunning).toBe(1);
  const values = appender.samples('"x"').map(([, v]) => v);
  expect(values[0]).toBe(1);
  expect(new Set(values.slice(1))).toEqual(new Set([2]));
});

test('a reload that changes nothing for a target keeps its cache and its schedule', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  apply(JOB, "job_name: k, static_configs: [{targets: ['b:1']}]");
  await clock.advance(10_000);
  apply(`${JOB.replace('a:1', "a:1', 'c:1")}`);
  await clock.advance(50_000);
  expect(up().map(([t]) => t - first())).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  expect(appender.samples('"scrape_series_added", instance="a:1"').map(([, v]) => v)).toEqual([1, 0, 0, 0, 0, 0, 0]);
});

test('a reload that changes settings gives no stale markers to what goes on, only to what does not', async () => {
  const check = async (before: string, after: string, added: number) => {
    appender = new FakeAppender();
    supervisor = newSupervisor();
    FakeCache.alive = 0;
    apply(before);
    answer('x 1\ny 1\n');
    client.answers.set(`${A}?a=b`, { body: 'x 1\ny 1\n' });
    await clock.advance(10_000);
    apply(after);
    await clock.advance(60_000);
    expect(appender.samples('"x"').map(([, v]) => v)).not.toContain('stale');
    expect(up().map(([, v]) => v)).not.toContain('stale');
    expect(up().length).toBeGreaterThanOrEqual(6);
    expect(appender.samples('"scrape_series_added"')[1][1]).toBe(added);
    expect(FakeCache.alive).toBe(1);
    await supervisor.stop();
  };
  await check(JOB, `${JOB}, sample_limit: 5`, 0);
  await check(JOB, `${JOB}, scrape_timeout: 3s`, 0);
  await check(JOB, `${JOB}, scrape_interval: 9s, scrape_timeout: 3s`, 0);
  await check(JOB, `${JOB}, params: {a: [b]}`, 0);
  await check(JOB, `${JOB}, honor_labels: true`, 2);
  await check(JOB, `${JOB}, track_timestamps_staleness: true`, 2);
  await check(JOB, `${JOB}, metric_relabel_configs: [{source_labels: [__name__], regex: y, action: drop}]`, 1);
  expect(appender.samples('"y"').map(([, v]) => v)).toEqual([1, 'stale']);
});

test('too many targets: none is asked, all say why', async () => {
  apply("job_name: j, target_limit: 1, static_configs: [{targets: ['a:1', 'b:1']}]");
  await clock.advance(10_000);
  expect(client.requests).toHaveLength(0);
  expect([up()[0][1], up('b:1')[0][1]]).toEqual([0, 0]);
  const lastError = 'target_limit exceeded (number of targets: 2, limit: 1)';
  expect(supervisor.targets.active()).toMatchObject([
    { health: 'down', lastError },
    { health: 'down', lastError },
  ]);
  expect(metric('prometheus_target_scrape_pool_exceeded_target_limit_total')).toBe(1);
  apply("job_name: j, target_limit: 2, static_configs: [{targets: ['a:1', 'b:1']}]");
  await clock.advance(10_000);
  expect(client.requests).toHaveLength(2);
});

test('dropped targets are counted, and kept as far as they may', async () => {
  const drop = 'relabel_configs: [{action: drop, source_labels: [__address__], regex: b.*}]';
  const groups = "static_configs: [{targets: ['a:1', 'b:1', 'b:2', 'b:3']}]";
  apply(`job_name: j, keep_dropped_targets: 2, ${drop}, ${groups}`, `job_name: k, ${drop}, ${groups}`, 'job_name: empty');
  expect(supervisor.targets.scrapePools()).toEqual(['j', 'k', 'empty']);
  expect(supervisor.targets.dropped().map((one) => one.scrapePool)).toEqual(['j', 'j', 'k', 'k', 'k']);
  expect([...supervisor.targets.droppedCounts()]).toEqual([
    ['j', 3],
    ['k', 3],
    ['empty', 0],
  ]);
});

test('series that the head has no memory for do not take the others down, and are tried again', async () => {
  const y = '{__name__="y", instance="a:1", job="j"}';
  appender.refuse.set(y, new StorageError('out_of_memory', 'full'));
  apply(JOB);
  answer('x 1\ny 1\n');
  await clock.advance(20_000);
  expect(appender.samples('"x"').map(([, v]) => v)).toEqual([1, 1]);
  const shown = (): string => supervisor.targets.active()[0].lastError;
  expect(supervisor.targets.active()[0]).toMatchObject({ health: 'up' });
  expect(shown(), 'also in a scrape that did not ask').toBe("1 new series refused: the head's memory is used up");
  expect(metric('tributary_target_scrapes_sample_out_of_memory_total')).toBe(1);
  appender.refuse.set('{__name__="z", instance="a:1", job="j"}', new StorageError('out_of_memory', 'full'));
  answer('x 1\ny 1\nz 1\n');
  await clock.advance(10_000);
  expect(shown()).toBe("2 new series refused: the head's memory is used up");
  client.answers.set(A, { error: new ScrapeError('timeout', 'context deadline exceeded') });
  await clock.advance(60_000);
  expect(shown()).toBe('context deadline exceeded');
  answer('x 1\ny 1\nz 1\n');
  await clock.advance(60_000);
  expect(shown()).toBe("2 new series refused: the head's memory is used up");
  expect(logged, 'once, however often they are refused').toEqual(["warn New series refused: the head's memory is used up"]);
  const before = appender.samples('"x"').length;
  appender.refuse.clear();
  await clock.advance(80_000);
  expect(shown()).toBe('');
  expect(logged.slice(1)).toEqual(['info No series are refused any more']);
  expect(
    appender
      .samples('"x"')
      .slice(before)
      .map(([, v]) => v),
  ).not.toContain('stale');
  expect(appender.samples('"y"').length).toBeGreaterThan(0);
  expect(FakeCache.alive).toBe(1);
});

test('metadata of targets: by name, by target, for federation; gone with the target', async () => {
  apply(JOB);
  answer('# HELP x what x is\n# TYPE x counter\nx 1\n');
  await clock.advance(10_000);
  const x = { metric: 'x', type: 'counter', help: 'what x is', unit: '' };
  expect(supervisor.metadata.byName().get('x')).toEqual([x]);
  expect([...supervisor.metadata.byTarget()].map((one) => one.metrics.get('x'))).toEqual([x]);
  expect(supervisor.federationMetadata().names.get('x')).toEqual({ type: 'counter', help: 'what x is' });
  expect(metric('prometheus_target_metadata_cache_entries')).toBe(1);
  answer('# TYPE x gauge\nx 1\n');
  await clock.advance(10_000);
  expect(supervisor.metadata.byName().get('x')).toEqual([{ ...x, type: 'gauge', help: '' }]);
  apply();
  await clock.advance(30_000);
  expect(supervisor.metadata.byName().size).toBe(0);
});

test('a wall clock that jumps back gives no scrape the time of another', async () => {
  apply(JOB);
  answer('x 1\n');
  await clock.advance(10_000);
  clock.setWall(clock.wallMs() + 3_600_000);
  await clock.advance(30_000);
  const times = up().map(([t]) => t);
  expect(times.length).toBe(4);
  expect(times.slice(2).map((t, i) => t - times[i + 1])).toEqual([10_000, 10_000]);
  expect(times[1] - times[0]).toBe(3_610_000);
});

test('what a target tells of its metrics goes with its series, when something of it is new', async () => {
  appender.wantsMetadata = true;
  apply(JOB);
  const told = () =>
    appender.described.splice(0).map(([series, { type, help }]) => `${/"(?:x|y)[a-z_]*"/.exec(series)![0]} ${type} ${help}`);
  answer('# HELP x_total All x.\n# TYPE x_total counter\nx_total{a="1"} 1\nx_total{a="2"} 1\nother 1\n');
  await clock.advance(10_000);
  expect(told()).toEqual(['"x_total" counter All x.', '"x_total" counter All x.']);
  await clock.advance(20_000);
  expect(told()).toEqual([]);
  answer('# HELP x_total All x.\n# TYPE x_total counter\nx_total{a="1"} 1\nx_total{a="2"} 1\nother 1\n# TYPE y gauge\ny 1\n');
  await clock.advance(10_000);
  expect(told()).toContain('"y" gauge ');
  // What the store did not take comes again.
  const commit = appender.commit.bind(appender);
  appender.commit = async (batch) => {
    appender.commit = commit;
    appender.discard(batch);
    throw new StorageError('disk_full', 'no space');
  };
  answer('# HELP x_total Other x.\n# TYPE x_total counter\nx_total{a="1"} 1\n');
  await clock.advance(10_000);
  expect(told()).toEqual([]);
  await clock.advance(10_000);
  expect(told()).toEqual(['"x_total" counter Other x.']);
  await clock.advance(10_000);
  expect(told()).toEqual([]);
});
