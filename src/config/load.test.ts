// biome-ignore-all lint/suspicious/noTemplateCurlyInString: external labels and relabelling templates are written so.
import { describe, expect, test } from 'vitest';
import type { ScrapeConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { parseConfig } from './load.ts';

const FILES: Record<string, string> = {
  '/etc/t/jobs/a.yml': 'scrape_configs:\n- job_name: a\n  tls_config: {ca_file: ca.pem}\n',
  '/etc/t/jobs/b.yml': 'scrape_configs:\n- job_name: main\n',
  '/etc/t/jobs/c.yml': 'global: {}\n',
  '/etc/t/jobs/d.yml': '',
};

function parse(text: string, env: Record<string, string> = {}): ReturnType<typeof parseConfig> {
  return parseConfig(text, {
    file: '/etc/t/p.yml',
    env,
    readFile: (path) => FILES[path],
    glob: (pattern) => Object.keys(FILES).filter((path) => path === pattern || (pattern === '/etc/t/jobs/*' && path.endsWith('a.yml'))),
  });
}

/** Keys of one job after `- job_name: j`, in flow style or lines. */
function job(keys: string): ScrapeConfig {
  return parse(`scrape_configs:\n- job_name: j\n${indent(keys)}`).config.scrapeConfigs[0];
}

function indent(keys: string): string {
  return keys
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** The problems of a text, without the file's name. */
function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => problem.replace('/etc/t/p.yml:', ''));
  }
  return [];
}

function refuses(text: string, ...expected: string[]): void {
  expect(problems(text)).toEqual(expected);
}

/** The first problem of a job with these keys. */
function refusesJob(keys: string, expected: string): void {
  expect(problems(`scrape_configs:\n- job_name: j\n${indent(keys)}`)).toEqual([expected]);
}

test('nothing at all, null and empty sections load with the defaults', () => {
  const check = (text: string): void => {
    const { config, warnings } = parse(text);
    expect(config.scrapeConfigs).toEqual([]);
    expect(config.global).toMatchObject({
      scrapeIntervalMs: 60_000,
      scrapeTimeoutMs: 10_000,
      evaluationIntervalMs: 60_000,
      externalLabels: [],
    });
    expect(warnings).toEqual([]);
  };
  check('');
  check('---\n');
  check('# only a comment\n');
  check(
    'global:\nscrape_configs:\nrule_files:\nalerting:\nremote_write:\nremote_read: []\nstorage:\ntracing:\nruntime: {}\notlp:\nscrape_config_files:\n',
  );
  check('global: {}\nscrape_configs: []\nstorage: {tsdb: {out_of_order_time_window: 0s}}\n');
});

test('the retention of the store', () => {
  const check = (retention: string, timeMs: number, sizeBytes: number, percentage: number) => {
    const { config, warnings } = parse(`storage: {tsdb: {retention: ${retention}}}\n`);
    expect([config.storage.retention, warnings], retention).toEqual([{ timeMs, sizeBytes, percentage }, []]);
  };
  check('', 0, 0, 0);
  check('{}', 0, 0, 0);
  check('{time: 30d}', 2_592_000_000, 0, 0);
  check('{size: 512MB, percentage: 12.5}', 0, 512 * 2 ** 20, 12.5);
  check('{time: 1h, size: 1GiB, percentage: 100}', 3_600_000, 2 ** 30, 100);
  expect(parse('').config.storage.retention).toEqual({ timeMs: 0, sizeBytes: 0, percentage: 0 });
  const refuses = (retention: string, want: string) =>
    expect(() => parse(`storage: {tsdb: {retention: ${retention}}}`), retention).toThrow(want);
  refuses('{percentage: 101}', 'storage.tsdb.retention.percentage: got 101, want a percentage from 0 to 100');
  refuses('{percentage: -1}', 'storage.tsdb.retention.percentage: got -1, want a percentage from 0 to 100');
  refuses('{size: 5}', 'storage.tsdb.retention.size: got "5", want a size in bytes such as 512MB');
  refuses('{time: -1s}', 'storage.tsdb.retention.time: not a valid duration string: "-1s"');
  refuses('{duration: 1d}', 'storage.tsdb.retention.duration: unknown key');
});

