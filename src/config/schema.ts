// Every key of a Prometheus 3.14 configuration file, and what becomes of it here: read, accepted without effect (`unused`,
// named in a warning), or refused as "not supported yet". Source: docs/configuration/configuration.md and config/config.go of
// prometheus/prometheus. Rules over several keys and defaults are in global-config.ts, scrape-config.ts, alerting-config.ts and http-client.ts.

import { quoteGo } from '../model/index.ts';
import {
  count,
  duration,
  type Field,
  flag,
  float,
  integer,
  isLabelName,
  listOf,
  listOfPresent,
  mapOf,
  oneOf,
  refused,
  refusedIf,
  size,
  text,
  unused,
} from './field.ts';
import { httpClientFields, tlsFields } from './http-client.ts';
import { relabelRules } from './relabel-rule.ts';
import { section } from './section.ts';

const DISCOVERY = [
  'aws',
  'azure',
  'consul',
  'digitalocean',
  'dns',
  'docker',
  'dockerswarm',
  'ec2',
  'eureka',
  'file',
  'gce',
  'hetzner',
  'http',
  'ionos',
  'kubernetes',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'nerve',
  'nomad',
  'openstack',
  'outscale',
  'ovhcloud',
  'puppetdb',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
] as const;
type DiscoveryKey = `${(typeof DISCOVERY)[number]}_sd_configs`;

function discoveryFields<T>(field: (kind: string) => Field<T>): Readonly<Record<DiscoveryKey, Field<T>>> {
  return Object.fromEntries(DISCOVERY.map((kind) => [`${kind}_sd_configs`, field(kind)])) as Record<DiscoveryKey, Field<T>>;
}

const OAUTH2 = 'OAuth 2.0 (requests would go out without it)';

const labels = mapOf(text, (name) => (isLabelName(name) ? null : `${quoteGo(name)} is not a valid label name`));

export const targetGroupFields = { targets: listOf(text), labels };
const staticConfigs = listOfPresent(section(targetGroupFields), 'empty or null section in static_configs');

const limitFields = {
  body_size_limit: size,
  sample_limit: count,
  target_limit: count,
  label_limit: count,
  label_name_length_limit: count,
  label_value_length_limit: count,
  keep_dropped_targets: count,
};

const protocol = oneOf('', 'OpenMetricsText0.0.1', 'OpenMetricsText1.0.0', 'PrometheusProto', 'PrometheusText0.0.4', 'PrometheusText1.0.0');

/** The same keys for all jobs and for one. */
const formatFields = {
  scrape_protocols: listOf(text),
  metric_name_validation_scheme: refusedIf(
    oneOf('', 'utf8', 'legacy'),
    (scheme) => scheme === 'legacy',
    'the legacy validation of names (UTF-8 names would be stored)',
  ),
  metric_name_escaping_scheme: refusedIf(
    oneOf('', 'allow-utf-8', 'underscores', 'dots', 'values'),
    (scheme) => scheme !== '' && scheme !== 'allow-utf-8',
    'asking targets to escape names (other names would be stored)',
  ),
  scrape_native_histograms: unused(flag),
  convert_classic_histograms_to_nhcb: refusedIf(flag, (wanted) => wanted, 'converting classic histograms (other series would be stored)'),
  // Classic histograms are scraped always.
  always_scrape_classic_histograms: flag,
  extra_scrape_metrics: flag,
  scrape_failure_log_file: unused(text),
};

export const globalFields = {
  scrape_interval: duration,
  scrape_timeout: duration,
  evaluation_interval: duration,
  rule_query_offset: duration,
  query_log_file: text,
  external_labels: labels,
  ...limitFields,
  ...formatFields,
};

