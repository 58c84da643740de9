import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NotificationsAnswer } from '../answers/index.ts';
import { MetricRegistry } from '../metrics/index.ts';
import { compileRegexp, labelsOf, silentLogger } from '../model/index.ts';
import { STABLE_LANGUAGE } from '../promql/index.ts';
import { createApplication } from './app.ts';
import { ApiError } from './errors.ts';
import { PAGE_PATHS } from './page-paths.ts';
import type { ActiveTarget, ApiOptions, ApiPorts, MetricMetadata, SeriesQuery, ServerState } from './ports.ts';

const target = (scrapePool: string, instance: string): ActiveTarget => ({
  discoveredLabels: labelsOf({ __address__: instance, job: scrapePool }),
  labels: labelsOf({ instance, job: scrapePool }),
  scrapePool,
  scrapeUrl: `http://${instance}/metrics`,
  globalUrl: `http://${instance}/metrics`,
  lastError: '',
  lastScrapeMs: 0,
  lastScrapeDurationSeconds: 0,
  health: 'unknown',
  scrapeIntervalMs: 15_000,
  scrapeTimeoutMs: 10_000,
});
const up = { metric: 'up', type: 'gauge', help: 'Up.', unit: '' };
const down = { metric: 'down', type: 'counter', help: 'Down.', unit: '' };

const LOOK = { text: 'Look!', date: '2026-01-02T03:04:05Z', active: true };

interface Fake {
  app: FastifyInstance;
  state: ServerState;
  queries: (SeriesQuery & { name?: string })[];
  reloadError: Error | null;
  quits: number;
  notifications: NotificationsAnswer;
}

async function start(options: Partial<ApiOptions> = {}): Promise<Fake> {
  const fake: Fake = { app: null as never, state: 'ready', queries: [], reloadError: null, quits: 0, notifications: [LOOK] };
  const answer = async (query: SeriesQuery, name?: string) => {
    fake.queries.push(name === undefined ? query : { ...query, name });
    if (query.limit === 7) throw new ApiError('timeout', 'too slow');
    return { json: '["x"]', truncated: query.limit === 1 };
  };
  const ports: ApiPorts = {
    targets: {
      scrapePools: () => ['b', 'a'],
      active: () => [target('b', 'h:1'), target('a', 'h:2')],
      dropped: () => [{ discoveredLabels: labelsOf({ job: 'a' }), scrapePool: 'a' }],
      droppedCounts: () => new Map([['a', 1]]),
      relabelRules: () => null,
    },
    metadata: {
      byName: (metric) => {
        const all = new Map<string, MetricMetadata[]>([
          ['up', [up, { ...up, help: 'Else.' }]],
          ['down', [down]],
        ]);
        return new Map([...all].filter(([name]) => metric === undefined || metric === name));
      },
      byTarget: () => [
        { labels: labelsOf({ job: 'a' }), metrics: new Map([['up', up]]) },
        {
          labels: labelsOf({ job: 'b' }),
          metrics: new Map([
            ['up', up],
            ['down', down],
          ]),
        },
      ],
    },
    rules: { groups: () => [] },
    alertmanagers: { active: () => ['http://a/api/v2/alerts', 'http://b/api/v2/alerts'], dropped: () => ['http://c/api/v2/alerts'] },
    series: { series: (q) => answer(q), labelNames: (q) => answer(q), labelValues: (name, q) => answer(q, name) },
    status: {
      configYaml: () => 'global: {}\n',
      flags: { 'config.file': 'x' },
      buildInfo: { version: '3.14.0' },
      features: { promql: { bool: true } },
      notifications: () => fake.notifications,
      runtimeInfo: () => ({ CWD: '/' }) as never,
      head: async () => {
        throw new Error('boom');
      },
    },
    tsdbStatus: { walReplay: () => ({ min: 1, max: 5, current: 3 }), blockMetas: () => [{ ulid: 'A' } as never] },
    tsdbAdmin: {
      snapshot: async () => {
        throw new Error('BUG: the admin API is not enabled');
      },
      deleteSeries: async () => undefined,
      cleanTombstones: async () => undefined,
    },
    query: {
      now: () => 0,
      run: async () => Buffer.from('{"status":"success"}'),
    },
    lifecycle: {
      state: () => fake.state,
      reload: async () => {
        if (fake.reloadError !== null) throw fake.reloadError;
      },
      quit: () => {
        fake.quits++;
      },
    },
    federate: {
      handle: ({ params, accept, client }, response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        response.end(`${params.getAll('match[]').join('|')} ${accept} ${client.address} ${client.userAgent}`);
      },
    },
    federation: {
      tree: async (question) => ({
        id: JSON.stringify(question),
        software: 'tributary',
        version: '',
        externalUrl: '',
        externalLabels: {},
        timeMs: 0,
        sources: [],
        consumers: [],
        warnings: [],
        truncated: false,
      }),
      preview: async (selectors) => ({ shown: selectors.map(({ text, matchers }) => `${text} ${matchers.length}`) }) as never,
      origins: async () => ({ origins: { origins: [], other: 0 }, warnings: ['w'] }),
    },
    registry: new MetricRegistry(),
    logger: silentLogger,
  };
  fake.app = await createApplication(ports, {
    routePrefix: '/',
    enableLifecycle: false,
    enableAdminApi: false,
    promqlFeatures: STABLE_LANGUAGE,
    corsOrigin: compileRegexp('.*'),
    webPages: { folder: '/nonexistent', title: 'A title' },
    maxNotificationsSubscribers: 2,
    ...options,
  });
  return fake;
}