test('the configuration that Prometheus ships loads', () => {
  const text = `# my global config
global:
  scrape_interval: 15s # How often targets are scraped; every minute if not set.
  evaluation_interval: 15s
  # scrape_timeout is left at the global default.

alerting:
  alertmanagers:
    - static_configs:
        - targets:
          # - alertmanager:9093

# Rules are loaded once and evaluated every 'evaluation_interval'.
rule_files:
  # - "first_rules.yml"
  # - "second_rules.yml"

scrape_configs:
  # The server itself.
  - job_name: "prometheus"

    # metrics_path defaults to '/metrics'

    static_configs:
      - targets: ["localhost:9090"]
        # Added to every series of this target.
        labels:
          app: "prometheus"
`;
  const { config, warnings } = parse(text);
  expect(config.global.scrapeTimeoutMs).toBe(10_000);
  expect(config.scrapeConfigs[0]).toMatchObject({
    jobName: 'prometheus',
    scrapeIntervalMs: 15_000,
    staticConfigs: [{ targets: ['localhost:9090'], labels: [['app', 'prometheus']], source: '0' }],
  });
  expect(config.alerting.alertmanagers).toMatchObject([{ staticConfigs: [{ targets: [] }] }]);
  expect(warnings).toEqual([]);
});

test('a job takes from global what it does not say', () => {
  const { config } = parse(
    'global: {scrape_interval: 8s, sample_limit: 5, body_size_limit: 1KB, label_limit: 3, scrape_protocols: [PrometheusText0.0.4]}\nscrape_configs:\n- job_name: a\n- {job_name: b, scrape_interval: 1m, sample_limit: 7, scrape_timeout: 30s}\n',
  );
  const [a, b] = config.scrapeConfigs;
  expect(a).toMatchObject({
    scrapeIntervalMs: 8000,
    scrapeTimeoutMs: 8000,
    sampleLimit: 5,
    bodySizeLimitBytes: 1024,
    labelLimit: 3,
    scrapeProtocols: ['PrometheusText0.0.4'],
  });
  expect(b).toMatchObject({ scrapeIntervalMs: 60_000, scrapeTimeoutMs: 30_000, sampleLimit: 7 });
  expect(Object.isFrozen(a.staticConfigs)).toBe(true);
});

test('timeouts: left out, the smaller of the global one and the interval', () => {
  const check = (global: string, keys: string, expected: number): void => {
    const { config } = parse(`global: {${global}}\nscrape_configs: [{job_name: j, ${keys}}]`);
    expect(config.scrapeConfigs[0].scrapeTimeoutMs).toBe(expected);
  };
  check('', '', 10_000);
  check('scrape_timeout: 20s', '', 20_000);
  check('scrape_timeout: 20s', 'scrape_interval: 5s', 5000);
  check('scrape_interval: 3s', '', 3000);
  check('scrape_interval: 3s', 'scrape_timeout: 1s', 1000);
  refuses(
    'global: {scrape_interval: 3s, scrape_timeout: 4s}',
    '1:31: global.scrape_timeout: global scrape timeout greater than scrape interval',
  );
  refusesJob(
    'scrape_interval: 3s\nscrape_timeout: 4s',
    '4:3: scrape_configs[0].scrape_timeout: scrape timeout greater than scrape interval for scrape config with job name "j"',
  );
});

test('the defaults of a job', () => {
  expect(job('static_configs:')).toMatchObject({
    honorLabels: false,
    honorTimestamps: true,
    trackTimestampsStaleness: false,
    metricsPath: '/metrics',
    scheme: 'http',
    params: {},
    enableCompression: true,
    fallbackScrapeProtocol: null,
    scrapeProtocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
    httpClient: {
      followRedirects: true,
      enableHttp2: true,
      tls: null,
      basicAuth: null,
      authorization: null,
      proxyUrl: null,
      httpHeaders: null,
    },
  });
});

