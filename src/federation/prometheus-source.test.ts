import { expect, test } from 'vitest';
import { ScrapeError } from '../http/index.ts';
import { askPrometheus } from './prometheus-source.ts';
import type { AskPath } from './source-client.ts';

const BUILD = { version: '2.42.0', goVersion: 'go1.20' };
const YAML =
  'global:\n  scrape_interval: 1m\n  external_labels:\n    dc: eu1\nscrape_configs:\n- job_name: good\n  honor_labels: true\n- job_name: bad\n';
const target = (job: string, more: object = {}): object => ({
  labels: { job, instance: 'i' },
  scrapePool: job,
  scrapeUrl: `http://u:p@${job}:1/x/federate?match%5B%5D=up&match%5B%5D=%7Ba%3D%22b%22%7D`,
  globalUrl: `http://${job}:1/x/federate?match%5B%5D=up`,
  lastError: '',
  lastScrape: '2026-01-02T03:04:05.678Z',
  lastScrapeDuration: 0.5,
  health: 'up',
  scrapeInterval: '15s',
  ...more,
});

interface Answers {
  build?: unknown;
  config?: unknown;
  targets?: unknown;
  query?: unknown;
  flags?: unknown;
  depth?: number;
}

const queries: string[] = [];
/** Paths that were asked for. */
let asked: string[] = [];

/** What it says of itself; an answer that is an Error is thrown. */
const ask = ({
  build = BUILD,
  config = { yaml: YAML },
  targets = { activeTargets: [] },
  query = { result: [] },
  flags = {},
  depth = 7,
}: Answers) => {
  asked = [];
  const answers: Record<string, unknown> = {
    '/status/buildinfo': build,
    '/status/flags': flags,
    '/status/config': config,
    '/targets': targets,
    '/query': query,
  };
  const path: AskPath = async (name, parameters) => {
    asked.push(name);
    if (name === '/query') queries.push(String(parameters.query));
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return askPrometheus(path, depth);
};

test('a Prometheus: its version, its labels, and of its targets those that are servers', async () => {
  const activeTargets = [target('good'), target('bad'), target('other', { scrapeUrl: 'http://other:1/metrics' })];
  const result = [
    { metric: { __name__: 'scrape_samples_scraped', job: 'good', instance: 'i' }, value: [1_700_000_000.5, '366'] },
    { metric: {}, value: [1_700_000_000.5, '0'] },
  ];
  const { server, error, labelsKnown, nodes } = await ask({ targets: { activeTargets }, query: { result } });
  expect([error, labelsKnown, nodes]).toEqual(['', true, 3]);
  expect(server).toMatchObject({
    id: '',
    software: 'prometheus',
    version: '2.42.0',
    externalLabels: { dc: 'eu1' },
    timeMs: 1_700_000_000_500,
  });
  const [good, bad] = server!.sources;
  expect(good).toEqual({
    job: 'good',
    instance: 'i',
    labels: { job: 'good', instance: 'i' },
    url: 'http://good:1/x/federate',
    webUrl: 'http://good:1/x',
    selectors: ['up', '{a="b"}'],
    honorLabels: true,
    intervalSeconds: 15,
    health: 'up',
    lastError: '',
    lastPullMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    pulls: 0,
    failures: 0,
    history: {
      timesMs: [Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
      ok: [true],
      series: [366],
      bytes: [null],
      durationSeconds: [0.5],
      lagSeconds: [null],
    },
    warnings: [],
    server: null,
    serverAsOfMs: 0,
    serverError: expect.stringContaining('not asked'),
  });
  expect(bad).toMatchObject({ honorLabels: false, warnings: [{ code: 'no_honor_labels' }], history: { series: [null] } });
});

test('what it is asked for its reports', async () => {
  const check = async (jobs: string[], expected: string): Promise<void> => {
    await ask({ targets: { activeTargets: jobs.map((job) => target('x', { labels: { job } })) } });
    expect(queries.at(-1)).toBe(expected);
  };
  await check([], 'vector(0)');
  await check(['a', 'b.c"\\'], 'scrape_samples_scraped{job=~"a|b\\\\.c\\"\\\\\\\\"} or vector(0)');
});

test('what cannot be asked is left out', async () => {
  const gone = new ScrapeError('body_too_large', 'body size limit exceeded');
  expect(await ask({ config: gone, flags: gone, query: gone, targets: { activeTargets: [target('bad')] } })).toMatchObject({
    error: 'its external labels could not be asked: its answer is too large',
    labelsKnown: false,
    server: { externalLabels: {}, timeMs: 0, sources: [{ honorLabels: true, warnings: [], history: { series: [null] } }] },
  });
  expect(await ask({ targets: gone })).toMatchObject({
    error: 'its targets could not be asked: its answer is too large',
    server: { sources: [] },
  });
  expect(await ask({ config: { yaml: 'x' }, targets: gone })).toMatchObject({
    error: 'its external labels are not known: its configuration cannot be read; its targets could not be asked: its answer is too large',
    labelsKnown: false,
  });
  expect(await ask({ build: { version: '2.24.0' } })).toMatchObject({
    server: { software: 'unknown' },
    error: expect.stringContaining('neither'),
  });
  await expect(ask({ build: gone })).rejects.toBe(gone);
});

test('hostile targets', async () => {
  const sources = async (...activeTargets: unknown[]) => (await ask({ targets: { activeTargets } })).server!.sources;
  expect(await sources(1, null, {}, target('a', { scrapeUrl: 5 }), target('a', { scrapeUrl: 'x/federate' }))).toEqual([]);
  const [one] = await sources(
    target('a', { scrapeUrl: 'javascript://x/federate' }),
    target('a', { lastScrape: 'x', health: 7, scrapeInterval: 'x', labels: [], lastError: {} }),
  );
  expect(one).toMatchObject({
    webUrl: 'http://a:1/x',
    lastPullMs: 0,
    health: 'unknown',
    intervalSeconds: 0,
    labels: {},
    job: '',
    lastError: '',
    history: { timesMs: [] },
  });
  const many = await ask({ targets: { activeTargets: Array.from({ length: 1000 }, () => target('a')) } });
  expect([many.server!.sources.length, many.server!.truncated]).toEqual([200, true]);
});

test('where it says that browsers find it', async () => {
  const check = async (flag: unknown, expected: string): Promise<void> =>
    expect((await ask({ flags: { 'web.external-url': flag } })).server!.externalUrl).toBe(expected);
  await check('', '');
  await check('https://a.example/prom/', 'https://a.example/prom');
  await check('javascript:alert(1)', '');
  await check(7, '');
});

test('it alone: nobody asks for its targets', async () => {
  expect(await ask({ depth: 0, flags: { 'web.external-url': 'http://x' } })).toMatchObject({
    server: { externalLabels: { dc: 'eu1' }, externalUrl: 'http://x', sources: [], truncated: true },
    error: '',
    labelsKnown: true,
    nodes: 1,
  });
  expect(asked).toEqual(['/status/buildinfo', '/status/flags', '/status/config']);
});
