// /api/v1/federation of real servers: three levels of ours, circles, the real Prometheus below and in the middle, and sources that are dead,
// silent or hostile.
import { afterEach, describe, expect, test } from 'vitest';
import type { FederationServer, FederationSource } from '../../src/answers/index.ts';
import { eventually, untilFederated } from '../support/federate-text.ts';
import { freePort } from '../support/free-port.ts';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Job {
  readonly name: string;
  readonly address: string;
  readonly match?: string;
  readonly more?: string;
}

const federate = ({ name, address, match = '{job="app"}', more = 'honor_labels: true' }: Job): string => `- job_name: ${name}
  metrics_path: /federate
  params: {'match[]': ['${match}']}
  static_configs: [{targets: ['${address}']}]
  ${more}
`;
const scrape = (address: string): string => `- job_name: app\n  static_configs: [{targets: ['${address}']}]\n`;

async function server(
  start: typeof startPrometheus,
  externalLabels: string,
  jobs: readonly string[],
  options: { port?: number; flags?: string[] } = {},
): Promise<Peer> {
  const config = `global: {scrape_interval: 1s, scrape_timeout: 1s, external_labels: ${externalLabels}}\nscrape_configs:\n${jobs.join('')}`;
  const peer = await start({ config, ...options });
  cleanups.push(() => peer.stop());
  return peer;
}

async function target(body = ''): Promise<StaticTarget> {
  const one = await StaticTarget.start(body);
  cleanups.push(() => one.close());
  return one;
}

const addressOf = ({ port }: Peer): string => `127.0.0.1:${port}`;

async function tree(peer: Peer, query = ''): Promise<FederationServer> {
  const response = await fetch(`${peer.url}/api/v1/federation${query}`);
  const { status, data } = (await response.json()) as { status: string; data: FederationServer };
  expect([response.status, status]).toEqual([200, 'success']);
  return data;
}

const codes = ({ warnings }: Pick<FederationSource, 'warnings'>): string => warnings.map(({ code }) => code).join(' ');

test('what a server reports of its own pulls is no detail of instances, also while a source is unknown', async () => {
  const app = await target('requests_total 5\njob:requests:sum{instance="",job="app"} 5\n');
  const jobs = [`- job_name: app\n  honor_labels: true\n  static_configs: [{targets: ['${app.address}']}]\n`];
  const [a, b] = [await server(startTributary, '{dc: eu1}', jobs), await server(startTributary, '{dc: us1}', jobs)];
  const addresses = [addressOf(a), addressOf(b), `127.0.0.1:${await freePort()}`].join("', '");
  const top = await server(startTributary, '{}', [
    federate({ name: 'aggregates', address: addresses, match: '{__name__=~"job:.*"}' }),
    federate({ name: 'detail', address: addressOf(b), match: 'requests_total' }),
  ]);
  // Before there is anything to look at, nothing is found, and that is kept for some seconds.
  for (const dc of ['eu1', 'us1']) await untilFederated(top, `{dc="${dc}",__name__=~"job:.*"}`, /^job:/m);
  await untilFederated(top, 'requests_total', /dc="us1"/);
  await untilFederated(top, 'up', /job="detail"/);
  const { sources } = await tree(top);
  const found = sources.map((source) => [source.job, source.health, codes(source)]);
  expect(found).toEqual([
    ['aggregates', 'up', ''],
    ['aggregates', 'up', ''],
    ['aggregates', 'down', ''],
    // Its source tells of it.
    ['detail', 'up', ''],
  ]);
  expect(sources[3].server!.consumers.map(codes).sort()).toEqual(['', 'instance_level_series']);
});