let fake: Fake;
beforeAll(async () => {
  fake = await start();
});
afterAll(() => fake.app.close());

describe('answers', () => {
  const check = (request: string, status: number, body: unknown) =>
    test(request, async () => {
      const [method, url] = request.split(' ');
      const response = await fake.app.inject({ method: method as 'GET', url });
      const json = response.headers['content-type'] === 'application/json';
      expect([response.statusCode, json ? response.json() : response.body]).toEqual([status, body]);
    });
  const ok = (data: unknown, more: object = {}) => ({ status: 'success', data, ...more });
  const bad = (error: string, errorType = 'bad_data') => ({ status: 'error', errorType, error });

  check('GET /-/healthy', 200, 'Tributary is Healthy.\n');
  check('GET /-/ready', 200, 'Tributary is Ready.\n');
  check('GET /-/reload', 405, 'Only POST or PUT requests allowed');
  check('POST /-/reload', 403, 'Lifecycle API is not enabled.');
  check('POST /-/quit', 403, 'Lifecycle API is not enabled.');
  check('GET /favicon.ico', 404, '404 page not found\n');
  check('POST /targets/', 405, 'Method Not Allowed\n');
  check('GET /nope/', 404, '404 page not found\n');
  check('GET /nope', 404, '404 page not found\n');
  check('GET /api/v1/nope', 404, '404 page not found\n');
  check('POST /api/v1/targets', 405, 'Method Not Allowed\n');
  check('POST /api/v1/label/job/values', 405, 'Method Not Allowed\n');
  check('GET /federate?match[]=up&match[]=x', 200, 'up|x  127.0.0.1 lightMyRequest');
  check(
    'GET /api/v1/alertmanagers',
    200,
    ok({
      activeAlertmanagers: [{ url: 'http://a/api/v2/alerts' }, { url: 'http://b/api/v2/alerts' }],
      droppedAlertmanagers: [{ url: 'http://c/api/v2/alerts' }],
    }),
  );
  check('GET /api/v1/scrape_pools', 200, ok({ scrapePools: ['a', 'b'] }));
  check(
    'GET /api/v1/targets?state=dropped',
    200,
    ok({ activeTargets: [], droppedTargets: [{ discoveredLabels: { job: 'a' }, scrapePool: 'a' }], droppedTargetCounts: { a: 1 } }),
  );
  check('GET /api/v1/targets?state=foo', 200, ok({ activeTargets: [], droppedTargets: [], droppedTargetCounts: null }));
  check(
    'GET /api/v1/metadata',
    200,
    ok({
      up: [
        { type: 'gauge', help: 'Up.', unit: '' },
        { type: 'gauge', help: 'Else.', unit: '' },
      ],
      down: [{ type: 'counter', help: 'Down.', unit: '' }],
    }),
  );
  check('GET /api/v1/metadata?limit=1&limit_per_metric=1', 200, ok({ up: [{ type: 'gauge', help: 'Up.', unit: '' }] }));
  check('GET /api/v1/metadata?metric=nope', 200, ok({}));
  check('GET /api/v1/metadata?limit=x', 400, bad('limit must be a number'));
  check('GET /api/v1/targets/metadata?metric=down', 200, ok([{ target: { job: 'b' }, type: 'counter', help: 'Down.', unit: '' }]));
  check(
    'GET /api/v1/targets/metadata?match_target={job="a"}',
    200,
    ok([{ target: { job: 'a' }, metric: 'up', type: 'gauge', help: 'Up.', unit: '' }]),
  );
  check(
    'GET /api/v1/targets/metadata?match_target={job=',
    400,
    bad('invalid parameter "match_target": 1:6: parse error: unexpected end of input inside braces'),
  );
  check('GET /api/v1/series', 400, bad('no match[] parameter provided'));
  check('GET /api/v1/series?match[]={}', 400, bad('invalid parameter "match[]": match[] must contain at least one non-empty matcher'));
  check(
    'GET /api/v1/series?match[]={a=~".*"}',
    400,
    bad('invalid parameter "match[]": match[] must contain at least one non-empty matcher'),
  );
  check(
    'GET /api/v1/series?match[]=up&start=x',
    400,
    bad(`invalid parameter "start": Invalid time value for 'start': cannot parse "x" to a valid timestamp`),
  );
  check('GET /api/v1/series?match[]=up&limit=-1', 400, bad('invalid parameter "limit": limit must be non-negative'));
  check('GET /api/v1/series?match[]=up&limit=1', 200, ok(['x'], { warnings: ['results truncated due to limit'] }));
  check('GET /api/v1/series?match[]=up&limit=7', 503, bad('too slow', 'timeout'));
  check('GET /api/v1/labels', 200, ok(['x']));
  check('GET /api/v1/labels?match[]=up{', 400, bad('1:4: parse error: unexpected end of input inside braces'));
  check('GET /api/v1/label/%FF/values', 400, bad("'/api/v1/label/%FF/values' is not a valid url component"));
  check('GET /api/v1/status/config', 200, ok({ yaml: 'global: {}\n' }));
  check('GET /api/v1/status/tsdb?limit=0', 400, bad('limit must be a positive number'));
  check('GET /api/v1/status/tsdb', 500, bad('boom', 'internal'));
  check('GET /api/v1/query_range?query=up', 400, bad('invalid parameter "start": cannot parse "" to a valid timestamp'));
  check('GET /api/v1/status/walreplay', 200, ok({ min: 1, max: 5, current: 3 }));
  check('GET /api/v1/status/tsdb/blocks', 200, ok({ blocks: [{ ulid: 'A' }] }));
  check('GET /api/v1/rules', 200, ok({ groups: [] }));
  check('GET /api/v1/notifications', 200, ok([LOOK]));
  check('GET /api/v1/federation/preview?match[]=up', 200, ok({ shown: ['up 1'] }));
  check('GET /api/v1/federation/origins?match[]=up', 200, ok({ origins: [], other: 0 }, { warnings: ['w'] }));
  check('GET /api/v1/targets/relabel_steps?scrapePool=x&labels={}', 400, bad('error retrieving scrape config: scrape pool "x" not found'));
});

