// The JSON API against the real Prometheus: the same targets for both, the same questions, the same answers (status, type and
// JSON). Named differences: what 3.x added to 2.42's answers is taken out before the comparison, times and durations are blanked.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const BODY = `# HELP http_seconds Latency.
# TYPE http_seconds histogram
http_seconds_bucket{code="200",le="0.5"} 1
http_seconds_bucket{code="200",le="+Inf"} 2
http_seconds_sum{code="200"} 3
http_seconds_count{code="200"} 2
# HELP temperature Outside; with "quotes" and \\\\ a backslash.
# TYPE temperature gauge
temperature{place="München \\"Süd\\""} -3.5
temperature{place="<&>"} 4
plain 1
`;

type Json = Record<string, unknown>;

const BLANKED = new Set(['lastScrape', 'lastScrapeDuration']);
const ADDED_SINCE = new Set(['droppedTargetCounts']);

/** Without what may differ. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Json).filter(([key]) => !ADDED_SINCE.has(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, BLANKED.has(key) ? `a ${typeof inner}` : comparable(inner)]));
}

describe.runIf(requirePeer('prometheus'))('the API answers as Prometheus', () => {
  let target: StaticTarget;
  let ours: Peer;
  let theirs: Peer;

  beforeAll(async () => {
    target = await StaticTarget.start(BODY);
    const config = `global: {scrape_interval: 1s}
scrape_configs:
- job_name: live
  static_configs: [{targets: ['${target.address}'], labels: {group: g}}]
- job_name: dead
  static_configs: [{targets: ['127.0.0.1:1']}]
- job_name: dropped
  relabel_configs: [{source_labels: [job], regex: dropped, action: drop}]
  static_configs: [{targets: ['127.0.0.1:2']}]
alerting:
  alertmanagers:
  - scheme: https
    path_prefix: /am/../x y/
    static_configs: [{targets: ['127.0.0.1:3', '127.0.0.1:3', '[::1]:4', 'gone:5'], labels: {a: b}}]
    relabel_configs: [{source_labels: [__address__, a], regex: 'gone.*;b', action: drop}]
