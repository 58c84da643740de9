import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeAlertmanager } from '../../test/support/fake-alertmanager.ts';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { freePort } from '../../test/support/free-port.ts';
import { type Config, parseConfig } from '../config/index.ts';
import { createPostClient } from '../http/index.ts';
import { formatFamilies, MetricRegistry } from '../metrics/index.ts';
import { type Logger, labelsOf, silentLogger, systemClock } from '../model/index.ts';
import { type Alert, Notifier, type NotifierOptions } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const DEFAULTS = { queueCapacity: 10_000, batchSize: 256, drainOnShutdown: true };

async function alertmanager(port?: number): Promise<FakeAlertmanager> {
  const fake = await FakeAlertmanager.start({ port });
  cleanups.push(() => fake.close());
  return fake;
}

/** Its `alerting.alertmanagers`, each in flow style; `rest` are other keys of the file. */
const configOf = (alertmanagers: readonly string[], rest = ''): Config =>
  parseConfig(`alerting: {alertmanagers: [${alertmanagers.join(', ')}]}\n${rest}`, { file: 'p.yml', env: {} }).config;
const at = (...fakes: readonly { readonly address: string }[]): string =>
  `static_configs: [{targets: [${fakes.map(({ address }) => `"${address}"`).join(', ')}]}]`;

function newNotifier(settings: Partial<typeof DEFAULTS> = {}, more: Partial<NotifierOptions> = {}) {
  const registry = new MetricRegistry();
  const lines: string[] = [];
  const line = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { ...silentLogger, warn: line, error: line, child: () => logger };
  const notifier = new Notifier({
    client: createPostClient(),
    registry,
    logger,
    userAgent: 'us/1',
    settings: { ...DEFAULTS, ...settings },
    drainLimitMs: 10_000,
    ...more,
  });
  cleanups.push(() => notifier.stop());
  /** `prometheus_notifications_<name>`, of the Alertmanager where it is given; undefined when there is none. */
  const metric = (name: string, fake?: { readonly url: string }): number | undefined => {
    const series = `prometheus_notifications_${name}${fake === undefined ? '' : `{alertmanager="${fake.url}"}`} `;
    const found = formatFamilies(registry.collect(), 'text')
      .split('\n')
      .find((one) => one.startsWith(series));
    return found === undefined ? undefined : Number(found.slice(series.length));
  };
  return { notifier, metric, lines };
}

const alerts = (...names: readonly string[]): Alert[] =>
  names.map((name) => ({
    labels: labelsOf({ alertname: name, severity: 'page' }),
    annotations: labelsOf({ summary: 's' }),
    startsAtMs: 1_700_000_000_000,
    endsAtMs: 1_700_000_240_000,
    generatorUrl: 'http://us/graph',
  }));

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

test('alerts go to every Alertmanager, with the labels that the configuration gives and leaves them', async () => {
  const [a, b, c] = await Promise.all([alertmanager(), alertmanager(), alertmanager()]);
  const { notifier, metric } = newNotifier();
  notifier.send(alerts('before there is a configuration'));
  notifier.apply(
    parseConfig(
      `global: {external_labels: {dc: eu, severity: low}}
alerting:
  alert_relabel_configs: [{source_labels: [alertname], regex: gone, action: drop}]
  alertmanagers:
  - ${at(a, b)}
    path_prefix: /am
    basic_auth: {username: u, password: p}
  - ${at(c)}
    alert_relabel_configs: [{action: labeldrop, regex: severity}, {source_labels: [alertname], regex: one, action: keep}]
`,
      { file: 'p.yml', env: {} },
    ).config,
  );
  notifier.send(alerts('one', 'gone', 'two'));
  await eventually(() => expect([a, b, c].map((fake) => fake.batches.length)).toEqual([1, 1, 1]));
  const sent = {
    annotations: { summary: 's' },
    startsAt: '2023-11-14T22:13:20.000Z',
    endsAt: '2023-11-14T22:17:20.000Z',
    generatorURL: 'http://us/graph',
  };
  for (const fake of [a, b]) {
    expect(fake.batches).toMatchObject([
      {
        method: 'POST',
        path: '/am/api/v2/alerts',
        headers: { 'content-type': 'application/json', 'user-agent': 'us/1', authorization: 'Basic dTpw' },
        alerts: [
          { ...sent, labels: { alertname: 'one', dc: 'eu', severity: 'page' } },
          { ...sent, labels: { alertname: 'two', dc: 'eu', severity: 'page' } },
        ],
      },
    ]);
  }
  expect(c.batches).toMatchObject([{ path: '/api/v2/alerts', alerts: [{ ...sent, labels: { alertname: 'one', dc: 'eu' } }] }]);
  expect(c.batches[0].headers.authorization).toBeUndefined();
  await eventually(() => expect(metric('sent_total', c)).toBe(1));
  expect(metric('latency_seconds_count', c)).toBe(1);
  expect(metric('latency_histogram_seconds_count', c)).toBe(1);
  expect(notifier.active()).toEqual([`http://${a.address}/am/api/v2/alerts`, `http://${b.address}/am/api/v2/alerts`, c.url]);
  expect(metric('alertmanagers_discovered')).toBe(3);
  expect(metric('queue_capacity')).toBe(10_000);
});