test('a slash behind a page is taken away, whatever the prefix; what is asked for stays', async () => {
  const prefixed = await start({ routePrefix: '/t/x' });
  const check = async ({ app }: Fake, path: string, want: string) => {
    const { statusCode, headers } = await app.inject(path);
    expect([statusCode, new URL(String(headers.location), `http://h${path}`).href]).toEqual([302, `http://h${want}`]);
  };
  for (const page of PAGE_PATHS) {
    await check(fake, `${page}/`, page);
    await check(prefixed, `/t/x${page}/?a=b%26c&d=/e/`, `/t/x${page}?a=b%26c&d=/e/`);
  }
  await check(fake, '/graph/?g0.expr=up', '/query?g0.expr=up');
  await check(prefixed, '/t/x/graph/', '/t/x/query');
  await prefixed.app.close();
});

test('active targets have the shape of Prometheus', async () => {
  const { data } = (await fake.app.inject('/api/v1/targets?scrapePool=a')).json();
  expect(data.activeTargets).toEqual([
    {
      discoveredLabels: { __address__: 'h:2', job: 'a' },
      labels: { instance: 'h:2', job: 'a' },
      scrapePool: 'a',
      scrapeUrl: 'http://h:2/metrics',
      globalUrl: 'http://h:2/metrics',
      lastError: '',
      lastScrape: '0001-01-01T00:00:00Z',
      lastScrapeDuration: 0,
      health: 'unknown',
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    },
  ]);
});

