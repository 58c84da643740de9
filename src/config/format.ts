// The loaded configuration as YAML for /api/v1/status/config: in Prometheus's key order, with the defaults that it fills
// in, without what is at its zero, secrets as `<secret>`. Jobs of included files are not part of it, as in Prometheus.

import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import { DEFAULT_RELABEL_RULE, formatDuration, type RelabelRule } from '../model/index.ts';
import type {
  AlertingConfig,
  AlertmanagerConfig,
  Config,
  GlobalConfig,
  HttpClientConfig,
  ScrapeConfig,
  ScrapeLimits,
  TargetGroup,
  TlsConfig,
} from './config.ts';
import { redactUrl, SECRET } from './display.ts';
import { formatSize } from './size.ts';

type Plain = Record<string, unknown>;

export function formatConfig(config: Config): string {
  const { runtime, storage, tracing, otlp } = config.unusedSections;
  const own = config.scrapeConfigs.slice(0, config.ownScrapeConfigs);
  return emit({
    global: plainGlobal(config.global),
    runtime: runtime ?? { gogc: 75 },
    alerting: plainAlerting(config.alerting),
    rule_files: nonEmpty(config.ruleFiles),
    scrape_config_files: nonEmpty(config.scrapeConfigFiles),
    scrape_configs: nonEmpty(own.map(plainScrapeConfig)),
    storage,
    tracing,
    otlp: otlp ?? {
      translation_strategy: 'UnderscoreEscapingWithSuffixes',
      label_name_underscore_sanitization: true,
      label_name_preserve_multiple_underscores: true,
    },
  });
}

/** Keys whose value is undefined vanish. */
function emit(value: Plain): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, pair) {
      // Prometheus writes this one list in one line.
      if (isScalar(pair.key) && pair.key.value === 'source_labels' && isSeq(pair.value)) pair.value.flow = true;
    },
    // `{}` and `[]` as values, everything else in blocks.
    Collection(_, collection) {
      if ((isMap(collection) || isSeq(collection)) && collection.items.length === 0) collection.flow = true;
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0, flowCollectionPadding: false });
}

function plainGlobal(global: GlobalConfig): Plain {
  const { unused } = global;
  return {
    scrape_interval: formatDuration(global.scrapeIntervalMs),
    scrape_timeout: formatDuration(global.scrapeTimeoutMs),
    scrape_protocols: global.scrapeProtocols ?? undefined,
    evaluation_interval: formatDuration(global.evaluationIntervalMs),
    rule_query_offset: global.ruleQueryOffsetMs === 0 ? undefined : formatDuration(global.ruleQueryOffsetMs),
    query_log_file: global.queryLogFile || undefined,
    scrape_failure_log_file: unused.scrape_failure_log_file,
    external_labels: global.externalLabels.length === 0 ? undefined : Object.fromEntries(global.externalLabels),
    ...plainLimits(global),
    metric_name_validation_scheme: 'utf8',
    metric_name_escaping_scheme: 'allow-utf-8',
    scrape_native_histograms: unused.scrape_native_histograms ?? false,
    convert_classic_histograms_to_nhcb: unused.convert_classic_histograms_to_nhcb,
    always_scrape_classic_histograms: unused.always_scrape_classic_histograms,
    extra_scrape_metrics: global.extraScrapeMetrics || undefined,
  };
}

function plainAlerting({ alertRelabelConfigs, alertmanagers }: AlertingConfig): Plain | undefined {
  if (alertRelabelConfigs.length + alertmanagers.length === 0) return undefined;
  return {
    alert_relabel_configs: nonEmpty(alertRelabelConfigs.map(plainRule)),
    alertmanagers: nonEmpty(alertmanagers.map(plainAlertmanager)),
  };
}

function plainAlertmanager(alertmanager: AlertmanagerConfig): Plain {
  return {
    ...plainHttpClient(alertmanager.httpClient),
    scheme: alertmanager.scheme,
    path_prefix: alertmanager.pathPrefix || undefined,
    timeout: formatDuration(alertmanager.timeoutMs),
    api_version: alertmanager.apiVersion,
    relabel_configs: nonEmpty(alertmanager.relabelConfigs.map(plainRule)),
    alert_relabel_configs: nonEmpty(alertmanager.alertRelabelConfigs.map(plainRule)),
    static_configs: nonEmpty(alertmanager.staticConfigs.map(plainGroup)),
  };
}

function plainLimits(limits: ScrapeLimits): Plain {
  return {
    body_size_limit: limits.bodySizeLimitBytes === 0 ? undefined : formatSize(limits.bodySizeLimitBytes),
    sample_limit: limits.sampleLimit || undefined,
    target_limit: limits.targetLimit || undefined,
    label_limit: limits.labelLimit || undefined,
    label_name_length_limit: limits.labelNameLengthLimit || undefined,
    label_value_length_limit: limits.labelValueLengthLimit || undefined,
    keep_dropped_targets: limits.keepDroppedTargets || undefined,
  };
}