test('scalars are read as Go reads them into the type of the field', () => {
  const check = (keys: string, expected: Partial<ScrapeConfig>): void => expect(job(keys)).toMatchObject(expected);
  check('honor_labels: yes', { honorLabels: true });
  check('honor_timestamps: off', { honorTimestamps: false });
  // A null is the zero of the type, not the default of the key.
  check('honor_timestamps:', { honorTimestamps: false });
  check('sample_limit: 1e3', { sampleLimit: 1000 });
  check('sample_limit: 1_000', { sampleLimit: 1000 });
  check('sample_limit: 0x10', { sampleLimit: 16 });
  check('sample_limit: 010', { sampleLimit: 8 });
  check('body_size_limit: 1.5MB', { bodySizeLimitBytes: 1_572_864 });
  check('body_size_limit: 0', { bodySizeLimitBytes: 0 });
  check('params: {a: [01, yes, null]}', { params: { a: ['01', 'yes', ''] } });
  refusesJob('honor_labels: "yes"', '3:17: scrape_configs[0].honor_labels: got "yes", want true or false');
  refusesJob('sample_limit: "5"', '3:17: scrape_configs[0].sample_limit: got "5", want a whole number of 0 or more');
  refusesJob('sample_limit: -5', '3:17: scrape_configs[0].sample_limit: got "-5", want a whole number of 0 or more');
  refusesJob('body_size_limit: 100', '3:20: scrape_configs[0].body_size_limit: got "100", want a size in bytes such as 512MB');
  refusesJob('metrics_path: [a]', '3:17: scrape_configs[0].metrics_path: got a list, want text');
  refusesJob('static_configs: a', '3:19: scrape_configs[0].static_configs: got "a", want a list');
  refusesJob('scrape_interval: 5', '3:20: scrape_configs[0].scrape_interval: not a valid duration string: "5"');
});

test('unknown keys, with the nearest known one', () => {
  refuses('globl: {}', '1:1: globl: unknown key, did you mean global?');
  refuses('xyz: 1', '1:1: xyz: unknown key');
  refusesJob('scrape_intervall: 5s', '3:3: scrape_configs[0].scrape_intervall: unknown key, did you mean scrape_interval?');
  refusesJob('tls_config: {insecure: true}', '3:16: scrape_configs[0].tls_config.insecure: unknown key');
  refusesJob(
    'relabel_configs: [{traget_label: a}]',
    '3:22: scrape_configs[0].relabel_configs[0].traget_label: unknown key, did you mean target_label?',
  );
});

test('all problems are told, not only the first', () => {
  refuses(
    'global:\n  scrape_interval: soon\nscrape_configs:\n- job_name: a\n  foo: 1\n- job_name: a\n- metrics_path: /x\n',
    '2:20: global.scrape_interval: not a valid duration string: "soon"',
    '5:3: scrape_configs[0].foo: unknown key',
    '6:3: scrape_configs[1].job_name: found multiple scrape configs with job name "a"',
    '7:3: scrape_configs[2]: job_name is empty',
  );
});

test('strict YAML', () => {
  refuses('global: {}\nglobal: {}', '2:1: global: key "global" is already set in line 1');
  refuses('scrape_configs:\n- job_name: a\n  job_name: b', '3:3: scrape_configs[0].job_name: key "job_name" is already set in line 2');
  refuses('- a', '1:1: got a list, want a mapping');
  refuses('a', '1:1: got "a", want a mapping');
  refuses('global: {}\n---\nglobal: {}', '2:1: the file holds more than one YAML document: got a second one, want one');
  refuses(
    'scrape_configs: [*x]',
    '1:18: the alias names an unknown anchor',
    '1:18: scrape_configs[0]: empty or null scrape config section',
  );
  expect(problems('global: {external_labels: {a: b}')[0]).toContain('the file is no YAML');
  expect(problems('\tglobal:')[0]).toContain('1:1: the file is no YAML');
  expect(problems('global: "a\u0000"')[0]).toBe('1:11: control characters are not allowed');
});

