// The server's own /metrics as Prometheus's linter sees them, after it has scraped, federated and refused.
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test, vi } from 'vitest';
import { findPeer, requirePeer } from '../support/peers.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

let server: Tributary | null = null;
afterAll(() => server?.stop());

/** Names of Prometheus's own that its linter faults. */
const KNOWN = [
  "prometheus_rule_evaluation_duration_histogram_seconds metric name should not include type 'histogram'",
  "prometheus_rule_group_duration_histogram_seconds metric name should not include type 'histogram'",
  "prometheus_engine_query_duration_histogram_seconds metric name should not include type 'histogram'",
  "prometheus_notifications_latency_histogram_seconds metric name should not include type 'histogram'",
  "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total metric name should not include type 'histogram'",
];

test.runIf(requirePeer('promtool'))('promtool finds nothing to fault', async () => {
  server = await startTributary({
    config: `global: {scrape_interval: 1s}
scrape_configs:
- job_name: self
  static_configs: [{targets: ['127.0.0.1:1', '127.0.0.1:2']}]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:3']}]}]}
`,
  });
  await (await fetch(`${server.url}/federate?match[]=up`)).text();
  await (await fetch(`${server.url}/federate`)).text();
  const { url } = server;
  const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  await vi.waitFor(async () => expect(await metrics()).toMatch(/prometheus_target_interval_length_seconds_count\S* [1-9]/), {
    timeout: 15_000,
    interval: 250,
  });
  const text = await metrics();
  const { status, stdout, stderr } = spawnSync(findPeer('promtool')!, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  const faults = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !KNOWN.includes(line));
  expect(faults, `exit code ${status}`).toEqual([]);
  expect([0, 3]).toContain(status);
  for (const line of [
    'prometheus_sd_discovered_targets{name="scrape",config="self"} 2',
    'prometheus_sd_discovered_targets{name="notify",config="config-0"} 1',
    'prometheus_notifications_alertmanagers_discovered 1',
    'prometheus_notifications_dropped_total{alertmanager="http://127.0.0.1:3/api/v2/alerts"} 0',
    'prometheus_tsdb_too_old_samples_total{type="float"} 0',
    'prometheus_web_federation_errors_total 0',
    'prometheus_web_federation_warnings_total 0',
  ]) {
    expect(text).toContain(`\n${line}\n`);
  }
});