test('form and query parameters are read together, times in both forms', async () => {
  fake.queries.length = 0;
  const payload = 'match%5B%5D=up&start=1.5';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fake.app.inject({
    method: 'POST',
    url: '/api/v1/series?match[]=down&end=2026-01-01T00:00:00%2B01:00',
    payload,
    headers,
  });
  expect(response.statusCode).toBe(200);
  const [query] = fake.queries;
  expect([query.selectors.map(String), query.startMs, query.endMs]).toEqual([
    ['__name__="up"', '__name__="down"'],
    1500,
    Date.UTC(2025, 11, 31, 23),
  ]);
});

describe('label names in paths', () => {
  const check = (path: string, name: string) =>
    test(path, async () => {
      fake.queries.length = 0;
      await fake.app.inject(`/api/v1/label/${path}/values`);
      expect(fake.queries[0]?.name).toBe(name);
    });
  check('job', 'job');
  check('U__a_2e_b', 'a.b');
  check('U__a__b', 'a_b');
  check('U__a_zz_', 'U__a_zz_');
  check('a.b%2Fc', 'a.b/c');
  check('x'.repeat(500), 'x'.repeat(500));
});

test('bodies are bounded', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fake.app.inject({ method: 'POST', url: '/api/v1/series', payload: 'a'.repeat(11 * 1024 * 1024), headers });
  expect([response.statusCode, response.json().errorType]).toEqual([413, 'bad_data']);
});

test('nothing but health, metrics, pages, notifications and the progress of the replay is answered before the server is ready', async () => {
  const statuses = async () =>
    Promise.all(
      [
        '/-/healthy',
        '/metrics',
        '/query',
        '/api/v1/status/walreplay',
        '/api/v1/notifications',
        '/-/ready',
        '/federate?match[]=up',
        '/api/v1/targets',
      ].map(async (url) => (await fake.app.inject(url)).statusCode),
    );
  fake.state = 'starting';
  expect(await statuses()).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);
  fake.state = 'ready';
  expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200, 200, 200]);
});