test('three levels: what is pulled, by whom, and how old it is', async () => {
  const app = await target('requests_total 5\n');
  const leaf = await server(startTributary, '{dc: eu1}', [scrape(app.address)]);
  const lower = [
    federate({ name: 'lift', address: addressOf(leaf) }),
    federate({ name: 'nothing', address: addressOf(leaf), match: 'no_such_series' }),
  ];
  const middle = await server(startTributary, '{region: europe}', lower, { flags: ['--web.external-url=https://u:p@middle.example/'] });
  const top = await server(startTributary, '{}', [
    federate({ name: 'lift', address: addressOf(middle), match: 'requests_total' }),
    federate({ name: 'careless', address: addressOf(middle), match: 'requests_total', more: 'honor_timestamps: false' }),
  ]);
  await eventually(async () => {
    const shown = await tree(top);
    expect(shown).toMatchObject({ software: 'tributary', externalLabels: {}, consumers: [], truncated: false });
    const [lift, careless] = shown.sources;
    expect(lift).toMatchObject({
      job: 'lift',
      instance: addressOf(middle),
      url: `${middle.url}/federate`,
      webUrl: 'https://middle.example',
      selectors: ['requests_total'],
      honorLabels: true,
      intervalSeconds: 1,
      health: 'up',
      lastError: '',
      warnings: [],
      serverError: '',
    });
    expect(codes(careless)).toBe('no_honor_labels');
    for (const { history, pulls } of [lift, careless]) {
      expect(history.timesMs).toHaveLength(Math.min(pulls, 120));
      expect(history.series.at(-1)).toBe(1);
      expect(history.bytes.at(-1)).toBeGreaterThan(50);
      // /federate answers what is at most five minutes old; the clock is one.
      expect(history.lagSeconds.at(-1)).toBeGreaterThanOrEqual(0);
      expect(history.lagSeconds.at(-1)).toBeLessThan(300);
    }
    const between = lift.server!;
    expect(between).toMatchObject({
      software: 'tributary',
      externalUrl: 'https://middle.example',
      externalLabels: { region: 'europe' },
      warnings: [],
    });
    expect(between.consumers).toHaveLength(1);
    expect(between.consumers[0]).toMatchObject({
      address: '127.0.0.1',
      userAgent: expect.stringMatching(/^Tributary\//),
      selectors: ['requests_total'],
      lastError: '',
    });
    expect(between.consumers[0].requests).toBeGreaterThan(between.consumers[0].failures);
    expect(codes(between.consumers[0])).toBe('instance_level_series');
    expect(between.sources.map(codes)).toEqual(['', 'selector_matches_nothing']);
    const [bottom, same] = between.sources.map((source) => source.server!);
    expect(between.sources[0].webUrl).toBe(leaf.url);
    expect(bottom).toMatchObject({ externalUrl: '', externalLabels: { dc: 'eu1' }, sources: [], truncated: false });
    expect(same.id).toBe(bottom.id);
    expect(bottom.consumers.map((one) => one.selectors[0]).sort()).toEqual(['no_such_series', '{job="app"}']);
    expect(codes(bottom.consumers.find(({ selectors }) => selectors[0] === 'no_such_series')!)).toBe('selector_matches_nothing');
    expect(new Set([shown.id, between.id, bottom.id, '']).size).toBe(4);
  });
  await eventually(async () => {
    const two = await tree(top, '?depth=2&history=1');
    expect(two.truncated).toBe(false);
    expect(two.sources[0].server).toMatchObject({ truncated: true, sources: [{ server: null }, { server: null }] });
    expect(two.sources[0].history.timesMs).toHaveLength(1);
  });
  expect(await tree(top, '?depth=1')).toMatchObject({ truncated: true, sources: [{ server: null }, { server: null }] });
  const metrics = await (await fetch(`${top.url}/metrics`)).text();
  expect(metrics).toMatch(
    new RegExp(`^tributary_federation_source_lag_seconds\\{job="lift",instance="${addressOf(middle)}"\\} [0-9.e-]+$`, 'm'),
  );
  expect(metrics).toMatch(/^tributary_federation_source_pulls_total\{job="lift",.*\} [1-9]/m);
  // A client that asks for nothing is a consumer as well, and its own fault.
  await fetch(`${top.url}/federate`, { headers: { 'user-agent': 'curl/8' } });
  const [curl] = (await tree(top)).consumers;
  expect(curl).toMatchObject({
    userAgent: 'curl/8',
    selectors: [],
    requests: 1,
    failures: 1,
    lastError: expect.stringContaining('match[]'),
  });
});

test('servers that pull from each other, and one from itself', async () => {
  const [portA, portB] = [await freePort(), await freePort()];
  const address = (port: number): string => `127.0.0.1:${port}`;
  const jobsOfA = [federate({ name: 'b', address: address(portB) }), federate({ name: 'self', address: address(portA) })];
  const a = await server(startTributary, '{dc: a}', jobsOfA, { port: portA });
  const b = await server(startTributary, '{dc: a}', [federate({ name: 'a', address: address(portA) })], { port: portB });
  await eventually(async () => {
    const shown = await tree(a);
    const [other, self] = shown.sources;
    expect(codes(other)).toContain('loop');
    expect(codes(other)).toContain('colliding_external_labels');
    expect(codes(self)).toContain('loop');
    expect(self.server).toMatchObject({ id: shown.id, sources: [], warnings: [{ code: 'loop' }] });
    const [back] = other.server!.sources;
    expect(codes(back)).toContain('loop');
    expect(back.server).toMatchObject({ id: shown.id, sources: [], consumers: [], warnings: [{ code: 'loop' }] });
  });
  // Both at the same time, again and again: nobody waits for the other.
  await eventually(async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => tree(i % 2 === 0 ? a : b)));
    for (const { sources } of all) for (const { serverError } of sources) expect(serverError).toBe('');
  });
});

