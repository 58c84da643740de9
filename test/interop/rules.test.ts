// The same rule files in the real Prometheus and in ours, over the same targets: what they record and which alerts they have. The two
// evaluate at different instants, so inputs are constant, or what is recorded is a function of what was scraped.
// Named differences: 2.42 has no keep_firing_for, query_offset and group labels, and no state `unknown`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Findings } from '../../src/config/index.ts';
import { STABLE_LANGUAGE } from '../../src/promql/index.ts';
import { readRules } from '../../src/rules/rule-file.ts';
import { eventually } from '../support/federate-text.ts';
import { KillServer } from '../support/kill-server.ts';
import { findPeer, type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newFolder(name: string): Promise<string> {
  const folder = await temporaryFolder(name);
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type Json = Record<string, unknown>;

async function ask(server: { readonly url: string }, path: string): Promise<Json> {
  const body = (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as { data: Json };
  return body.data;
}

/** Label sets and values of an instant query, by the labels. */
async function vectorOf(server: { readonly url: string }, query: string): Promise<Record<string, string>> {
  const { result } = (await ask(server, `query?query=${encodeURIComponent(query)}`)) as {
    result: { metric: Json; value: [number, string] }[];
  };
  return Object.fromEntries(result.map(({ metric, value }) => [JSON.stringify(metric), value[1]] as const).sort());
}

/** What depends on when it was asked, or is new since 2.42, is left out; alerts of a rule stand in any order. */
async function rulesOf(server: { readonly url: string }): Promise<unknown> {
  const times = new Set(['evaluationTime', 'lastEvaluation', 'activeAt', 'file', 'keepFiringFor']);
  const plain = (value: unknown): string => JSON.stringify(value, (key, inner: unknown) => (times.has(key) ? undefined : inner));
  const text = JSON.stringify(await ask(server, 'rules'), (key, value: unknown) => {
    if (times.has(key)) return undefined;
    return key === 'alerts' ? (value as Json[]).map(plain).sort() : value;
  });
  // The type of a value in a template's data.
  return JSON.parse(text.replaceAll('Value float64 }', 'Value interface {} }')) as unknown;
}

const BODY = `# TYPE requests_total counter
requests_total{code="200",path="/"} 100
requests_total{code="500",path="/"} 7
requests_total{code="200",path="/a"} 50
memory_bytes{pod="a"} 1000
memory_bytes{pod="b"} 3000
latency_seconds_bucket{le="0.1"} 50
latency_seconds_bucket{le="1.0"} 90
latency_seconds_bucket{le="+Inf"} 100
`;

const RULES = `groups:
- name: aggregates
  interval: 1s
  rules:
  - record: job:requests:sum
    expr: sum by (job) (requests_total)
  - record: job_code:requests:sum
    expr: sum by (job, code) (requests_total)
    labels: {level: job, code: "{{ not a template }}"}
  - record: job:errors:ratio
    expr: job_code:requests:sum{code="500"} / on (job) job:requests:sum
  - record: job:requests:double
    expr: job:requests:sum * 2
  - record: without:instance
    expr: memory_bytes
    labels: {instance: ""}
  - record: number
    expr: 1 + 41
  - record: quantile
    expr: histogram_quantile(0.9, latency_seconds_bucket)
  - record: time:of:sample
    expr: timestamp(memory_bytes{pod="a"}) > bool 0
  - record: same:labels
    expr: memory_bytes
    labels: {pod: one}
  - record: no:match
    expr: memory_bytes + on (pod) group_right requests_total
  - record: nothing
    expr: memory_bytes > 9999
- name: limited
  interval: 1s
  limit: 1
  rules:
  - record: one:series
    expr: sum(memory_bytes)
  - record: two:series
    expr: memory_bytes
  - alert: TwoAlerts
    expr: memory_bytes > 0
- name: alerts
  interval: 1s
  rules:
  - alert: Firing
    expr: memory_bytes > 2000
    labels: {severity: page, value: "{{ $value }}", pod_upper: '{{ $labels.pod | toUpper }}'}
    annotations:
      summary: 'pod {{ $labels.pod }} of {{ .Labels.job }} uses {{ $value | humanize1024 }}B in {{ $externalLabels.dc }}'
      asked: '{{ query "sum(memory_bytes)" | first | value }}'
      looped: '{{ range query "memory_bytes" | sortByLabel "pod" }}{{ .Labels.pod }}={{ .Value }};{{ end }}'
      wrong: '{{ .Nope.Deep }}'
      failed: '{{ query "sum(" }}'
  - alert: Pending
    expr: memory_bytes > 2000
    for: 1h
  - alert: Inactive
    expr: memory_bytes > 9999
  - alert: Absent
    expr: absent(gone{kind="x"})
  - alert: SameLabels
    expr: memory_bytes
    labels: {pod: one}
  - alert: OnAlerts
    expr: ALERTS{alertname="Firing", alertstate="firing"}
  - record: alerts:count
    expr: count by (alertname, alertstate) (ALERTS)
`;

interface Both {
  readonly ours: Peer;
  readonly theirs: Peer;
  readonly target: StaticTarget;
}

async function startBoth(rules: string): Promise<Both> {
  const folder = await newFolder('both-rules');
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'a.yml'), rules);
  const target = await StaticTarget.start(BODY);
  cleanups.push(() => target.close());
  const config = `global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {dc: eu}}
rule_files: ['${folder}/rules/*.yml']
scrape_configs: [{job_name: app, static_configs: [{targets: ['${target.address}']}]}]
`;
  const flags = ['--web.enable-lifecycle'];
  const [ours, theirs] = await Promise.all([startTributary({ config, flags }), startPrometheus({ config, flags })]);
  cleanups.push(() => Promise.all([ours.stop(), theirs.stop()]));
  return { ours, theirs, target };
}

const RECORDED = '{__name__=~".+",__name__!~"scrape_.*|up|requests_total|memory_bytes|latency.*|ALERTS_FOR_STATE"}';

describe.runIf(requirePeer('prometheus'))('beside the real Prometheus', () => {
  test('what is recorded and which alerts there are', async () => {
    const { ours, theirs, target } = await startBoth(RULES);
    const same = async (): Promise<void> => {
      expect(await vectorOf(ours, RECORDED)).toEqual(await vectorOf(theirs, RECORDED));
      expect(await rulesOf(ours)).toEqual(await rulesOf(theirs));
      expect((await ask(ours, 'alerts')).alerts).toHaveLength(((await ask(theirs, 'alerts')).alerts as unknown[]).length);
    };
    await eventually(async () => {
      // Everything that takes its time has come.
      expect(Object.keys(await vectorOf(theirs, 'alerts:count')).length).toBeGreaterThan(2);
      expect(Object.keys(await vectorOf(theirs, 'ALERTS{alertname="OnAlerts"}'))).toHaveLength(1);
      await same();
    });
    // It holds from evaluation to evaluation.
    for (let i = 0; i < 10; i++) {
      await sleep(300);
      await same();
    }
    // Series end, an alert is resolved, another one begins.
    target.set('/metrics', BODY.replace(/memory_bytes\{pod="b"\} .*\n/, '').replace(/requests_total\{code="500".*\n/, ''));
    await eventually(async () => {
      // The last group has seen it: what failed on two series does no more.
      expect(Object.keys(await vectorOf(theirs, 'two:series'))).toHaveLength(1);
      expect(Object.keys(await vectorOf(theirs, 'ALERTS{alertname="Firing"}'))).toEqual([]);
      await same();
    });
    target.set('/metrics', BODY.replace('memory_bytes{pod="a"} 1000', 'memory_bytes{pod="a"} 5000'));
    await eventually(async () => {
      expect(Object.keys(await vectorOf(theirs, 'ALERTS{alertname="Firing"}'))).toHaveLength(2);
      await same();
    });
  });

  test('rules that are changed, renamed and removed by a reload', async () => {
    const { ours, theirs } = await startBoth(RULES);
    await eventually(async () => expect(await vectorOf(ours, RECORDED)).toEqual(await vectorOf(theirs, RECORDED)));
    const folder = ((await ask(ours, 'rules')) as { groups: { file: string }[] }).groups[0].file;
    const changed = RULES.replace('- name: aggregates', '- name: renamed')
      .replace('record: job:requests:double', 'record: job:requests:twice')
      .replace(/ {2}- record: quantile\n.*\n/, '')
      .replace(/- name: limited[\s\S]*(?=- name: alerts)/, '');
    writeFileSync(folder, changed);
    for (const server of [ours, theirs]) expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await eventually(async () => {
      const recorded = await vectorOf(theirs, RECORDED);
      const names = Object.keys(recorded).map((metric) => (JSON.parse(metric) as { __name__: string }).__name__);
      expect(names).toContain('job:requests:twice');
      for (const gone of ['job:requests:double', 'quantile', 'one:series']) expect(names).not.toContain(gone);
      expect(await vectorOf(ours, RECORDED)).toEqual(recorded);
      expect(await rulesOf(ours)).toEqual(await rulesOf(theirs));
    });
    writeFileSync(folder, 'groups: [{name: a, rules: [{record: b, expr: "("}]}]\n');
    for (const server of [ours, theirs]) {
      expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(500);
      expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('\nprometheus_config_last_reload_successful 0\n');
    }
    // Nothing has changed.
    expect(await rulesOf(ours)).toEqual(await rulesOf(theirs));
  });

  /** Grace period 6 s: what is pending when the server is killed. */
  const PENDING = `groups:
- name: g
  interval: 1s
  rules:
  - {alert: Short, expr: vector(1), for: 5s}
  - {alert: Fired, expr: vector(1), for: 7s}
  - {alert: Near, expr: vector(1), for: 15s}
  - {alert: Far, expr: vector(1), for: 1h}
`;

  test('kill -9 while alerts are pending', async () => {
    const folder = await newFolder('pending-rules');
    writeFileSync(join(folder, 'rules.yml'), PENDING);
    const options = {
      config: `global: {evaluation_interval: 1s}\nrule_files: ['${folder}/rules.yml']\n`,
      flags: ['--rules.alert.for-grace-period=6s'],
    };
    const [ours, theirs] = await Promise.all([
      KillServer.create(options),
      KillServer.create({ ...options, command: findPeer('prometheus')! }),
    ]);
    cleanups.push(() => Promise.all([ours.remove(), theirs.remove()]));
    const activeAt = async (server: KillServer): Promise<Record<string, number>> => {
      const { alerts } = (await ask(server, 'alerts')) as { alerts: { labels: { alertname: string }; activeAt: string }[] };
      return Object.fromEntries(alerts.map(({ labels, activeAt: at }) => [labels.alertname, Date.parse(at) / 1000]));
    };
    const states = async (server: KillServer) =>
      Object.fromEntries(
        ((await ask(server, 'alerts')) as { alerts: { labels: { alertname: string }; state: string }[] }).alerts.map((alert) => [
          alert.labels.alertname,
          alert.state,
        ]),
      );
    const restored = await Promise.all(
      [ours, theirs].map(async (server) => {
        server.spawn();
        await server.untilReady();
        await eventually(async () => expect((await states(server)).Fired).toBe('firing'));
        await sleep(2000);
        const before = await activeAt(server);
        await server.kill();
        await sleep(3000);
        const restartS = Date.now() / 1000;
        server.spawn();
        await server.untilReady();
        // Evaluated twice, and restored by then.
        await eventually(async () =>
          expect(Object.keys(await vectorOf(server, `timestamp(ALERTS_FOR_STATE) > ${restartS}`))).toHaveLength(4),
        );
        const seenS = Date.now() / 1000;
        const after = await activeAt(server);
        return { before, after, restartS, seenS, states: await states(server) };
      }),
    );
    for (const { before, after, restartS, seenS, states: now } of restored) {
      // Its `for` is below the grace period: it begins anew.
      expect(after.Short).toBeGreaterThan(restartS);
      // What is stored of it has whole seconds.
      expect([now.Fired, Math.floor(before.Fired)]).toEqual(['firing', after.Fired]);
      // Little time is left: the grace period is, from the restoration on.
      expect(now.Near).toBe('pending');
      expect(after.Near + 15).toBeGreaterThan(restartS + 6);
      expect(after.Near + 15).toBeLessThan(seenS + 6);
      // The time without a server is added.
      expect(after.Far - before.Far).toBeGreaterThan(3);
      expect(after.Far - before.Far).toBeLessThan(3 + (seenS - restartS) + 1.5);
    }
  });
});

describe.runIf(requirePeer('promtool'))('which files are refused', () => {
  const rule = (text: string): string => `groups: [{name: g, rules: [${text}]}]`;
  const files: readonly string[] = [
    '',
    'groups:',
    'groups: []',
    'groups: {}',
    'group: []',
    'groups: [{}]',
    'groups: [{name: a}, {name: a}]',
    'groups: [{name: a, interval: 5}]',
    'groups: [{name: a, interval: 5s, limit: 3, rules: []}]',
    'groups: [{name: a, limit: x}]',
    'groups: [{name: a, unknown: x}]',
    rule('{record: a, expr: up}'),
    rule('{record: a, expr: 1}'),
    rule('{record: a, expr: "up["}'),
    rule('{record: a, expr: "up[5m]"}'),
    rule('{record: a, expr: \'"text"\'}'),
    rule('{record: "a{}", expr: up}'),
    rule('{record: a, alert: b, expr: up}'),
    rule('{expr: up}'),
    rule('{record: a}'),
    rule('{alert: a}'),
    rule('{record: a, expr: up, for: 5m}'),
    rule('{record: a, expr: up, annotations: {a: b}}'),
    rule('{record: a, expr: up, labels: {a: b, c: ""}}'),
    rule('{record: a, expr: up, labels: {__name__: b}}'),
    rule('{record: a, expr: up, labels: {a: "{{ nope }}"}}'),
    rule('{alert: a, expr: up, labels: {a: "{{ nope }}"}}'),
    rule('{alert: a, expr: up, labels: {a: "{{ $value }}"}}'),
    rule('{alert: a, expr: up, annotations: {a: "{{ $nope }}"}}'),
    rule('{alert: a, expr: up, annotations: {a: "{{ .Nope }}"}}'),
    rule('{alert: a, expr: up, annotations: {a: "{{ end }}"}}'),
    rule('{alert: a, expr: up, annotations: {a: "{{ if }}x{{ end }}"}}'),
    rule('{alert: a, expr: up, annotations: {a: "{{ define `x` }}y{{ end }}{{ template `x` }}"}}'),
    rule('{alert: a, expr: up, annotations: {"a-b": c}}').replace('a-b', 'a_b'),
    rule('{alert: a, expr: up, for: 1d2h}'),
    rule('{alert: a, expr: up, for: 1h1d}'),
    rule('{alert: a, expr: up, for: -1h}'),
    rule('{record: a, expr: up}, {record: a, expr: up}'),
    'groups: [{name: a, rules: [{record: a, expr: up, expr: down}]}]',
    'groups:\n- name: a\n  rules:\n  - record: a\n   expr: up\n',
  ];

  test('the same as promtool refuses', async () => {
    const folder = await newFolder('rule-files');
    for (const [i, content] of files.entries()) {
      const file = join(folder, `${i}.yml`);
      writeFileSync(file, content);
      const { status, stdout, stderr } = spawnSync(findPeer('promtool')!, ['check', 'rules', file], { encoding: 'utf8' });
      const findings = new Findings();
      readRules(content, { file, features: STABLE_LANGUAGE }, findings);
      expect({ content, refused: findings.problems.length > 0 }, `${stdout}${stderr}\n${findings.problems.join('\n')}`).toEqual({
        content,
        refused: status !== 0,
      });
    }
  });
});
