// The notifier against the real Alertmanager: what it is sent is what it shows, over every way that a configuration can ask for.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { createPostClient } from '../../src/http/index.ts';
import { formatFamilies, MetricRegistry } from '../../src/metrics/index.ts';
import { labelsOf, silentLogger } from '../../src/model/index.ts';
import { type Alert, Notifier } from '../../src/notifier/index.ts';
import { FakeAlertmanager, type ReceivedBatch } from '../support/fake-alertmanager.ts';
import { freePort } from '../support/free-port.ts';
import { type Peer, requirePeer, startAlertmanager, startPrometheus } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { TlsProxy } from '../support/tls-proxy.ts';

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

const MINUTE = 60_000;
/** Whole seconds, so that both sides write the same text. */
const now = Math.floor(Date.now() / 1000) * 1000;

function alert(name: string, more: Partial<Alert> = {}): Alert {
  return {
    labels: labelsOf({ alertname: name, instance: 'ü "\\\n😀', severity: 'page' }),
    annotations: labelsOf({ summary: 'It is <b>down</b> & out', empty: '' }),
    startsAtMs: now - 5 * MINUTE + 123,
    endsAtMs: now + 30 * MINUTE,
    generatorUrl: 'http://us:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    ...more,
  };
}

function newNotifier(alertmanager: string, settings = {}) {
  const registry = new MetricRegistry();
  const notifier = new Notifier({
    client: createPostClient(),
    registry,
    logger: silentLogger,
    userAgent: 'us/1',
    settings: { queueCapacity: 1000, batchSize: 3, drainOnShutdown: true, ...settings },
    drainLimitMs: 20_000,
  });
  cleanups.push(() => notifier.stop());
  const text = `global: {external_labels: {dc: eu}}\nalerting: {alertmanagers: [{${alertmanager}}]}\n`;
  notifier.apply(parseConfig(text, { file: 'p.yml', env: {} }).config);
  const metric = (name: string): number =>
    Number(new RegExp(`^prometheus_notifications_${name}\\{.*\\} (.*)$`, 'm').exec(formatFamilies(registry.collect(), 'text'))?.[1]);
  return { notifier, metric };
}

interface Shown {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** What the Alertmanager tells of the alerts that fire, by name. */
async function shownBy(url: string, headers: Record<string, string> = {}): Promise<Shown[]> {
  const response = await fetch(`${url}/api/v2/alerts`, { headers });
  const shown = (await response.json()) as Shown[];
  return shown.sort((a, b) => (a.labels.alertname < b.labels.alertname ? -1 : 1));
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

/** From the moment on when they are there. */
const arrived = (url: string, names: readonly string[], headers?: Record<string, string>) =>
  eventually(async () => expect((await shownBy(url, headers)).map(({ labels }) => labels.alertname)).toEqual(names));

test.runIf(requirePeer('prometheus'))('what is sent is what the real Prometheus sends', async () => {
  const [theirs, ours] = await Promise.all([FakeAlertmanager.start(), FakeAlertmanager.start()]);
  cleanups.push(() => Promise.all([theirs.close(), ours.close()]));
  const folder = await temporaryFolder('alert-rules');
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, 'rules.yml'),
    `groups: [{name: g, rules: [{alert: Up, expr: vector(1), labels: {severity: page, secret: x}, annotations: {summary: 'ü <&> {{ $value }}', empty: ''}}]}]\n`,
  );
  const configFor = ({ address }: FakeAlertmanager) => `global: {evaluation_interval: 1s, external_labels: {dc: eu, severity: low}}
rule_files: ['${folder}/rules.yml']
alerting:
  alert_relabel_configs: [{action: labeldrop, regex: secret}, {target_label: added, replacement: yes}]
  alertmanagers: [{path_prefix: am, static_configs: [{targets: ['${address}']}]}]
`;
  const prometheus = await startPrometheus({ config: configFor(theirs), flags: ['--rules.alert.resend-delay=1s'] });
  cleanups.push(() => prometheus.stop());
  await eventually(() => expect(theirs.batches.length).toBeGreaterThan(0));
  const [{ alerts }] = theirs.batches;
  const [{ startsAt, endsAt, generatorURL }] = alerts;
  const { notifier } = newNotifier('');
  notifier.apply(parseConfig(configFor(ours), { file: 'p.yml', env: {} }).config);
  notifier.send([
    {
      labels: labelsOf({ alertname: 'Up', severity: 'page', secret: 'x' }),
      annotations: labelsOf({ empty: '', summary: 'ü <&> 1' }),
      startsAtMs: Date.parse(startsAt),
      endsAtMs: Date.parse(endsAt),
      generatorUrl: generatorURL!,
    },
  ]);
  await eventually(() => expect(ours.batches.length).toBe(1));
  const shown = (batch: ReceivedBatch) => [batch.method, batch.path, batch.headers['content-type'], JSON.stringify(batch.alerts)];
  expect(shown(ours.batches[0])).toEqual(shown(theirs.batches[0]));
});