`;
    [ours, theirs] = await Promise.all([startTributary({ config }), startPrometheus({ config })]);
    for (const server of [ours, theirs]) {
      await vi.waitFor(
        async () => {
          const { data } = (await (await fetch(`${server.url}/api/v1/targets?state=active`)).json()) as {
            data: { activeTargets: { health: string }[] };
          };
          expect(data.activeTargets.map((t) => t.health).sort()).toEqual(['down', 'up']);
          const alertmanagers = await (await fetch(`${server.url}/api/v1/alertmanagers`)).json();
          expect(alertmanagers).toMatchObject({ data: { activeAlertmanagers: { length: 2 } } });
        },
        { timeout: 30_000, interval: 200 },
      );
    }
  });
  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop(), target?.close()]);
  });

  async function ask(server: Peer, path: string, init: RequestInit, change: (body: unknown) => unknown): Promise<unknown> {
    const response = await fetch(`${server.url}${path}`, init);
    const text = await response.text();
    const type = response.headers.get('content-type');
    return [response.status, type, type === 'application/json' ? change(comparable(JSON.parse(text))) : text];
  }

  const same = (body: unknown): unknown => body;
  const check = (path: string, init: RequestInit = {}, change = same) =>
    test(`${init.method ?? 'GET'} ${path}`, async () => {
      expect(await ask(ours, path, init, change)).toEqual(await ask(theirs, path, init, change));
    });
  /** Series come in no particular order. */
  const unordered = (body: unknown): unknown => {
    const { data, ...rest } = body as { data: Json[] };
    return { ...rest, data: Array.isArray(data) ? data.map((labels) => JSON.stringify(Object.entries(labels).sort())).sort() : data };
  };
  const form = (body: string): RequestInit => ({ method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  /** 3.x names the pool of a dropped target. */
  const withoutPool = (body: unknown): unknown => {
    const { data, ...rest } = body as { data: { droppedTargets: Json[] } };
    return { ...rest, data: { ...data, droppedTargets: data.droppedTargets.map(({ scrapePool, ...target }) => target) } };
  };

  check('/api/v1/targets', {}, withoutPool);
  check('/api/v1/targets?state=active&scrapePool=live');
  check('/api/v1/targets?state=dropped', {}, withoutPool);
  check('/api/v1/targets?state=nonsense');
  check('/api/v1/scrape_pools');
  check('/api/v1/metadata');
  check('/api/v1/metadata?metric=temperature');
  check('/api/v1/metadata?metric=nope');
  check('/api/v1/metadata?limit=x');
  check('/api/v1/metadata?limit=0');
  check('/api/v1/targets/metadata?metric=http_seconds');
  check('/api/v1/targets/metadata?match_target={job="dead"}');
  check('/api/v1/targets/metadata?match_target={job=');
  check('/api/v1/targets/metadata?limit=x');
  check('/api/v1/series');
  check('/api/v1/series?match[]=temperature', {}, unordered);
  check('/api/v1/series?match[]=temperature&match[]=plain', {}, unordered);
  check('/api/v1/series?match[]={__name__=~"http_.*",le!=""}', {}, unordered);
  check('/api/v1/series?match[]={}', {}, unordered);
  check('/api/v1/series?match[]={a=~".*"}', {}, unordered);
  check('/api/v1/series?match[]=up[5m]', {}, unordered);
  check('/api/v1/series?match[]=sum(up)', {}, unordered);
  check('/api/v1/series?match[]=up&start=x', {}, unordered);
  check('/api/v1/series?match[]=up&end=2020-13-01T00:00:00Z', {}, unordered);
  check('/api/v1/series?match[]=up&start=1&end=2', {}, unordered);
  check('/api/v1/series', form('match[]=up'), unordered);
  check('/api/v1/labels');
  check('/api/v1/labels', form('match[]=plain'));
  check('/api/v1/labels?match[]=nope');
  check('/api/v1/labels?match[]=up{');
  check('/api/v1/label/place/values');
  check('/api/v1/label/job/values?match[]=plain');
  check('/api/v1/label/nope/values');
  check('/api/v1/label/job/values?match[]=up{');
  check('/api/v1/alerts');
  check('/api/v1/rules');
  check('/api/v1/alertmanagers');
  check('/api/v1/status/walreplay');
  // The future, so that both have scraped by then; the lookback reaches back to now.
  const time = `time=${Math.floor(Date.now() / 1000) + 120}`;
  /** Series come in no particular order; of a matrix, which values there are. */
  const series = (body: unknown): unknown => {
    const { data, ...rest } = body as {
      data?: { resultType: string; result: { metric: Json; value?: unknown; values?: [number, string][] }[] };
    };
    if (data === undefined) return rest;
    const result = data.result.map(({ metric, value, values }) =>
      JSON.stringify([Object.entries(metric).sort(), value ?? [...new Set(values!.map(([, v]) => v))]]),
    );
    return { ...rest, resultType: data.resultType, result: result.sort() };
  };
  check(`/api/v1/query?query=temperature&${time}`, {}, series);
  check(`/api/v1/query?query={__name__=~"http_.*|plain"}&${time}`, {}, series);
  check(`/api/v1/query?query=temperature[5m]&${time}`, {}, series);
  check(`/api/v1/query?query=temperature{place="<%26>"}[1000s] offset 1s&${time}`, {}, series);
  check(`/api/v1/query?query=plain @ ${time.slice(5)}.5 offset -1s&time=5`, {}, series);
  check(`/api/v1/query?query=plain @ end()&${time}&timeout=10s`, {}, series);
  check(`/api/v1/query?query=plain @ 5&${time}`, {}, series);
  check(`/api/v1/query?query=nope&${time}`, {}, series);
  check(`/api/v1/query?query=nope[5m]&${time}`, {}, series);
  check('/api/v1/query', form(`query=plain&${time}`), series);
  for (const query of [
    'up{',
    '{}',
    '{job=~".*"}',
    'up{__name__="x"}',
    'up[5m',
    'up[5m][5m]',
    'up offset 5m[5m]',
    'up @ 5[5m]',
    'up offset 1m offset 1m',
    'up @ 1 @ 2',
  ])
    check(`/api/v1/query?query=${query}&${time}`, {}, series);
  check('/api/v1/query?query=up&time=x', {}, series);
  check('/api/v1/query?query=up&timeout=x', {}, series);
  check('/api/v1/admin/tsdb/snapshot', { method: 'POST' });
  check('/api/v1/admin/tsdb/delete_series', { method: 'PUT' });
  check('/api/v1/admin/tsdb/clean_tombstones', { method: 'POST' });
  check('/api/v1/admin/tsdb/clean_tombstones');
  check('/api/v1/nope');
  check('/nope');
  check('/-/reload', { method: 'POST' });
  check('/-/quit', { method: 'PUT' });
  check('/-/reload');
  check('/api/v1/targets', { method: 'POST' });
  check('/metrics', { method: 'POST' });

  /** Which keys there are, and of what type. */
  const shape = (body: unknown): unknown =>
    Object.fromEntries(
      Object.entries((body as { data: Json }).data).map(([key, value]) => [key, Array.isArray(value) ? 'list' : typeof value]),
    );
  const checkContains = (path: string, without: readonly string[] = []) =>
    test(`what Prometheus tells at ${path}`, async () => {
      const [, , theirShape] = (await ask(theirs, path, {}, shape)) as [number, string, Json];
      for (const key of without) delete theirShape[key];
      expect((await ask(ours, path, {}, shape)) as unknown[]).toEqual([200, 'application/json', expect.objectContaining(theirShape)]);
    });
  checkContains('/api/v1/status/buildinfo');
  checkContains('/api/v1/status/runtimeinfo');
  checkContains('/api/v1/status/config');
  // Removed between 2.42 and 3.14, or Debian's own.
  checkContains('/api/v1/status/flags', [
    'alertmanager.timeout',
    'storage.agent.use-lockfile',
    'storage.tsdb.allow-overlapping-blocks',
    'storage.tsdb.retention',
    'storage.tsdb.use-lockfile',
    'web.local-assets',
  ]);

  test('what the head holds', async () => {
    const counts = async (server: Peer): Promise<unknown> => {
      const { data } = (await (await fetch(`${server.url}/api/v1/status/tsdb`)).json()) as {
        data: Record<string, { name: string; value: number }[]>;
      };
      const { headStats, seriesCountByMetricName, labelValueCountByLabelName, seriesCountByLabelValuePair } = data as never as Json;
      const { numSeries, numLabelPairs } = headStats as Json;
      // Ten are shown: which of those with the tenth's value, and in which order equal ones stand, is open.
      const sorted = (list: unknown): unknown => {
        const entries = list as { name: string; value: number }[];
        const sure = entries.filter(({ value }) => entries.length < 10 || value > entries[9].value);
        return sure.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
      };
      return [
        numSeries,
        numLabelPairs,
        sorted(seriesCountByMetricName),
        sorted(labelValueCountByLabelName),
        sorted(seriesCountByLabelValuePair),
      ];
    };
    expect(await counts(ours)).toEqual(await counts(theirs));
  });

  test('what the head holds in memory, as its metrics tell it', async () => {
    const { data } = (await (await fetch(`${ours.url}/api/v1/status/tsdb`)).json()) as { data: Json };
    const { usedBytes, limitBytes } = data.headMemory as Record<string, number>;
    const metrics = await (await fetch(`${ours.url}/metrics`)).text();
    expect(limitBytes).toBe(Number(/^tributary_head_memory_limit_bytes (\S+)$/m.exec(metrics)?.[1]));
    // The targets are scraped in between.
    expect(usedBytes / Number(/^tributary_head_memory_bytes (\S+)$/m.exec(metrics)?.[1])).toBeCloseTo(1, 1);
  });
});