test('aliases and merge keys are resolved, bombs are not', () => {
  const { config } = parse('scrape_configs:\n- &a {job_name: a, scrape_interval: 5s}\n- {<<: *a, job_name: b}\n');
  expect(config.scrapeConfigs[1]).toMatchObject({ jobName: 'b', scrapeIntervalMs: 5000 });
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? 'x'
          : Array(10)
              .fill(`*a${i - 1}`)
              .join(',')
      }]`,
  ).join('\n');
  expect(problems(bomb)).toContain('1:9: the document contains excessive aliasing');
  expect(problems(`global: ${'['.repeat(10_000)}`)[0]).toContain('nested too deeply');
});

test('what is not supported yet is refused or named in one warning', () => {
  refusesJob(
    'kubernetes_sd_configs: [{role: node}]',
    '3:26: scrape_configs[0].kubernetes_sd_configs: not supported yet: discovery by kubernetes (its targets would be missing)',
  );
  refusesJob(
    'oauth2: {client_id: a, token_url: b}',
    '3:11: scrape_configs[0].oauth2: not supported yet: OAuth 2.0 (requests would go out without it)',
  );
  const conversion = 'convert_classic_histograms_to_nhcb: not supported yet: converting classic histograms (other series would be stored)';
  refuses('global: {convert_classic_histograms_to_nhcb: true}', `1:46: global.${conversion}`);
  refusesJob('convert_classic_histograms_to_nhcb: true', `3:39: scrape_configs[0].${conversion}`);
  expect(parseConfig('global: {convert_classic_histograms_to_nhcb: false}', { file: 'p.yml', env: {} }).warnings).toEqual([]);
  refuses('remote_write: [{url: "http://x"}]', '1:15: remote_write: not supported yet: remote write (nothing would be sent)');
  refuses(
    'global: {metric_name_validation_scheme: legacy}',
    '1:41: global.metric_name_validation_scheme: not supported yet: the legacy validation of names (UTF-8 names would be stored)',
  );
  refuses(
    'storage: {tsdb: {out_of_order_time_window: 5m}}',
    '1:44: storage.tsdb.out_of_order_time_window: not supported yet: storing samples out of order',
  );
  refusesJob(
    'fallback_scrape_protocol: PrometheusProto',
    '3:29: scrape_configs[0].fallback_scrape_protocol: not supported yet: formats other than text',
  );
  refusesJob(
    'scrape_protocols: [PrometheusProto]',
    '3:3: scrape_configs[0].scrape_protocols: not supported yet: formats other than text: got a list without "PrometheusText0.0.4" or "PrometheusText1.0.0" for scrape config with job name "j"',
  );
  const jobs =
    'scrape_configs:\n- {job_name: a, scrape_native_histograms: true}\n- {job_name: b, scrape_native_histograms: true, native_histogram_bucket_limit: 0}\n';
  const { warnings } = parse(`${jobs}runtime: {gogc: 50}\ntracing: {endpoint: "a:1"}\n`);
  expect(warnings).toEqual([
    'the configuration has keys that are accepted but do nothing yet: scrape_configs[].scrape_native_histograms, runtime, tracing',
  ]);
});

test('external labels take the environment in', () => {
  const check = (value: string, expected: string, warned: string[] = []): void => {
    const { config, warnings } = parse(`global: {external_labels: {l: '${value}'}}`, { NAME: 'v', EMPTY: '' });
    expect(config.global.externalLabels).toEqual([['l', expected]]);
    expect(warnings).toEqual(warned.map((name) => `the environment variable "${name}" of the external label "l" is empty`));
  };
  check('a', 'a');
  check('${NAME}-$NAME', 'v-v');
  check('$$NAME $${NAME}', '$NAME ${NAME}');
  check('${NOPE}x', 'x', ['NOPE']);
  check('$EMPTY', '', ['EMPTY']);
  check('$ a$', '$ a$');
  check('a${', 'a');
  check('${}b', 'b');
  check('$NAME.x', 'v.x');
  refuses('global: {external_labels: {"": x}}', '1:28: global.external_labels: "" is not a valid label name');
  expect(parse('global: {external_labels: {b: 1, a.b: 2}}').config.global.externalLabels).toEqual([
    ['a.b', '2'],
    ['b', '1'],
  ]);
});

test('scrape_protocols', () => {
  refusesJob(
    'scrape_protocols: []',
    '3:3: scrape_configs[0].scrape_protocols: scrape_protocols cannot be empty for scrape config with job name "j"',
  );
  refusesJob(
    'scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]',
    '3:3: scrape_configs[0].scrape_protocols: duplicated protocol in scrape_protocols, got [PrometheusText0.0.4 PrometheusText0.0.4] for scrape config with job name "j"',
  );
  refusesJob(
    'scrape_protocols: [prometheustext0.0.4]',
    '3:3: scrape_configs[0].scrape_protocols: scrape_protocols: unknown scrape protocol prometheustext0.0.4, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0] for scrape config with job name "j"',
  );
  expect(job('fallback_scrape_protocol: PrometheusText1.0.0').fallbackScrapeProtocol).toBe('PrometheusText1.0.0');
  expect(problems('scrape_configs: [{job_name: j, fallback_scrape_protocol: text}]')[0]).toContain('got "text", want one of');
});

test('targets', () => {
  refusesJob(
    'static_configs: [{targets: ["http://a:1"]}]',
    '3:21: scrape_configs[0].static_configs[0].targets: "http://a:1" is not a valid hostname',
  );
  expect(
    job('static_configs: [{targets: ["http://a:1"]}]\nrelabel_configs: [{action: drop, source_labels: [x], regex: y}]').staticConfigs,
  ).toHaveLength(1);
  refusesJob('static_configs: [null]', '3:20: scrape_configs[0].static_configs[0]: empty or null section in static_configs');
  refusesJob(
    'static_configs: [{targets: [a], labels: {"": b}}]',
    '3:44: scrape_configs[0].static_configs[0].labels: "" is not a valid label name',
  );
  expect(job('static_configs: [{}, {targets: [a, 2], labels: {z: 1, __scheme__: https, a.b: c}}]').staticConfigs).toEqual([
    { targets: [], labels: [], source: '0' },
    {
      targets: ['a', '2'],
      labels: [
        ['__scheme__', 'https'],
        ['a.b', 'c'],
        ['z', '1'],
      ],
      source: '1',
    },
  ]);
});

test('relabelling rules', () => {
  const bad = (rule: string, expected: string): void => {
    const found = problems(`scrape_configs: [{job_name: j, metric_relabel_configs: [${rule}]}]`);
    expect(found).toHaveLength(1);
    expect(found[0].replace(/^\S+ \S+ /, '')).toBe(expected);
  };
  bad('{action: x}', 'unknown relabel action "x"');
  bad('{action: kepe}', 'unknown relabel action "kepe", did you mean keep?');
  bad('{action: }', 'relabel action cannot be empty');
  bad('{}', "relabel configuration for replace action requires 'target_label' value");
  bad('null', 'empty or null metric relabeling rule in scrape config');
  bad('{action: hashmod, target_label: a}', 'relabel configuration for hashmod requires non-zero modulus');
  bad('{action: lowercase, target_label: a, replacement: b}', "'replacement' can not be set for lowercase action");
  bad('{action: labelmap, replacement: ""}', '"" is invalid \'replacement\' for labelmap action');
  bad(
    '{action: keepequal, target_label: a, regex: (.*)}',
    "keepequal action requires only 'source_labels' and `target_label`, and no other fields",
  );
  bad(
    '{action: dropequal, target_label: a, separator: x}',
    "dropequal action requires only 'source_labels' and `target_label`, and no other fields",
  );
  bad('{action: labeldrop, source_labels: []}', "labeldrop action requires only 'regex', and no other fields");
  bad('{action: labelkeep, target_label: a}', "labelkeep action requires only 'regex', and no other fields");
  bad('{source_labels: [""], target_label: a}', '"" is not a valid label name');
  bad('{target_label: a, regex: "a("}', 'error parsing regexp: missing closing ): `a(`');
  const rules = job('relabel_configs: [{action: KEEP, source_labels: [a.b], regex: x}, {target_label: "${1}.y", regex: }]').relabelConfigs;
  expect(rules[0]).toMatchObject({ action: 'keep', sourceLabels: ['a.b'], separator: ';', replacement: '$1' });
  expect(rules[1]).toMatchObject({ action: 'replace', regex: { pattern: '' } });
});

test('the HTTP client', () => {
  const client = (keys: string): unknown => job(keys).httpClient;
  expect(client('basic_auth: {username: u, password_file: p}')).toMatchObject({
    basicAuth: { username: 'u', usernameFile: null, password: null, passwordFile: '/etc/t/p' },
  });
  expect(client('bearer_token: t')).toMatchObject({ authorization: { type: 'Bearer', credentials: 't', credentialsFile: null } });
  expect(client('authorization: {type: " X ", credentials_file: /abs}')).toMatchObject({
    authorization: { type: 'X', credentials: null, credentialsFile: '/abs' },
  });
  expect(client('tls_config: {ca_file: a/ca.pem, server_name: s, min_version: TLS12}')).toMatchObject({
    tls: { caFile: '/etc/t/a/ca.pem', serverName: 's', insecureSkipVerify: false, minVersion: 'TLS12' },
  });
  expect(client('http_headers: {X-A: {values: [1], secrets: [s], files: [f]}}')).toMatchObject({
    httpHeaders: { 'X-A': { values: ['1'], secrets: ['s'], files: ['/etc/t/f'] } },
  });
  const at = 'scrape_configs[0]';
  refusesJob(
    'basic_auth: {}\nauthorization: {}',
    `4:3: ${at}.authorization: at most one of basic_auth, oauth2 & authorization must be configured`,
  );
  refusesJob(
    'bearer_token: a\nbearer_token_file: b',
    `4:3: ${at}.bearer_token_file: at most one of bearer_token & bearer_token_file must be configured`,
  );
  refusesJob(
    'authorization: {type: Basic}',
    `3:19: ${at}.authorization.type: authorization type cannot be set to "basic", use "basic_auth" instead`,
  );
  refusesJob(
    'tls_config: {cert: a}',
    `3:15: ${at}.tls_config: exactly one of key or key_file must be configured when a client certificate is configured`,
  );
  refusesJob('tls_config: {ca: a, ca_file: b}', `3:23: ${at}.tls_config.ca_file: at most one of ca, ca_file & ca_ref must be configured`);
  refusesJob(
    'tls_config: {min_version: TLS13, max_version: TLS12}',
    `3:36: ${at}.tls_config.max_version: tls_config.max_version must be greater than or equal to tls_config.min_version if both are specified`,
  );
  refusesJob('no_proxy: a', `3:3: ${at}.no_proxy: if no_proxy is configured, proxy_url must also be configured`);
  refusesJob('proxy_url: "socks5://a:1"', `3:3: ${at}.proxy_url: not supported yet: proxies of the scheme "socks5"`);
  refusesJob('http_headers: {Host: {values: [a]}}', `3:18: ${at}.http_headers: setting header "Host" is not allowed`);
  refusesJob('scheme: ftp', `3:11: ${at}.scheme: got "ftp", want one of "http", "https"`);
});

describe('alerting', () => {
  const noAlertmanager = { config: { alerting: { alertRelabelConfigs: [], alertmanagers: [] } } };

  test('nothing, and an Alertmanager that says nothing', () => {
    for (const text of ['', 'alerting:', 'alerting: {}', 'alerting: {alertmanagers: , alert_relabel_configs: []}'])
      expect(parse(text), text).toMatchObject(noAlertmanager);
    const { alertmanagers } = parse('alerting: {alertmanagers: [{}]}').config.alerting;
    expect(alertmanagers).toMatchObject([
      {
        scheme: 'http',
        pathPrefix: '',
        timeoutMs: 10_000,
        apiVersion: 'v2',
        staticConfigs: [],
        relabelConfigs: [],
        alertRelabelConfigs: [],
        httpClient: { followRedirects: true, tls: null, basicAuth: null },
      },
    ]);
  });

  test('what an Alertmanager can say', () => {
    const { config, warnings, alertmanagerPlaces } = parse(`alerting:
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
  alertmanagers:
  - static_configs: [{targets: [a:9093, b:9093], labels: {zone: z}}]
    scheme: https
    path_prefix: /am
    timeout: 3s
    api_version: v2
    basic_auth: {username: u, password_file: p}
    tls_config: {ca_file: ca.pem}
    relabel_configs: [{source_labels: [zone], regex: z, action: keep}]
    alert_relabel_configs: [{source_labels: [severity], regex: page, action: keep}]
  - {}
`);
    expect(warnings).toEqual([]);
    expect(alertmanagerPlaces).toEqual(['/etc/t/p.yml:4:5: alerting.alertmanagers[0]', '/etc/t/p.yml:13:5: alerting.alertmanagers[1]']);
    expect(config.alerting.alertRelabelConfigs).toMatchObject([{ action: 'labeldrop' }]);
    expect(config.alerting.alertmanagers[0]).toMatchObject({
      scheme: 'https',
      pathPrefix: '/am',
      timeoutMs: 3000,
      staticConfigs: [{ targets: ['a:9093', 'b:9093'], labels: [['zone', 'z']], source: '0' }],
      relabelConfigs: [{ sourceLabels: ['zone'] }],
      alertRelabelConfigs: [{ sourceLabels: ['severity'] }],
      httpClient: { basicAuth: { username: 'u', passwordFile: '/etc/t/p' }, tls: { caFile: '/etc/t/ca.pem' } },
    });
  });

  const check = (alertmanager: string, expected: string) =>
    test(alertmanager, () =>
      expect(
        problems(`alerting: {alertmanagers: [{${alertmanager}}]}`).map((problem) => problem.replace(/^\d+:\d+: alerting\./, '')),
      ).toEqual([`alertmanagers[0].${expected}`]),
    );
  check('timeout: 5', 'timeout: not a valid duration string: "5"');
  check('scheme: ftp', 'scheme: got "ftp", want one of "http", "https"');
  check('api_version: v1', 'api_version: expected Alertmanager api version to be one of [v2] but got v1');
  check('api_version: ""', 'api_version: expected Alertmanager api version to be one of [v2] but got ');
  check('static_configs: [{targets: ["a/b"]}]', 'static_configs[0].targets: "a/b" is not a valid hostname');
  check(
    'bearer_token: a, basic_auth: {}',
    'bearer_token: at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
  );
  check('oauth2: {client_id: a}', 'oauth2: not supported yet: OAuth 2.0 (requests would go out without it)');
  check('sigv4: {region: a}', 'sigv4: not supported yet: signatures of AWS (requests would go out without them)');
  check('dns_sd_configs: [{names: [a]}]', 'dns_sd_configs: not supported yet: discovery by dns (its Alertmanagers would be missing)');
  check('relabel_configs: [null]', 'relabel_configs[0]: empty or null Alertmanager target relabeling rule');
  check('alert_relabel_configs: [null]', 'alert_relabel_configs[0]: empty or null Alertmanager alert relabeling rule');

  test('other problems', () => {
    refuses('alerting: {alert_relabel_configs: [null]}', '1:36: alerting.alert_relabel_configs[0]: empty or null alert relabeling rule');
    refuses('alerting: {alertmanagers: [null]}', '1:28: alerting.alertmanagers[0]: empty or null Alertmanager section');
    // A rule may make an address of it.
    expect(problems('alerting: {alertmanagers: [{static_configs: [{targets: ["a/b"]}], relabel_configs: [{target_label: x}]}]}')).toEqual(
      [],
    );
  });
});

test('sections without effect are checked all the same', () => {
  refuses('tracing: {insecure: true}', '1:10: tracing: tracing endpoint must be set');
});

test('included files', () => {
  const main = (patterns: string): string => `scrape_config_files: [${patterns}]\nscrape_configs: [{job_name: main}]`;
  const { config } = parse(main('"jobs/*"'));
  expect(config.scrapeConfigs.map(({ jobName }) => jobName)).toEqual(['main', 'a']);
  expect(config.scrapeConfigs[1].httpClient.tls?.caFile).toBe('/etc/t/jobs/ca.pem');
  expect([config.ownScrapeConfigs, config.scrapeConfigFiles]).toEqual([1, ['/etc/t/jobs/*']]);
  expect(parse(main('jobs/d.yml')).config.scrapeConfigs).toHaveLength(1);
  expect(parse(main('jobs/none.yml')).warnings).toEqual(['no file matches "/etc/t/jobs/none.yml" of scrape_config_files']);
  refuses(
    main('jobs/b.yml'),
    '/etc/t/jobs/b.yml:2:3: scrape_configs[0].job_name: found multiple scrape configs with job name "main", first found in main config file',
  );
  refuses(main('jobs/c.yml'), '/etc/t/jobs/c.yml:1:1: global: unknown key');
  refuses(main('"jobs/*/x"'), '1:1: scrape_config_files: invalid scrape config file path "jobs/*/x"');
});
