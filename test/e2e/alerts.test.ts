// Alerts on their way when something on it is not there.
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/federate-text.ts';
import { freePort } from '../support/free-port.ts';
import { requirePeer, startAlertmanager } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { startTributary } from '../support/tributary.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test.runIf(requirePeer('prometheus-alertmanager'))('an Alertmanager that was down gets the alerts when it is back', async () => {
  const folder = await temporaryFolder('alerts');
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const rules = join(folder, 'rules.yml');
  writeFileSync(
    rules,
    'groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1), annotations: {value: "{{ $value }}"}}]}]\n',
  );
  const port = await freePort();
  const server = await startTributary({
    config: `global: {external_labels: {dc: eu}}
rule_files: ['${rules}']
alerting: {alertmanagers: [{timeout: 2s, static_configs: [{targets: ['127.0.0.1:${port}']}]}]}
`,
    flags: ['--rules.alert.resend-delay=1s'],
  });
  cleanups.push(() => server.stop());
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(new RegExp(`^prometheus_notifications_${name}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
  };
  await eventually(async () => expect(await metric('errors_total')).toBeGreaterThan(1));
  expect([await metric('sent_total'), (await metric('dropped_total')) > 0]).toEqual([0, true]);
  const upMs = Date.now();
  const alertmanager = await startAlertmanager({ port });
  cleanups.push(() => alertmanager.stop());
  await eventually(async () => {
    const alerts = (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as {
      labels: Record<string, string>;
      annotations: Record<string, string>;
      startsAt: string;
    }[];
    expect(alerts.map(({ labels, annotations }) => [labels, annotations])).toEqual([[{ alertname: 'Always', dc: 'eu' }, { value: '1' }]]);
    // Since it fires, not since it could be told.
    expect(Date.parse(alerts[0].startsAt)).toBeLessThan(upMs);
  });
  expect(await metric('sent_total')).toBeGreaterThan(0);
});
