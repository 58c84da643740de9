// The same small configurations into `promtool check config` of the real Prometheus 2.42 and into ours: the same verdict,
// or a difference with a name. Where 3.14 judges otherwise than 2.42, or where we do not support a thing yet, the name says so.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: relabelling templates are written so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkConfigFile, formatConfig, loadConfigFile } from '../../src/config/index.ts';
import { targetProblems } from '../../src/discovery/index.ts';
import { alertmanagerProblems } from '../../src/notifier/index.ts';
import { findPeer, requirePeer, startPrometheus } from '../support/peers.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-interop-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Why our verdict is another than 2.42's. */
type Difference =
  | '3.14 knows the key'
  | '3.14 takes UTF-8 names'
  | '3.14 wants another value'
  | 'not supported yet'
  | 'ours is stricter: a fraction is no count'
  | 'ours is stricter: one document'
  | 'ours is stricter: schemes are http and https'
  | 'ours is stricter: proxies are http and https'
  | 'rule files are not read yet'
  | 'ours checks TLS files'
  | 'ours checks Alertmanagers';

interface Case {
  readonly text: string;
  readonly difference: Difference | null;
}
const cases: Case[] = [];

function whole(text: string, difference: Difference | null = null): void {
  cases.push({ text, difference });
}

/** One job with these keys, in flow style. */
function job(keys: string, difference: Difference | null = null): void {
  whole(`scrape_configs: [{job_name: j, ${keys}}]\n`, difference);
}

function rule(keys: string, difference: Difference | null = null): void {
  job(`relabel_configs: [${keys}]`, difference);
}

// The document.
whole('');
whole('---\n');
whole('global:\n');
whole('global: {}\nscrape_configs: []\nrule_files:\nalerting: {}\n');
whole('- a\n');
whole('a\n');
whole('global: [\n');
whole('\tglobal: {}\n');
whole('globl: {}\n');
whole('global: {}\nglobal: {}\n');
whole('global: {scrape_interval: 5s, scrape_interval: 5s}\n');
whole('global: {external_labels: {a: b, a: c}}\n');
whole('global: {}\n---\nglobal: {}\n', 'ours is stricter: one document');
whole('scrape_configs: [*nobody]\n');
whole('scrape_configs:\n- &a {job_name: a}\n- {<<: *a, job_name: b}\n');
whole('scrape_configs:\n- &a {job_name: a}\n- *a\n');

// global.
whole('global: {scrape_interval: 15s, evaluation_interval: 1m30s}\n');
whole('global: {scrape_interval: 15}\n');
whole('global: {scrape_interval: 0}\n');
whole('global: {scrape_interval: 0.5s}\n');
whole('global: {scrape_interval: 1m 5s}\n');
whole('global: {scrape_interval: -5s}\n');
whole('global: {scrape_interval: ""}\n');
whole('global: {scrape_interval: 300y}\n');
whole('global: {scrape_interval: 5s, scrape_timeout: 6s}\n');
whole('global: {scrape_interval: 5s}\n');
whole('global: {external_labels: {a: 1, b: yes, c: null}}\n');
whole('global: {external_labels: {a.b: c}}\n', '3.14 takes UTF-8 names');
whole('global: {external_labels: [a]}\n');
whole('global: {query_log_file: q.log}\n');
whole('global: {sample_limit: 5}\n', '3.14 knows the key');
whole('global: {scrape_protocols: [PrometheusText0.0.4]}\n', '3.14 knows the key');