describe.runIf(requirePeer('prometheus-alertmanager'))('the real Alertmanager', () => {
  let peer: Peer;
  beforeAll(async () => {
    peer = await startAlertmanager();
    cleanups.push(() => peer.stop());
  });
  const at = (port: number) => `static_configs: [{targets: ["127.0.0.1:${port}"]}]`;

  test('alerts arrive as they are, end, and begin again', async () => {
    const { notifier, metric } = newNotifier(at(peer.port));
    notifier.send([alert('a'), alert('b', { annotations: [], generatorUrl: '' })]);
    await arrived(peer.url, ['a', 'b']);
    const [a, b] = await shownBy(peer.url);
    expect(a).toMatchObject({
      labels: { alertname: 'a', dc: 'eu', instance: 'ü "\\\n😀', severity: 'page' },
      annotations: { summary: 'It is <b>down</b> & out' },
      startsAt: new Date(now - 5 * MINUTE + 123).toISOString(),
      endsAt: new Date(now + 30 * MINUTE).toISOString(),
      generatorURL: 'http://us:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    });
    expect([b.annotations, b.generatorURL]).toEqual([{}, undefined]);
    notifier.send([alert('a', { endsAtMs: now - MINUTE })]);
    await arrived(peer.url, ['b']);
    notifier.send([alert('a')]);
    await arrived(peer.url, ['a', 'b']);
    expect([metric('sent_total'), metric('errors_total'), metric('dropped_total')]).toEqual([4, 0, 0]);
    notifier.send([alert('a', { endsAtMs: now - MINUTE }), alert('b', { endsAtMs: now - MINUTE })]);
    await arrived(peer.url, []);
  });

  test('many alerts, batch by batch, and the rest at the end', async () => {
    const { notifier } = newNotifier(at(peer.port));
    const names = Array.from({ length: 100 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    for (const name of names) notifier.send([alert(name)]);
    await notifier.stop();
    expect((await shownBy(peer.url)).map(({ labels }) => labels.alertname).filter((name) => name.startsWith('many-'))).toEqual(names);
  });

  test('what it does not take is an error', async () => {
    const { notifier, metric } = newNotifier(at(peer.port));
    notifier.send([alert('no end before its beginning', { startsAtMs: now, endsAtMs: now - MINUTE })]);
    await eventually(() => expect(metric('errors_total')).toBe(1));
    expect([metric('sent_total'), metric('dropped_total')]).toEqual([0, 1]);
  });

  test('over TLS', async () => {
    const proxy = await TlsProxy.start({ target: `127.0.0.1:${peer.port}` });
    cleanups.push(() => proxy.close());
    const good = newNotifier(`${at(proxy.port)}, scheme: https, tls_config: {ca_file: ${proxy.caFile}}`);
    const stranger = newNotifier(`${at(proxy.port)}, scheme: https`);
    for (const { notifier } of [good, stranger]) notifier.send([alert('encrypted')]);
    await eventually(() => expect([good.metric('sent_total'), stranger.metric('errors_total')]).toEqual([1, 1]));
    expect((await shownBy(peer.url)).map(({ labels }) => labels.alertname)).toContain('encrypted');
  });

  test('with a path before all paths and with a password', async () => {
    // "swordfish" in bcrypt.
    const hash = '$2y$04$abcdefghijklmnopqrstuugIEnm3ZbWF6xb2GcoE3L1CoGJFMKtu.';
    const headers = { authorization: `Basic ${Buffer.from('us:swordfish').toString('base64')}` };
    const own = await startAlertmanager({ routePrefix: '/am', webConfig: `basic_auth_users: {us: '${hash}'}\n`, headers });
    cleanups.push(() => own.stop());
    const keys = `${at(own.port)}, path_prefix: /am`;
    const good = newNotifier(`${keys}, basic_auth: {username: us, password: swordfish}`);
    const stranger = newNotifier(keys);
    const lost = newNotifier(`${at(own.port)}, basic_auth: {username: us, password: swordfish}`);
    for (const { notifier } of [good, stranger, lost]) notifier.send([alert('secret')]);
    await arrived(`${own.url}/am`, ['secret'], headers);
    await eventually(() =>
      expect([good.metric('sent_total'), stranger.metric('errors_total'), lost.metric('errors_total')]).toEqual([1, 1, 1]),
    );
  });

  test('down, with more alerts than there is room for, and back again', async () => {
    const port = await freePort();
    const { notifier, metric } = newNotifier(at(port), { queueCapacity: 10 });
    const names = Array.from({ length: 15 }, (_, i) => `down-${String(i).padStart(2, '0')}`);
    notifier.send(names.map((name) => alert(name)));
    await eventually(() => expect([metric('errors_total'), metric('dropped_total')]).toEqual([10, 15]));
    const back = await startAlertmanager({ port });
    cleanups.push(() => back.stop());
    // Whoever sent them sends them again.
    notifier.send(names.slice(0, 8).map((name) => alert(name)));
    await arrived(back.url, names.slice(0, 8));
    expect([metric('sent_total'), metric('queue_length')]).toEqual([8, 0]);
  });
});