function plainScrapeConfig(job: ScrapeConfig): Plain {
  const { unused } = job;
  const { keep_dropped_targets, ...limits } = plainLimits(job);
  return {
    job_name: job.jobName,
    honor_labels: job.honorLabels || undefined,
    honor_timestamps: job.honorTimestamps,
    track_timestamps_staleness: job.trackTimestampsStaleness,
    params: Object.keys(job.params).length === 0 ? undefined : job.params,
    scrape_interval: formatDuration(job.scrapeIntervalMs),
    scrape_timeout: formatDuration(job.scrapeTimeoutMs),
    scrape_protocols: job.scrapeProtocols,
    fallback_scrape_protocol: job.fallbackScrapeProtocol ?? undefined,
    scrape_native_histograms: unused.scrape_native_histograms ?? false,
    always_scrape_classic_histograms: unused.always_scrape_classic_histograms ?? false,
    convert_classic_histograms_to_nhcb: unused.convert_classic_histograms_to_nhcb ?? false,
    scrape_failure_log_file: unused.scrape_failure_log_file,
    metrics_path: job.metricsPath === '' ? undefined : job.metricsPath,
    scheme: job.scheme,
    enable_compression: job.enableCompression,
    ...limits,
    native_histogram_bucket_limit: unused.native_histogram_bucket_limit,
    native_histogram_min_bucket_factor: unused.native_histogram_min_bucket_factor,
    keep_dropped_targets,
    metric_name_validation_scheme: 'utf8',
    metric_name_escaping_scheme: 'allow-utf-8',
    extra_scrape_metrics: job.extraScrapeMetrics,
    ...plainHttpClient(job.httpClient),
    relabel_configs: nonEmpty(job.relabelConfigs.map(plainRule)),
    metric_relabel_configs: nonEmpty(job.metricRelabelConfigs.map(plainRule)),
    static_configs: nonEmpty(job.staticConfigs.map(plainGroup)),
  };
}

function plainHttpClient(client: HttpClientConfig): Plain {
  const { basicAuth, authorization } = client;
  const connectHeaders = Object.entries(client.proxyConnectHeader);
  return {
    basic_auth:
      basicAuth === null
        ? undefined
        : {
            username: basicAuth.usernameFile === null ? basicAuth.username : undefined,
            username_file: basicAuth.usernameFile ?? undefined,
            password: secret(basicAuth.password),
            password_file: basicAuth.passwordFile ?? undefined,
          },
    authorization:
      authorization === null
        ? undefined
        : {
            type: authorization.type,
            credentials: secret(authorization.credentials),
            credentials_file: authorization.credentialsFile ?? undefined,
          },
    tls_config: client.tls === null ? undefined : plainTls(client.tls),
    follow_redirects: client.followRedirects,
    enable_http2: client.enableHttp2,
    proxy_url: client.proxyUrl === null ? undefined : redactUrl(client.proxyUrl),
    no_proxy: client.noProxy || undefined,
    proxy_from_environment: client.proxyFromEnvironment || undefined,
    proxy_connect_header:
      connectHeaders.length === 0
        ? undefined
        : Object.fromEntries(connectHeaders.map(([name, values]) => [name, values.map(() => SECRET)])),
    http_headers:
      client.httpHeaders === null
        ? undefined
        : Object.fromEntries(
            Object.entries(client.httpHeaders).map(([name, header]) => [
              name,
              { values: nonEmpty(header.values), secrets: nonEmpty(header.secrets.map(() => SECRET)), files: nonEmpty(header.files) },
            ]),
          ),
  };
}

function plainTls(tls: TlsConfig): Plain {
  return {
    ca: tls.ca ?? undefined,
    cert: tls.cert ?? undefined,
    key: secret(tls.key),
    ca_file: tls.caFile ?? undefined,
    cert_file: tls.certFile ?? undefined,
    key_file: tls.keyFile ?? undefined,
    server_name: tls.serverName || undefined,
    insecure_skip_verify: tls.insecureSkipVerify,
    min_version: tls.minVersion ?? undefined,
    max_version: tls.maxVersion ?? undefined,
  };
}

function plainRule(rule: RelabelRule): Plain {
  const isDefaultRegex = rule.regex === DEFAULT_RELABEL_RULE.regex;
  return {
    source_labels: nonEmpty(rule.sourceLabels),
    separator: rule.separator || undefined,
    regex: isDefaultRegex ? undefined : rule.regex.pattern === '' ? null : rule.regex.pattern,
    modulus: rule.modulus || undefined,
    target_label: rule.targetLabel || undefined,
    replacement: rule.replacement || undefined,
    action: rule.action,
  };
}

function plainGroup(group: TargetGroup): Plain {
  return { targets: group.targets, labels: group.labels.length === 0 ? undefined : Object.fromEntries(group.labels) };
}

function secret(value: string | null): string | undefined {
  return value === null ? undefined : SECRET;
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