// Jobs.
whole('scrape_configs: [null]\n');
whole('scrape_configs: [{}]\n');
whole('scrape_configs: [{job_name: ""}]\n');
whole('scrape_configs: [{job_name: a}, {job_name: a}]\n');
whole('scrape_configs: {job_name: a}\n');
job('scrape_intervall: 5s');
job('scrape_interval: 5s, scrape_timeout: 6s');
job('scrape_interval: 5s, scrape_timeout: 5s');
job('scrape_timeout: 2m');
job('honor_labels: yes, honor_timestamps: Off');
job('honor_labels: "yes"');
job('honor_labels: 1');
job('honor_timestamps: ');
job('sample_limit: 1e3, label_limit: 1_000, target_limit: 0x10');
job('sample_limit: -1');
job('sample_limit: "1"');
job('sample_limit: 1.7', 'ours is stricter: a fraction is no count');
job('body_size_limit: 10MB');
job('body_size_limit: 1MiB512KiB');
job('body_size_limit: 10');
job('body_size_limit: 10mb');
job('body_size_limit: 0');
job('params: {a: [1, yes], b: []}');
job('params: {a: b}');
job('metrics_path: [a]');
job('scheme: https');
job('scheme: ftp', 'ours is stricter: schemes are http and https');
job('track_timestamps_staleness: true, enable_compression: false, keep_dropped_targets: 3', '3.14 knows the key');
job('fallback_scrape_protocol: PrometheusText0.0.4', '3.14 knows the key');
job('dns_sd_configs: [{names: [a]}]', 'not supported yet');
job('dns_sd_configs: []');
job('file_sd_configs: [{files: ["/nowhere/*.yml"]}]', 'not supported yet');

// Targets.
job('static_configs: [{targets: [a, "b:1", "[::1]:80"]}]');
job('static_configs: [{targets: ["http://a"]}]');
job('static_configs: [{targets: ["http://a"]}], relabel_configs: [{target_label: __address__, replacement: a}]');
job('static_configs: [{targets: [""]}]');
job('static_configs: [{targets: a}]');
job('static_configs: [{targets: [a], label: {}}]');
job('static_configs: [null]');
job('static_configs: [{}]');
job('static_configs: [{targets: [a], labels: {x: 1, y: null}}]');
job('static_configs: [{targets: [a], labels: {x.y: 1}}]', '3.14 takes UTF-8 names');
job('static_configs: [{targets: [a], labels: {__scrape_interval__: 5s, __scrape_timeout__: 6s}}]');
job('static_configs: [{targets: [a], labels: {__scrape_interval__: x}}]');

// Relabelling.
rule('{target_label: a}');
rule('null');
rule('{}');
rule('{action: replace, target_label: "a-b"}', '3.14 takes UTF-8 names');
rule('{source_labels: [a], regex: "(.*)x", target_label: "${1}"}');
rule('{source_labels: [a], regex: "(.*)x", target_label: "a.$1"}', '3.14 takes UTF-8 names');
rule('{source_labels: [a.b], target_label: a}', '3.14 takes UTF-8 names');
rule('{source_labels: a, target_label: a}');
rule('{action: KEEP, source_labels: [a], regex: b}');
rule('{action: nothing}');
rule('{action: }');
rule('{target_label: a, regex: "("}');
rule('{target_label: a, regex: "(?=a)"}');
rule('{target_label: a, regex: }');
rule('{action: hashmod, target_label: a, source_labels: [b]}');
rule('{action: hashmod, target_label: a, source_labels: [b], modulus: 4}');
rule('{action: hashmod, source_labels: [b], modulus: 4}');
rule('{action: hashmod, target_label: a, modulus: -4}');
rule('{action: labelmap, regex: "a(.*)"}');
rule('{action: labelmap, replacement: ""}');
rule('{action: labelmap, replacement: "a.$1"}', '3.14 takes UTF-8 names');
rule('{action: labeldrop, regex: a}');
rule('{action: labeldrop, regex: a, source_labels: [b]}');
rule('{action: labeldrop, source_labels: []}');
rule('{action: labelkeep, regex: a, separator: ","}');
rule('{action: lowercase, source_labels: [a], target_label: b}');
rule('{action: lowercase, source_labels: [a], target_label: b, replacement: c}');
rule('{action: uppercase, source_labels: [a]}');
rule('{action: keepequal, source_labels: [a], target_label: b}');
rule('{action: keepequal, source_labels: [a], target_label: b, regex: "(.*)"}');
rule('{action: dropequal, source_labels: [a], target_label: b, separator: x}');
rule('{action: dropequal, source_labels: [a]}');