export const scrapeFields = {
  job_name: text,
  honor_labels: flag,
  honor_timestamps: flag,
  track_timestamps_staleness: flag,
  params: mapOf(listOf(text)),
  scrape_interval: duration,
  scrape_timeout: duration,
  fallback_scrape_protocol: refusedIf(protocol, (name) => name !== '' && !name.startsWith('PrometheusText'), 'formats other than text'),
  metrics_path: text,
  scheme: oneOf('', 'http', 'https'),
  enable_compression: flag,
  native_histogram_bucket_limit: unused(count),
  native_histogram_min_bucket_factor: unused(float),
  relabel_configs: relabelRules('empty or null target relabeling rule in scrape config'),
  metric_relabel_configs: relabelRules('empty or null metric relabeling rule in scrape config'),
  static_configs: staticConfigs,
  ...limitFields,
  ...formatFields,
  ...httpClientFields(refused(OAUTH2)),
  ...discoveryFields((kind) => refused(`discovery by ${kind} (its targets would be missing)`)),
};

export const scrapeSection = section(scrapeFields);
const scrapeConfigs = listOfPresent(scrapeSection, 'empty or null scrape config section');

export const alertmanagerFields = {
  scheme: oneOf('', 'http', 'https'),
  path_prefix: text,
  timeout: duration,
  api_version: text,
  sigv4: refused('signatures of AWS (requests would go out without them)'),
  relabel_configs: relabelRules('empty or null Alertmanager target relabeling rule'),
  alert_relabel_configs: relabelRules('empty or null Alertmanager alert relabeling rule'),
  static_configs: staticConfigs,
  ...httpClientFields(refused(OAUTH2)),
  ...discoveryFields((kind) => refused(`discovery by ${kind} (its Alertmanagers would be missing)`)),
};

export const alertingFields = {
  alert_relabel_configs: relabelRules('empty or null alert relabeling rule'),
  alertmanagers: listOfPresent(section(alertmanagerFields), 'empty or null Alertmanager section'),
};

export const retentionFields = { time: duration, size, percentage: float };

export const storageFields = {
  tsdb: section({
    out_of_order_time_window: refusedIf(duration, (ms) => ms > 0, 'storing samples out of order'),
    retention: section(retentionFields),
    stale_series_compaction_threshold: unused(float),
  }),
  exemplars: unused(section({ max_exemplars: integer })),
};

const tracingFields = {
  client_type: oneOf('grpc', 'http'),
  endpoint: text,
  sampling_fraction: float,
  insecure: flag,
  tls_config: section(tlsFields),
  headers: mapOf(text),
  compression: oneOf('', 'gzip'),
  timeout: duration,
};

const otlpFields = {
  promote_all_resource_attributes: flag,
  promote_resource_attributes: listOf(text),
  ignore_resource_attributes: listOf(text),
  translation_strategy: oneOf(
    '',
    'UnderscoreEscapingWithSuffixes',
    'NoUTF8EscapingWithSuffixes',
    'UnderscoreEscapingWithoutSuffixes',
    'NoTranslation',
  ),
  keep_identifying_resource_attributes: flag,
  convert_histograms_to_nhcb: flag,
  promote_scope_metadata: flag,
  label_name_underscore_sanitization: flag,
  label_name_preserve_multiple_underscores: flag,
};

export const globalSection = section(globalFields);

export const rootFields = {
  global: globalSection,
  runtime: unused(section({ gogc: integer })),
  alerting: section(alertingFields),
  rule_files: listOf(text),
  scrape_config_files: listOf(text),
  scrape_configs: scrapeConfigs,
  storage: section(storageFields),
  tracing: unused(section(tracingFields)),
  remote_write: refused('remote write (nothing would be sent)'),
  remote_read: refused('remote read (what is stored elsewhere would not be found)'),
  otlp: unused(section(otlpFields)),
};

export const rootSection = section(rootFields);

/** A file that `scrape_config_files` names. */
export const scrapeConfigFileSection = section({ scrape_configs: scrapeConfigs });

/** Sections that are read and checked but, as a whole or in part, do nothing yet; shown by the status page as they were written. */
export const UNUSED_SECTIONS = ['runtime', 'storage', 'tracing', 'otlp'] as const;