describe.runIf(requirePeer('prometheus'))('beside the real Prometheus', () => {
  test('below, and in the middle', async () => {
    const app = await target('requests_total 5\n');
    const leaf = await server(startTributary, '{dc: leaf}', [scrape(app.address)]);
    const lower = [
      scrape(app.address),
      federate({ name: 'lift', address: addressOf(leaf) }),
      federate({ name: 'careless', address: addressOf(leaf), match: 'requests_total', more: '' }),
      federate({ name: 'dead', address: '127.0.0.1:1' }),
    ];
    const middle = await server(startPrometheus, '{dc: middle}', lower, { flags: ['--web.external-url=https://middle.example'] });
    const nameless = await server(startPrometheus, '{}', [scrape(app.address)]);
    const top = await server(startTributary, '{dc: top}', [
      federate({ name: 'middle', address: addressOf(middle) }),
      federate({ name: 'nameless', address: addressOf(nameless) }),
    ]);
    await eventually(async () => {
      const [first, second] = (await tree(top)).sources;
      expect([codes(first), first.serverError, first.health, first.webUrl]).toEqual([
        'instance_level_series',
        '',
        'up',
        'https://middle.example',
      ]);
      expect([second.webUrl, second.server!.externalUrl]).toEqual([nameless.url, '']);
      expect(first.server).toMatchObject({
        id: '',
        software: 'prometheus',
        externalLabels: { dc: 'middle' },
        consumers: [],
        truncated: false,
      });
      expect(first.server!.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(Math.abs(first.server!.timeMs - Date.now())).toBeLessThan(60_000);
      const sources = new Map(first.server!.sources.map((source) => [source.job, source]));
      expect([...sources.keys()].sort()).toEqual(['careless', 'dead', 'lift']);
      expect(sources.get('lift')).toMatchObject({
        url: `${leaf.url}/federate`,
        webUrl: leaf.url,
        selectors: ['{job="app"}'],
        honorLabels: true,
        intervalSeconds: 1,
        health: 'up',
        server: null,
        serverError: expect.stringContaining('not asked'),
        history: { ok: [true], bytes: [null], lagSeconds: [null] },
      });
      expect(sources.get('lift')!.history.series[0]).toBeGreaterThan(1);
      expect(codes(sources.get('careless')!)).toBe('no_honor_labels');
      expect(sources.get('dead')).toMatchObject({
        health: 'down',
        lastError: expect.stringContaining('refused'),
        history: { ok: [false], series: [null] },
      });
      expect([codes(second), second.server!.sources]).toEqual(['no_external_labels instance_level_series', []]);
    });
    // The Prometheus above a server of ours is one of its consumers.
    await eventually(async () => {
      const { consumers } = await tree(leaf);
      expect(consumers.map(({ selectors }) => selectors[0]).sort()).toEqual(['requests_total', '{job="app"}']);
      for (const one of consumers) {
        expect(one).toMatchObject({ address: '127.0.0.1', userAgent: expect.stringMatching(/^Prometheus\//), lastError: '' });
        expect(one.requests).toBeGreaterThan(one.failures);
      }
    });
  });
});

describe('sources that do not answer as they should', () => {
  const API = '/api/v1/federation';
  const nested = (depth: number): string => `${'{"id":"x","sources":[{"server":'.repeat(depth)}null${'}]}'.repeat(depth)}`;
  const lie = (secret: StaticTarget): object => ({
    id: 'E'.repeat(500),
    software: 'evil',
    version: { toString: 1 },
    externalUrl: 'javascript:alert(1)',
    externalLabels: { a: 1, b: 'ok', c: ['x'] },
    timeMs: 1e308,
    consumers: 'none',
    warnings: [
      { code: 'loop', message: '<b>x</b>' },
      { code: 'made_up', message: 'x' },
    ],
    sources: [
      {
        job: 'evil',
        url: secret.url,
        webUrl: 'javascript:alert(1)',
        pulls: -1e308,
        history: { timesMs: [1] },
        server: {
          id: 'below',
          software: 'tributary',
          sources: [{ webUrl: ' JAVASCRIPT:alert(1)', url: `http://${secret.address}/federate` }],
        },
      },
    ],
  });

  test('dead, silent, endless, hostile: a sentence each, and the others are shown', async () => {
    const good = await server(startTributary, '{dc: good}', []);
    const secret = await target();
    const hostile = async (answer: Parameters<StaticTarget['set']>[1]): Promise<StaticTarget> => {
      const one = await target();
      one.set('/federate', 'a 1\n');
      one.set(API, answer);
      return one;
    };
    const success = (data: string): string => `{"status":"success","data":${data}}`;
    const sources: Record<string, StaticTarget> = {
      silent: await hostile({ fault: 'hang' }),
      endless: await hostile({ body: Buffer.alloc(6 * 1024 * 1024, ' '), chunkBytes: 64 * 1024 }),
      bomb: await hostile({ fault: 'gzip bomb' }),
      nojson: await hostile('<html>'),
      cut: await hostile('{"status":"success","data":{'),
      array: await hostile(success('[[],1]')),
      deep: await hostile(success(nested(50_000))),
      huge: await hostile(success(JSON.stringify({ id: 'H', sources: Array.from({ length: 50_000 }, () => ({ job: 'x' })) }))),
      lies: await hostile(success(JSON.stringify(lie(secret)))),
      redirect: await hostile({ status: 302, headers: { Location: secret.url } }),
      other: await hostile({ status: 404 }),
      refusing: await hostile({ status: 401 }),
    };
    const auth = 'basic_auth: {username: u, password: s3cret}';
    const jobs = Object.entries(sources).map(([name, { address }]) => federate({ name, address, more: `honor_labels: true\n  ${auth}` }));
    const top = await server(startTributary, '{dc: top}', [
      federate({ name: 'dead', address: '127.0.0.1:1' }),
      ...jobs,
      federate({ name: 'good', address: addressOf(good) }),
    ]);
    const shown = await eventually(async () => {
      const all = new Map((await tree(top)).sources.map((source) => [source.job, source]));
      expect(all.get('good')!.server).not.toBeNull();
      expect(all.get('dead')!.health).toBe('down');
      // Of a slow machine all may be late.
      for (const { job, serverError } of all.values())
        if (job !== 'silent') expect([job, serverError]).not.toMatchObject([job, expect.stringMatching(/in time$|its turn/)]);
      return all;
    });
    const check = (job: string, software: string | null, error: RegExp): void =>
      expect([job, shown.get(job)!.server?.software ?? null, shown.get(job)!.serverError]).toEqual([
        job,
        software,
        expect.stringMatching(error),
      ]);
    check('good', 'tributary', /^$/);
    check('dead', null, /^cannot ask it: dial tcp 127\.0\.0\.1:1: connect: connection refused$/);
    check('silent', null, /did not answer in time$/);
    check('endless', null, /its answer is too large$/);
    check('bomb', null, /its answer is too large$/);
    check('nojson', 'unknown', /no JSON/);
    check('cut', 'unknown', /no JSON/);
    check('array', 'unknown', /not with what that should be/);
    check('redirect', null, /HTTP status 302/);
    check('other', 'unknown', /neither a Tributary nor a Prometheus/);
    check('refusing', null, /HTTP status 401/);
    const depthOf = (one: FederationServer | null | undefined): number => (one ? 1 + depthOf(one.sources[0]?.server) : 0);
    expect(depthOf(shown.get('deep')!.server)).toBe(7);
    expect(shown.get('huge')!.server).toMatchObject({ id: 'H', truncated: true });
    expect(shown.get('huge')!.server!.sources.length).toBeLessThan(1000);
    expect(shown.get('lies')!.server).toEqual({
      id: 'E'.repeat(64),
      software: 'unknown',
      version: '',
      externalUrl: '',
      externalLabels: { b: 'ok' },
      timeMs: 0,
      consumers: [],
      warnings: [{ code: 'loop', message: '<b>x</b>' }],
      truncated: false,
      sources: [
        expect.objectContaining({ job: 'evil', url: secret.url, webUrl: '', pulls: 0, history: expect.objectContaining({ timesMs: [] }) }),
      ],
    });
    expect(shown.get('lies')!.server!.sources[0].server!.sources[0]).toMatchObject({ webUrl: '' });
    // What a source names is nobody who is asked, and many readers are one question.
    expect(secret.requests).toEqual([]);
    const asked = (one: StaticTarget): number => one.requests.filter(({ url }) => url.startsWith(API)).length;
    const before = asked(sources.lies);
    await Promise.all(Array.from({ length: 30 }, () => tree(top)));
    expect(asked(sources.lies) - before).toBeLessThanOrEqual(5);
    expect(sources.lies.requests.find(({ url }) => url.startsWith(API))!.headers.authorization).toBe(
      `Basic ${Buffer.from('u:s3cret').toString('base64')}`,
    );
    expect(JSON.stringify([...shown.values()])).not.toContain('s3cret');
    const ways = await Promise.all(Array.from({ length: 100 }, (_, i) => tree(top, `?via=made-up-${i}`)));
    expect(asked(sources.lies) - before).toBeLessThanOrEqual(5 + 16 * 4);
    expect(ways.some(({ sources: all }) => all.some(({ serverError }) => serverError.includes('ways')))).toBe(true);
  }, 120_000);
});
