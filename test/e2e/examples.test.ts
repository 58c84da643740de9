// The configurations of examples/, at work: with ours as lower and upper server, and with the real Prometheus as either. Intervals and windows
// are shortened, nothing else. The alert arrives at a real Alertmanager, and ends there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { exampleFiles } from '../../src/cli/demo-config.ts';
import { eventually } from '../support/federate-text.ts';
import { type Peer, requirePeer, startAlertmanager, startPrometheus } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Each of several waits may take half a minute. */
const LONG_MS = 240_000;

type Start = typeof startPrometheus;

const QUICK = {
  'scrape_interval: 15s': 'scrape_interval: 1s',
  'evaluation_interval: 15s': 'evaluation_interval: 1s',
  '[1m]': '[10s]',
  'for: 1m': 'for: 2s',
  'for: 30s': 'for: 2s',
};

interface ServerOptions {
  readonly path: string;
  readonly ruleFiles: readonly string[];
  readonly addresses: Readonly<Record<string, string>>;
  readonly replacements?: Readonly<Record<string, string>>;
}

async function server(start: Start, { path, ruleFiles, addresses, replacements = {} }: ServerOptions): Promise<Peer> {
  const folder = await temporaryFolder('example');
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'files'));
  const [config, ...rules] = exampleFiles(path, ruleFiles, { addresses, replacements: { ...QUICK, ...replacements } });
  for (const { name, text } of rules) writeFileSync(join(folder, 'files', name), text);
  // Each is started from a file of its own: rule files are named by their paths.
  const text = ruleFiles.reduce((all, name) => all.replace(`- ${name}`, `- ${join(folder, 'files', name)}`), config.text);
  const peer = await start({ config: text, flags: ['--rules.alert.resend-delay=1s'] });
  cleanups.push(() => peer.stop());
  return peer;
}

async function target(body: () => string): Promise<StaticTarget> {
  const one = await StaticTarget.start(() => ({ body: body() }));
  cleanups.push(() => one.close());
  return one;
}

const addressOf = (peer: Peer): string => `127.0.0.1:${peer.port}`;

type Result = readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[];

async function query(peer: Peer, text: string): Promise<Result> {
  const response = await fetch(`${peer.url}/api/v1/query?query=${encodeURIComponent(text)}`);
  return ((await response.json()) as { data: { result: Result } }).data.result;
}

interface ShownAlert {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly generatorURL: string;
}

