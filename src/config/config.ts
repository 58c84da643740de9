// The configuration as the rest of the server sees it: one frozen object, every default filled in, durations in
// milliseconds, sizes in bytes, 0 for "no limit". Field names are the YAML keys in camelCase. Built by load.ts only.

import type { Labels, RelabelRule } from '../model/index.ts';

export type ScrapeProtocol =
  | 'PrometheusProto'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0'
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0';
export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

export interface Config {
  readonly global: GlobalConfig;
  /** Those of the file itself, then those of `scrape_config_files` in the order of the patterns and of the file names. */
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** How many of `scrapeConfigs` stand in the main file; the others came from `scrapeConfigFiles`. */
  readonly ownScrapeConfigs: number;
  /** The patterns as absolute paths (relative ones are joined with the file's folder). */
  readonly scrapeConfigFiles: readonly string[];
  readonly ruleFiles: readonly string[];
  readonly alerting: AlertingConfig;
  readonly storage: StorageConfig;
  /** Sections that are known and read but, as a whole or in part, do nothing yet, as plain values with `<secret>` in place of secrets: for display only. */
  readonly unusedSections: Readonly<Record<string, unknown>>;
}

export interface AlertingConfig {
  /** Of all alerts, before those of each entry of `alertmanagers`. */
  readonly alertRelabelConfigs: readonly RelabelRule[];
  readonly alertmanagers: readonly AlertmanagerConfig[];
}

/** One entry of `alerting.alertmanagers`: any number of Alertmanagers that are sent to in the same way. */
export interface AlertmanagerConfig {
  readonly scheme: 'http' | 'https';
  /** Put before `/api/v2/alerts`. */
  readonly pathPrefix: string;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly apiVersion: 'v2';
  readonly staticConfigs: readonly TargetGroup[];
  /** Of the Alertmanagers' own labels: `__address__`, `__scheme__`, `__alerts_path__`. */
  readonly relabelConfigs: readonly RelabelRule[];
  /** Of the alerts on their way to these Alertmanagers. */
  readonly alertRelabelConfigs: readonly RelabelRule[];
  readonly httpClient: HttpClientConfig;
}

export interface StorageConfig {
  readonly retention: RetentionConfig;
}

/** `storage.tsdb.retention`. Each 0 where it is not given: then the command line's holds. */
export interface RetentionConfig {
  readonly timeMs: number;
  /** Of blocks, log and head chunks together. */
  readonly sizeBytes: number;
  /** The same as a part of the file system, 0 to 100; goes before `sizeBytes`. */
  readonly percentage: number;
}

export interface ScrapeLimits {
  /** Of the uncompressed body. */
  readonly bodySizeLimitBytes: number;
  readonly sampleLimit: number;
  readonly targetLimit: number;
  readonly labelLimit: number;
  readonly labelNameLengthLimit: number;
  readonly labelValueLengthLimit: number;
  readonly keepDroppedTargets: number;
}

export interface GlobalConfig extends ScrapeLimits {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly evaluationIntervalMs: number;
  /** Rules look at the samples of that long before the time of their evaluation. */
  readonly ruleQueryOffsetMs: number;
  /** null: each job has the default list. */
  readonly scrapeProtocols: readonly ScrapeProtocol[] | null;
  /** After `${ENV}` expansion; a value may be empty where the variable is. */
  readonly externalLabels: Labels;
  readonly extraScrapeMetrics: boolean;
  /** '' for no log. */
  readonly queryLogFile: string;
  /** Keys that are known and do nothing yet, as they were written. */
  readonly unused: Readonly<Record<string, unknown>>;
}

export interface ScrapeConfig extends ScrapeLimits {
  readonly jobName: string;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly metricsPath: string;
  readonly scheme: 'http' | 'https';
  readonly params: Readonly<Record<string, readonly string[]>>;
  /** Most wanted first; holds at least one of the text protocols. */
  readonly scrapeProtocols: readonly ScrapeProtocol[];
  readonly fallbackScrapeProtocol: ScrapeProtocol | null;
  readonly enableCompression: boolean;
  /** Also store scrape_timeout_seconds, scrape_sample_limit and scrape_body_size_bytes. */
  readonly extraScrapeMetrics: boolean;
  readonly staticConfigs: readonly TargetGroup[];
  readonly relabelConfigs: readonly RelabelRule[];
  readonly metricRelabelConfigs: readonly RelabelRule[];
  readonly httpClient: HttpClientConfig;
  /** Keys that are known and do nothing yet, as they were written. */
  readonly unused: Readonly<Record<string, unknown>>;
}

export interface TargetGroup {
  /** Addresses. */
  readonly targets: readonly string[];
  /** Of all targets of the group; label names may be UTF-8, values may be empty. */
  readonly labels: Labels;
  /** Unique within the list that it stands in: the index of the group. */
  readonly source: string;
}

/** Files are absolute paths, read when they are used, so that rotated credentials take effect. Texts and files exclude each other. */
export interface HttpClientConfig {
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly tls: TlsConfig | null;
  readonly basicAuth: BasicAuthConfig | null;
  readonly authorization: AuthorizationConfig | null;
  readonly proxyUrl: string | null;
  /** Comma-separated hosts, domains, addresses and CIDR blocks, each with an optional port, that are reached without the proxy; '' for none. */
  readonly noProxy: string;
  readonly proxyFromEnvironment: boolean;
  /** Sent with CONNECT; values are secrets. */
  readonly proxyConnectHeader: Readonly<Record<string, readonly string[]>>;
  readonly httpHeaders: HttpHeadersConfig | null;
}

export interface TlsConfig {
  /** PEM text. */
  readonly ca: string | null;
  readonly caFile: string | null;
  readonly cert: string | null;
  readonly certFile: string | null;
  readonly key: string | null;
  readonly keyFile: string | null;
  /** '' for the host of the URL. */
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion | null;
  readonly maxVersion: TlsVersion | null;
}

export interface BasicAuthConfig {
  readonly username: string;
  readonly usernameFile: string | null;
  readonly password: string | null;
  readonly passwordFile: string | null;
}

export interface AuthorizationConfig {
  readonly type: string;
  readonly credentials: string | null;
  readonly credentialsFile: string | null;
}

/** Header name as written → its values: texts, then secret texts, then the contents of files, each sent as a header of its own. */
export type HttpHeadersConfig = Readonly<Record<string, HttpHeaderConfig>>;

export interface HttpHeaderConfig {
  readonly values: readonly string[];
  readonly secrets: readonly string[];
  readonly files: readonly string[];
}