// The HTTP client.
job('basic_auth: {username: u, password: p}');
job('basic_auth: {username: u, password: p, password_file: f}');
job('basic_auth: {user: u}');
job('basic_auth: {}, authorization: {}');
job('basic_auth: {}, bearer_token: t');
job('bearer_token: t');
job('bearer_token: t, bearer_token_file: f');
job('authorization: {credentials: t}');
job('authorization: {type: basic, credentials: t}');
job('authorization: {credentials: t, credentials_file: f}');
job('authorization: {credentials_file: /nowhere}');
job('tls_config: {insecure_skip_verify: true, server_name: s, min_version: TLS12}');
job('tls_config: {min_version: TLS9}');
job('tls_config: {cert_file: /nowhere, key_file: /nowhere}');
job('tls_config: {cert_file: /nowhere}');
job('tls_config: {ca_file: /nowhere}', 'ours checks TLS files');
job('tls_config: {ca: x}', '3.14 knows the key');
job('proxy_url: "http://u:p@a:1"');
job('proxy_url: "socks5://a:1"', 'ours is stricter: proxies are http and https');
job('follow_redirects: no, enable_http2: no');
job('oauth2: {client_id: a, client_secret: b, token_url: "http://c"}', 'not supported yet');
job('http_headers: {A: {values: [b]}}', '3.14 knows the key');

// The other sections.
whole('remote_write: []\nremote_read:\n');
whole('remote_write: [{url: "http://a"}]\n', 'not supported yet');
whole('remote_read: [{url: "http://a"}]\n', 'not supported yet');
whole('storage: {tsdb: {out_of_order_time_window: 0s}, exemplars: {max_exemplars: 5}}\n');
whole('storage: {tsdb: {out_of_order_time_window: 5m}}\n', 'not supported yet');
whole('storage: {tsdb: {unknown: 5}}\n');
whole('storage: {tsdb: {retention: {time: 30d, size: 5GB, percentage: 50}}}\n', '3.14 knows the key');
whole('tracing: {endpoint: "a:1", client_type: http}\n');
whole('tracing: {client_type: http}\n');
whole('tracing: {endpoint: "a:1", client_type: tcp}\n');
whole('rule_files: ["/nowhere/*.yml"]\n');
whole('rule_files: ["/nowhere/a.yml"]\n', 'rule files are not read yet');
whole('rule_files: ["a*/*.yml"]\n');
whole('alerting: {alertmanagers: [{static_configs: [{targets: ["a:9093"]}]}], alert_relabel_configs: [{action: labeldrop, regex: x}]}\n');
whole('alerting: {alertmanagers: [{api_version: v3}]}\n');
whole('alerting: {alertmanagers: [{api_version: v1}]}\n', '3.14 wants another value');
whole('alerting: {alert_relabel_configs: [null]}\n');
whole('alerting: {alertmanager: []}\n');
whole('alerting: {alertmanagers: [{static_configs: [{targets: ["a/b"]}]}]}\n');
whole('alerting: {alertmanagers: [{bearer_token: a, basic_auth: {}}]}\n');
whole('alerting: {alertmanagers: [{scheme: https, path_prefix: /x, timeout: 5s}]}\n');
whole('alerting: {alertmanagers: [{scheme: ftp}]}\n', 'ours is stricter: schemes are http and https');
whole('alerting: {alertmanagers: [{api_version: v2}, {api_version: }]}\n');
whole('alerting: {alertmanagers: [{api_version: ""}]}\n');
whole('alerting: {alertmanagers: [{static_configs: [{targets: [""]}]}]}\n', 'ours checks Alertmanagers');
whole(
  'alerting: {alertmanagers: [{static_configs: [{targets: ["a/b"]}], relabel_configs: [{target_label: __address__, replacement: a}]}]}\n',
);
whole('alerting: {alertmanagers: [{static_configs: [{targets: ["a/b"]}], relabel_configs: [{target_label: x}]}]}\n');
whole('alerting: {alertmanagers: [{alert_relabel_configs: [{action: keep, source_labels: [a]}]}]}\n', '3.14 knows the key');
whole('alerting: {alertmanagers: [{dns_sd_configs: [{names: [a]}]}]}\n', 'not supported yet');
whole('alerting: {alertmanagers: [{oauth2: {client_id: a, client_secret: b, token_url: "http://c"}}]}\n', 'not supported yet');
whole('scrape_config_files: []\n', '3.14 knows the key');
whole('runtime: {gogc: 50}\notlp: {promote_scope_metadata: true}\n', '3.14 knows the key');