describe('live notifications', () => {
  async function subscribe(url: string): Promise<{ status: number; type: string | null; next: () => Promise<string>; leave: () => void }> {
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/v1/notifications/live`, { signal: leaving.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const next = async (): Promise<string> => {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const event = text.slice(0, end);
          text = text.slice(end + 2);
          if (!event.startsWith(':')) return event;
          continue;
        }
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) return 'the end';
        text += value;
      }
    };
    return { status: response.status, type: response.headers.get('content-type'), next, leave: () => leaving.abort() };
  }

  test('what is active, what begins, what ends; no more subscribers than the limit; the server does not wait for them', async () => {
    const live = await start();
    const url = await live.app.listen({ port: 0, host: '127.0.0.1' });
    const told = (...args: object[]) => `data: ${JSON.stringify(Object.assign({}, ...args))}`;
    const first = await subscribe(url);
    expect([first.status, first.type]).toEqual([200, 'text/event-stream']);
    expect(await first.next()).toBe(told(LOOK));
    const more = { text: 'More', date: '2026-01-02T03:04:06Z', active: true };
    live.notifications = [LOOK, more];
    expect(await first.next()).toBe(told(more));
    const second = await subscribe(url);
    expect([await second.next(), await second.next()]).toEqual([told(LOOK), told(more)]);
    expect((await subscribe(url)).status).toBe(204);
    live.notifications = [{ ...more, date: '2026-01-02T03:04:07Z' }];
    for (const { next } of [first, second])
      expect([await next(), await next()]).toEqual([told(more, { date: '2026-01-02T03:04:07Z' }), told(LOOK, { active: false })]);
    expect((await live.app.inject('/metrics')).body).toContain('\nprometheus_api_notification_active_subscribers 2\n');
    second.leave();
    await expect
      .poll(async () => (await live.app.inject('/metrics')).body)
      .toContain('\nprometheus_api_notification_active_subscribers 1\n');
    live.state = 'stopping';
    live.notifications = [LOOK];
    expect([await first.next(), await first.next(), await first.next()]).toEqual([
      told(LOOK),
      told(more, { date: '2026-01-02T03:04:07Z', active: false }),
      'the end',
    ]);
    live.app.server.closeAllConnections();
    await live.app.close();
  });
});

test('CORS for any origin', async () => {
  const { headers } = await fake.app.inject({ url: '/api/v1/labels', headers: { origin: 'http://x' } });
  expect(headers['access-control-allow-origin']).toBe('*');
});

test('own metrics in both formats, with what was served', async () => {
  const text = await fake.app.inject('/metrics');
  expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=underscores');
  expect(text.body).toMatch(/prometheus_http_requests_total\{handler="\/api\/v1\/labels",code="200"\} \d/);
  const open = await fake.app.inject({
    url: '/metrics',
    headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
  });
  expect(open.body).toMatch(/# EOF\n$/);
  const zipped = await fake.app.inject({ url: '/metrics', headers: { 'accept-encoding': 'gzip' } });
  expect(zipped.headers['content-encoding']).toBe('gzip');
});

describe('with a prefix, lifecycle and an origin', () => {
  let other: Fake;
  beforeAll(async () => {
    other = await start({ routePrefix: '/t', enableLifecycle: true, corsOrigin: compileRegexp('https?://good') });
  });
  afterAll(() => other.app.close());

  test('all routes hang under the prefix', async () => {
    const status = async (url: string) => (await other.app.inject(url)).statusCode;
    expect([
      await status('/'),
      await status('/t'),
      await status('/t/'),
      await status('/t/metrics'),
      await status('/metrics'),
      await status('/t/api/v1/labels'),
    ]).toEqual([302, 302, 302, 200, 404, 200]);
  });
  test('reload', async () => {
    expect((await other.app.inject({ method: 'POST', url: '/t/-/reload' })).statusCode).toBe(200);
    other.reloadError = new Error('x.yml:1:1: bad');
    const failed = await other.app.inject({ method: 'PUT', url: '/t/-/reload' });
    expect([failed.statusCode, failed.body]).toEqual([500, 'failed to reload config: x.yml:1:1: bad\n']);
  });
  test('quit', async () => {
    const { body } = await other.app.inject({ method: 'POST', url: '/t/-/quit' });
    expect([body, other.quits]).toEqual(['Requesting termination... Goodbye!', 1]);
  });
  test('origins', async () => {
    const allowed = async (origin: string) =>
      (await other.app.inject({ url: '/t/api/v1/labels', headers: { origin } })).headers['access-control-allow-origin'];
    expect([await allowed('https://good'), await allowed('https://good.evil')]).toEqual(['https://good', undefined]);
  });
});
