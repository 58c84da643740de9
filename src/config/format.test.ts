import { expect, test } from 'vitest';
import { formatConfig } from './format.ts';
import { parseConfig } from './load.ts';

function format(text: string): string {
  return formatConfig(parseConfig(text, { file: '/etc/t/p.yml', env: {} }).config);
}

test('an empty file shows the defaults', () => {
  expect(format('')).toBe(`global:
  scrape_interval: 1m
  scrape_timeout: 10s
  evaluation_interval: 1m
  metric_name_validation_scheme: utf8
  metric_name_escaping_scheme: allow-utf-8
  scrape_native_histograms: false
runtime:
  gogc: 75
otlp:
  translation_strategy: UnderscoreEscapingWithSuffixes
  label_name_underscore_sanitization: true
  label_name_preserve_multiple_underscores: true
`);
});

test('a job with everything, in the order of Prometheus', () => {
  const text = `scrape_configs:
- job_name: j
  honor_labels: true
  params: {'match[]': ['{job="x"}', 'yes']}
  sample_limit: 5
  body_size_limit: 1536KB
  authorization: {credentials: swordfish}
  tls_config: {key: swordfish, cert: c, insecure_skip_verify: true}
  proxy_url: http://u:swordfish@proxy:3128
  proxy_connect_header: {X: [swordfish]}
  http_headers: {X-A: {values: [a], secrets: [swordfish]}}
  relabel_configs:
  - {source_labels: [a, b], target_label: c}
  - {regex: , target_label: d, replacement: ''}
  static_configs:
  - targets: ['a:1', 2]
    labels: {zone: 1}
`;
  const shown = format(text);
  expect(shown.slice(shown.indexOf('scrape_configs:'), shown.indexOf('otlp:'))).toBe(`scrape_configs:
- job_name: j
  honor_labels: true
  honor_timestamps: true
  track_timestamps_staleness: false
  params:
    match[]:
    - '{job="x"}'
    - "yes"
  scrape_interval: 1m
  scrape_timeout: 10s
  scrape_protocols:
  - OpenMetricsText1.0.0
  - OpenMetricsText0.0.1
  - PrometheusText1.0.0
  - PrometheusText0.0.4
  scrape_native_histograms: false
  always_scrape_classic_histograms: false
  convert_classic_histograms_to_nhcb: false
  metrics_path: /metrics
  scheme: http
  enable_compression: true
  body_size_limit: 1MiB512KiB
  sample_limit: 5
  metric_name_validation_scheme: utf8
  metric_name_escaping_scheme: allow-utf-8
  extra_scrape_metrics: false
  authorization:
    type: Bearer
    credentials: <secret>
  tls_config:
    cert: c
    key: <secret>
    insecure_skip_verify: true
  follow_redirects: true
  enable_http2: true
  proxy_url: http://u:xxxxx@proxy:3128
  proxy_connect_header:
    X:
    - <secret>
  http_headers:
    X-A:
      values:
      - a
      secrets:
      - <secret>
  relabel_configs:
  - source_labels: [a, b]
    separator: ;
    target_label: c
    replacement: $1
    action: replace
  - separator: ;
    regex: null
    target_label: d
    action: replace
  static_configs:
  - targets:
    - a:1
    - "2"
    labels:
      zone: "1"
`);
});

test('Alertmanagers, in the order of Prometheus', () => {
  expect(format('alerting: {alertmanagers: []}')).toBe(format(''));
  const shown = format(`alerting:
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
  alertmanagers:
  - static_configs: [{targets: [a:9093]}]
    path_prefix: /am
    timeout: 90s
    basic_auth: {username: u, password: swordfish}
    relabel_configs: [{source_labels: [a], target_label: b}]
    alert_relabel_configs: [{action: labelkeep, regex: alertname}]
  - {}
`);
  expect(shown.slice(shown.indexOf('runtime:'), shown.indexOf('otlp:'))).toBe(`runtime:
  gogc: 75
alerting:
  alert_relabel_configs:
  - separator: ;
    regex: replica
    replacement: $1
    action: labeldrop
  alertmanagers:
  - basic_auth:
      username: u
      password: <secret>
    follow_redirects: true
    enable_http2: true
    scheme: http
    path_prefix: /am
    timeout: 1m30s
    api_version: v2
    relabel_configs:
    - source_labels: [a]
      separator: ;
      target_label: b
      replacement: $1
      action: replace
    alert_relabel_configs:
    - separator: ;
      regex: alertname
      replacement: $1
      action: labelkeep
    static_configs:
    - targets:
      - a:9093
  - follow_redirects: true
    enable_http2: true
    scheme: http
    timeout: 10s
    api_version: v2
`);
});

test('sections without effect are shown as written, never their secrets', () => {
  const shown = format(`rule_files: [r/*.yml]
tracing: {endpoint: 'a:1', sampling_fraction: 0.5, tls_config: {cert: c, key: swordfish}, headers: {Authentication: swordfish}}
`);
  expect(shown).not.toContain('swordfish');
  expect(shown).toContain('rule_files:\n- /etc/t/r/*.yml\n');
  expect(shown).toContain('  sampling_fraction: 0.5\n');
});

test('what is shown can be loaded again, but for secrets', () => {
  const text =
    'global: {scrape_interval: 7s, external_labels: {dc: "yes"}, label_limit: 3}\nscrape_configs: [{job_name: "- x: #", scrape_timeout: 1500ms}]';
  const once = format(text);
  expect(format(once)).toBe(once);
});