function fileOf(index: number): string {
  return join(folder, `${index}.yml`);
}

/** Which of all files promtool finds good; one run for all of them. */
function goodToPromtool(): Set<number> {
  cases.forEach(({ text }, index) => {
    writeFileSync(fileOf(index), text);
  });
  let output: string;
  try {
    output = execFileSync(findPeer('promtool')!, ['check', 'config', ...cases.map((_, index) => fileOf(index))], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    // It ends with 1 since some files are bad.
    output = String((error as { stdout?: unknown }).stdout);
  }
  const good = [...output.matchAll(/SUCCESS: (\S+\.yml) is valid prometheus config file syntax/g)];
  return new Set(good.map(([, file]) => Number(basename(file, '.yml'))));
}

test.runIf(requirePeer('promtool'))('promtool and ours come to the same verdict, but for the differences that have a name', () => {
  const promtool = goodToPromtool();
  const disagreements = cases.flatMap(({ text, difference }, index) => {
    const ours = checkConfigFile(fileOf(index), {}, { job: targetProblems, alertmanager: alertmanagerProblems });
    const differs = ours.ok !== promtool.has(index);
    return differs === (difference !== null) ? [] : [{ text, promtool: promtool.has(index), ours: ours.problems, difference }];
  });
  expect(disagreements).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

test.runIf(requirePeer('prometheus'))(
  'the configuration page shows what the real one shows, and the defaults of 3.14 besides',
  async () => {
    const text = `global:
  scrape_interval: 15s
  external_labels: {dc: eu1, on: "yes"}
alerting:
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
  alertmanagers:
  - static_configs:
    - targets: []
  - basic_auth: {username: u, password: swordfish}
    path_prefix: /am
    scheme: https
    timeout: 1m
    relabel_configs: [{source_labels: [a], regex: b, action: drop}]
    static_configs:
    - targets: ['a:9093']
scrape_configs:
- job_name: federate
  honor_labels: true
  metrics_path: /federate
  params: {'match[]': ['{job="x"}', '{__name__=~"job:.*"}']}
  scrape_timeout: 1500ms
  body_size_limit: 100MB
  sample_limit: 7
  basic_auth: {username: u, password: swordfish}
  tls_config: {insecure_skip_verify: true}
  relabel_configs:
  - {source_labels: [a, b], regex: 'x(.*)', target_label: c, replacement: '\${1}'}
  # Its default regex is not shown by 3.14, so it is written here.
  - {action: hashmod, source_labels: [a], modulus: 4, target_label: d, regex: (.*)}
  static_configs:
  - targets: []
    labels: {x: 1}
`;
    const peer = await startPrometheus({ config: text });
    try {
      const answer = (await (await fetch(`${peer.url}/api/v1/status/config`)).json()) as { data: { yaml: string } };
      const file = join(folder, 'shown.yml');
      writeFileSync(file, text);
      expect(parse(formatConfig(loadConfigFile(file, {}).config))).toMatchObject(parse(answer.data.yaml));
    } finally {
      await peer.stop();
    }
  },
);