describe('the queue of one Alertmanager', () => {
  test('batches one after the other; when there is no room the oldest go', async () => {
    const [slow, other] = await Promise.all([alertmanager(), alertmanager()]);
    const { notifier, metric, lines } = newNotifier({ queueCapacity: 5, batchSize: 2 });
    notifier.apply(configOf([`{${at(slow, other)}}`]));
    slow.hold();
    notifier.send(alerts('1'));
    await eventually(() => expect([slow.names, metric('sent_total', other)]).toEqual([[['1']], 1]));
    notifier.send(alerts('2', '3', '4'));
    expect(metric('queue_length', slow)).toBe(3);
    notifier.send(alerts('5', '6', '7'));
    expect([metric('queue_length', slow), metric('dropped_total', slow)]).toEqual([5, 1]);
    // The other one is not held up.
    await eventually(() => expect(other.names.flat()).toEqual(['1', '2', '3', '4', '5', '6', '7']));
    expect(metric('dropped_total', other)).toBe(0);
    slow.release();
    await eventually(() => expect(slow.names).toEqual([['1'], ['3', '4'], ['5', '6'], ['7']]));
    expect([slow.mostWaiting, slow.connections]).toEqual([1, 1]);
    await eventually(() => expect([metric('sent_total', slow), metric('queue_length', slow)]).toEqual([6, 0]));
    // More at once than there is room for at all.
    slow.hold();
    notifier.send(alerts('8', '9', '10', '11', '12', '13', '14'));
    expect(metric('dropped_total', slow)).toBe(3);
    slow.release();
    await eventually(() => expect(slow.names.slice(4).flat()).toEqual(['10', '11', '12', '13', '14']));
    expect(lines.filter((line) => line.startsWith('No room')).length).toBeGreaterThanOrEqual(2);
  });

  test('what does not arrive is counted and given up; what is sent again arrives', async () => {
    const port = await freePort();
    const down = { address: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/api/v2/alerts` };
    const { notifier, metric, lines } = newNotifier({ batchSize: 2 });
    notifier.apply(configOf([`{${at(down)}}`]));
    notifier.send(alerts('1', '2', '3'));
    await eventually(() => expect(metric('errors_total', down)).toBe(3));
    expect([metric('dropped_total', down), metric('sent_total', down), metric('queue_length', down)]).toEqual([3, 0, 0]);
    expect(metric('latency_seconds_count', down)).toBeUndefined();
    const err = `Post \\"${down.url}\\": dial tcp ${down.address}: connect: connection refused`;
    expect(lines).toEqual([`Sending alerts failed {"count":2,"err":"${err}"}`, `Sending alerts failed {"count":1,"err":"${err}"}`]);
    const back = await alertmanager(port);
    back.status = 503;
    notifier.send(alerts('4'));
    await eventually(() => expect(metric('errors_total', down)).toBe(4));
    expect(lines.at(-1)).toBe('Sending alerts failed {"count":1,"err":"bad response status 503 Service Unavailable"}');
    back.status = 202;
    notifier.send(alerts('1', '2', '3'));
    await eventually(() => expect(metric('sent_total', down)).toBe(3));
    expect(back.names).toEqual([['4'], ['1', '2'], ['3']]);
  });
});

describe('another configuration', () => {
  test('an Alertmanager that stays keeps its queue and its connection, whatever else changes; one that goes is sent the rest', async () => {
    const [stays, goes, comes] = await Promise.all([alertmanager(), alertmanager(), alertmanager()]);
    const { notifier, metric } = newNotifier({ batchSize: 1 });
    notifier.apply(configOf([`{${at(goes, stays)}}`]));
    for (const fake of [stays, goes]) fake.hold();
    notifier.send(alerts('1', '2'));
    await eventually(() => expect([stays.names, goes.names]).toEqual([[['1']], [['1']]]));
    notifier.apply(configOf([`{${at(comes)}}`, `{${at(stays)}, authorization: {credentials: t}}`]));
    expect(notifier.active()).toEqual([comes.url, stays.url]);
    notifier.send(alerts('3'));
    expect(metric('queue_length', goes)).toBe(1);
    for (const fake of [stays, goes]) fake.release();
    await eventually(() =>
      expect([stays.names.flat(), goes.names.flat(), comes.names.flat()]).toEqual([['1', '2', '3'], ['1', '2'], ['3']]),
    );
    expect(stays.connections).toBe(1);
    expect(stays.batches.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer t', 'Bearer t']);
    await eventually(() => expect(metric('sent_total', goes)).toBeUndefined());
    expect(['errors_total', 'dropped_total', 'queue_length', 'latency_seconds_count'].map((name) => metric(name, goes))).toEqual(
      Array(4).fill(undefined),
    );
    await eventually(() => expect(metric('sent_total', stays)).toBe(3));
  });

  test('one that is in two entries is sent to twice, and counted as long as one of them is there', async () => {
    const fake = await alertmanager();
    const { notifier, metric } = newNotifier();
    notifier.apply(configOf([`{${at(fake)}}`, `{${at(fake)}}`]));
    notifier.send(alerts('1'));
    await eventually(() => expect(metric('sent_total', fake)).toBe(2));
    notifier.apply(configOf([`{${at(fake)}}`]));
    notifier.send(alerts('2'));
    await eventually(() => expect(metric('sent_total', fake)).toBe(3));
    expect(fake.names).toEqual([['1'], ['1'], ['2']]);
    notifier.apply(configOf([]));
    await eventually(() => expect(metric('sent_total', fake)).toBeUndefined());
  });

  test('dropped ones and those that cannot be used', () => {
    const { notifier, lines } = newNotifier();
    const keys = 'static_configs: [{targets: [a, "", b]}], relabel_configs: [{source_labels: [__address__], regex: b, action: drop}]';
    notifier.apply(configOf([`{${keys}}`]));
    expect([notifier.active(), notifier.dropped()]).toEqual([['http://a/api/v2/alerts'], ['http://b/api/v2/alerts']]);
    expect(lines).toEqual([
      'Cannot send alerts to an Alertmanager of the configuration {"err":"Alertmanager \\"\\" in group 0: no address"}',
    ]);
  });
});

describe('the end', () => {
  /** With one batch under way and two alerts that wait. */
  async function stopping(drainOnShutdown: boolean, clock?: FakeClock) {
    const fake = await alertmanager();
    const { notifier, metric, lines } = newNotifier({ batchSize: 1, drainOnShutdown }, { clock });
    notifier.apply(configOf([`{${at(fake)}}`]));
    fake.hold();
    notifier.send(alerts('1', '2', '3'));
    await eventually(() => expect(fake.names).toEqual([['1']]));
    const stopped = notifier.stop();
    notifier.send(alerts('too late'));
    return { fake, metric, lines, stopped };
  }

  test('what waits is sent', async () => {
    const { fake, lines, stopped } = await stopping(true);
    fake.release();
    await stopped;
    expect([fake.names, lines]).toEqual([[['1'], ['2'], ['3']], []]);
  });

  test('or dropped, where it is not to be sent', async () => {
    const { fake, metric, lines, stopped } = await stopping(false);
    expect([metric('dropped_total', fake), metric('queue_length', fake)]).toEqual([2, 0]);
    fake.release();
    await stopped;
    expect([fake.names, lines]).toEqual([[['1']], ['Alerts that wait to be sent are dropped {"count":2}']]);
  });

  test('or when it takes too long', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const { fake, lines, stopped } = await stopping(true, clock);
    await clock.advance(9_999);
    expect(lines).toEqual([]);
    await clock.advance(1);
    await stopped;
    expect(fake.names).toEqual([['1']]);
    expect(lines).toEqual([
      'Alerts that wait to be sent are dropped {"count":2}',
      `Sending alerts failed {"count":1,"err":"Post \\"${fake.url}\\": context canceled"}`,
    ]);
    expect(clock.timers).toBe(0);
  });

  test('without anything to send', async () => {
    const { notifier } = newNotifier({}, { clock: systemClock });
    await notifier.stop();
    await notifier.stop();
  });
});