/** Those of that name: on a slow machine a scrape may come too late, and LocalServerDown be right. */
async function alertsAt(alertmanager: Peer, name: string): Promise<ShownAlert[]> {
  const filter = encodeURIComponent(`alertname="${name}"`);
  return (await (await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`)).json()) as ShownAlert[];
}

/** The one alert, which fires at its server for as long as the Alertmanager says. */
async function arrived(alertmanager: Peer, from: Peer): Promise<ShownAlert> {
  return eventually(async () => {
    const alerts = await alertsAt(alertmanager, 'ShopOverloaded');
    expect(alerts).toHaveLength(1);
    const { data } = (await (await fetch(`${from.url}/api/v1/alerts`)).json()) as {
      data: { alerts: { state: string; activeAt: string }[] };
    };
    const [{ state, activeAt }] = data.alerts;
    expect(state).toBe('firing');
    const pendingMs = Date.parse(alerts[0].startsAt) - Date.parse(activeAt);
    expect(pendingMs).toBeGreaterThanOrEqual(2000);
    expect(pendingMs).toBeLessThan(8000);
    expect(alerts[0].generatorURL).toMatch(/\/graph\?g0\.expr=.*&g0\.tab=1$/);
    return alerts[0];
  });
}

/** A counter that grows by so many a second, as it is told at the moment. */
class Counter {
  perSecond: number;
  #value = 0;
  #atMs = Date.now();

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  get value(): number {
    const nowMs = Date.now();
    this.#value += ((nowMs - this.#atMs) / 1000) * this.perSecond;
    this.#atMs = nowMs;
    return this.#value;
  }
}

const oneShop = (address: string) => ({ 'shop-1:8080': address, 'shop-2:8080': '', 'shop-3:8080': '' });

describe.runIf(requirePeer('prometheus') && requirePeer('prometheus-alertmanager'))('the examples', () => {
  const trees: readonly (readonly [title: string, lower: Start, upper: Start])[] = [
    ['all ours', startTributary, startTributary],
    ['a real Prometheus below', startPrometheus, startTributary],
    ['a real Prometheus above', startTributary, startPrometheus],
  ];

  test.each(trees)(
    'hierarchical, %s',
    async (_title, lower, upper) => {
      const good = new Counter(90);
      const bad = new Counter(0);
      const shop = await target(
        () => `# TYPE http_requests_total counter
http_requests_total{code="200",pod="a"} ${good.value}
http_requests_total{code="500",pod="a"} ${bad.value}
http_request_duration_seconds_bucket{le="0.1",pod="a"} ${good.value}
http_request_duration_seconds_bucket{le="1.0",pod="a"} ${good.value * 2}
http_request_duration_seconds_bucket{le="+Inf",pod="a"} ${good.value * 2}
http_requests_in_flight{pod="a"} 7
`,
      );
      const alertmanager = await startAlertmanager();
      cleanups.push(() => alertmanager.stop());
      const ruleFiles = ['job-aggregates.yml'];
      const locals = await Promise.all(
        ['eu1', 'us1'].map((dc) =>
          server(lower, {
            path: 'hierarchical/local.yml',
            ruleFiles,
            addresses: { ...oneShop(shop.address), 'localhost:9090': shop.address },
            replacements: { 'dc: eu1': `dc: ${dc}` },
          }),
        ),
      );
      const global = await server(upper, {
        path: 'hierarchical/global.yml',
        ruleFiles: ['global-rules.yml'],
        addresses: {
          'local-eu1:9090': addressOf(locals[0]),
          'local-us1:9090': addressOf(locals[1]),
          'alertmanager:9093': addressOf(alertmanager),
        },
      });
      await eventually(async () => {
        const flight = await query(global, 'sort(job:http_requests_in_flight:sum{job="shop"})');
        expect(flight.map(({ metric, value }) => [metric, value[1]])).toEqual(
          expect.arrayContaining(['eu1', 'us1'].map((dc) => [{ __name__: 'job:http_requests_in_flight:sum', dc, job: 'shop' }, '7'])),
        );
        const [requests] = await query(global, 'global:http_requests:rate1m{job="shop"}');
        expect(Number(requests.value[1])).toBeGreaterThan(150);
        expect(Number(requests.value[1])).toBeLessThan(210);
        const [p99] = await query(global, 'global:http_request_duration_seconds:p99_1m{job="shop"}');
        expect(Number(p99.value[1])).toBeGreaterThan(0.9);
      });
      // Nothing but the aggregates goes up.
      expect(await query(global, '{__name__=~"http_.*"}')).toEqual([]);
      expect(await alertsAt(alertmanager, 'ErrorsHigh')).toEqual([]);
      bad.perSecond = 90;
      // The job `tributary` scrapes the same target here.
      const summaries = (alerts: readonly ShownAlert[]) => alerts.map(({ annotations }) => annotations.summary).sort();
      await eventually(async () => {
        const alerts = await alertsAt(alertmanager, 'ErrorsHigh');
        expect(alerts.map(({ labels }) => labels)).toEqual(
          expect.arrayContaining(['shop', 'tributary'].map((job) => ({ alertname: 'ErrorsHigh', job, severity: 'page' }))),
        );
        expect(summaries(alerts)[0]).toMatch(/^[345]\d(\.\d+)?% of the requests to shop fail$/);
      });
      bad.perSecond = 0;
      await eventually(async () => expect(await alertsAt(alertmanager, 'ErrorsHigh')).toEqual([]));
    },
    LONG_MS,
  );

  test.each(trees)(
    'cross-service, %s',
    async (_title, lower, upper) => {
      const used = new Counter(1);
      const requests = new Counter(50);
      const scheduler = await target(
        () => `# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{service="shop",pod="shop-0"} ${used.value}
container_cpu_usage_seconds_total{service="billing",pod="billing-0"} ${used.value}
container_cpu_limit_cores{service="shop",pod="shop-0"} 2
container_cpu_limit_cores{service="billing",pod="billing-0"} 2
`,
      );
      const shop = await target(
        () => `# TYPE http_requests_total counter\nhttp_requests_total{code="200",pod="shop-0"} ${requests.value}\n`,
      );
      const alertmanager = await startAlertmanager();
      cleanups.push(() => alertmanager.stop());
      const cluster = await server(lower, {
        path: 'cross-service/cluster.yml',
        ruleFiles: [],
        addresses: { 'scheduler:8081': scheduler.address },
      });
      const service = await server(upper, {
        path: 'cross-service/service.yml',
        ruleFiles: ['service-rules.yml'],
        addresses: { ...oneShop(shop.address), 'cluster:9090': addressOf(cluster), 'alertmanager:9093': addressOf(alertmanager) },
      });
      await eventually(async () => {
        const [cost] = await query(service, 'pod:cpu_seconds_per_request:rate1m');
        expect(cost.metric).toEqual({ __name__: 'pod:cpu_seconds_per_request:rate1m', pod: 'shop-0' });
        expect(Number(cost.value[1])).toBeGreaterThan(0.013);
        expect(Number(cost.value[1])).toBeLessThan(0.027);
      });
      // The cluster's labels have come along, and nothing of other services.
      expect((await query(service, 'container_cpu_limit_cores')).map(({ metric }) => metric)).toEqual([
        {
          __name__: 'container_cpu_limit_cores',
          cluster: 'eu1',
          instance: scheduler.address,
          job: 'scheduler',
          pod: 'shop-0',
          service: 'shop',
        },
      ]);
      expect(await alertsAt(alertmanager, 'ShopOverloaded')).toEqual([]);
      used.perSecond = 2.4;
      const alert = await arrived(alertmanager, service);
      expect(alert.labels).toEqual({ alertname: 'ShopOverloaded', severity: 'page' });
      expect(alert.annotations.summary).toMatch(/^The shop uses 1?\d\d(\.\d+)?% of its CPU$/);
      expect(alert.annotations.requests).toMatch(/^[45]\d(\.\d+)? requests a second$/);
      used.perSecond = 1;
      await eventually(async () => expect(await alertsAt(alertmanager, 'ShopOverloaded')).toEqual([]));
    },
    LONG_MS,
  );
});
