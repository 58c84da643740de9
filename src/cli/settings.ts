// What the flags mean to the server: one frozen object with units in its names. Everything that can be wrong with a flag's value
// alone is found here, before anything is started.
import { availableParallelism, hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ALERT_CHOICES, type AlertChoice, type FederateOptions } from '../federation/index.ts';
import { type AnchoredRegexp, compileRegexp, formatDuration } from '../model/index.ts';
import type { NotifierSettings } from '../notifier/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import { FlagError, type FlagValues } from './flags.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogLevel } from './logging.ts';
import { DELAYED_NAME_REMOVAL, promqlFeaturesOf } from './promql-features.ts';
import type { QuerySettings } from './query-port.ts';
import type { RuleFlags } from './rule-service.ts';
import { maxBlockMsOf, retentionOf, type StorageSettings, storageSettingsOf } from './storage-settings.ts';

/** Where the set-up builds the web application. */
const WEB_PAGES = fileURLToPath(new URL('../../build/ui', import.meta.url));

export interface ListenAddress {
  /** '' for all addresses. */
  readonly host: string;
  readonly port: number;
  readonly text: string;
}

export interface Settings {
  readonly configFile: string;
  readonly storagePath: string;
  readonly storage: StorageSettings;
  readonly listenAddresses: readonly ListenAddress[];
  readonly externalUrl: URL;
  /** Whether the operator has given it; otherwise it is a guess. */
  readonly isExternalUrlGiven: boolean;
  /** `/`, or `/path` without a slash at the end. */
  readonly routePrefix: string;
  readonly webPages: { readonly folder: string; readonly title: string };
  readonly enableLifecycle: boolean;
  readonly enableAdminApi: boolean;
  readonly maxConnections: number;
  readonly maxNotificationsSubscribers: number;
  readonly readTimeoutMs: number;
  readonly corsOrigin: AnchoredRegexp;
  readonly lookbackDeltaMs: number;
  readonly promqlFeatures: LanguageFeatures;
  readonly query: QuerySettings;
  readonly queryWorkers: number;
  readonly federate: Pick<FederateOptions, 'alerts' | 'maxSeries' | 'timeoutMs' | 'maxConcurrency'>;
  /** 0: as much as can be had. */
  readonly headMaxBytes: number;
  readonly alertmanager: NotifierSettings;
  readonly rules: RuleFlags;
  readonly scrape: { readonly adjustTimestamps: boolean; readonly timestampToleranceMs: number; readonly extraMetrics: boolean };
  readonly loopDelayResolutionMs: number;
  readonly log: { readonly level: LogLevel; readonly format: 'logfmt' | 'json' };
  /** For /api/v1/status/flags. */
  readonly shownFlags: Readonly<Record<string, string>>;
}

function parseListenAddress(text: string): ListenAddress {
  const parts = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) {
    throw new FlagError(`cannot read flag --web.listen-address: got ${JSON.stringify(text)}, want host:port, such as 0.0.0.0:9090`);
  }
  return { host: parts[1] ?? parts[2], port, text };
}

function parseExternalUrl(text: string, port: number): URL {
  if (text === '') return new URL(`http://${hostname()}:${port}/`);
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new FlagError(
      `cannot read flag --web.external-url: got ${JSON.stringify(text)}, want a URL, such as https://example.org/prometheus`,
    );
  }
  return url;
}

const trimSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');

function parseCorsOrigin(pattern: string): AnchoredRegexp {
  try {
    return compileRegexp(pattern);
  } catch (cause) {
    throw new FlagError(`cannot read flag --web.cors.origin: ${(cause as Error).message}`, { cause });
  }
}

function oneOf(flags: FlagValues, name: string, allowed: readonly string[]): string {
  const text = flags.text(name);
  if (!allowed.includes(text))
    throw new FlagError(`cannot read flag --${name}: got ${JSON.stringify(text)}, want one of ${allowed.join(', ')}`);
  return text;
}

/** 32-bit addresses end at 4 GiB; below 64 MiB there is no room beside the window and the workers' arenas (kernel/head-memory.ts). */
const LEAST_HEAD_BYTES = 64 * 1024 ** 2;
const MOST_HEAD_BYTES = 4 * 1024 ** 3;

function headMaxBytesOf(flags: FlagValues): number {
  const bytes = flags.number('storage.head.max-bytes');
  if (bytes === 0 || (bytes >= LEAST_HEAD_BYTES && bytes <= MOST_HEAD_BYTES)) return bytes;
  const got = JSON.stringify(flags.text('storage.head.max-bytes'));
  throw new FlagError(
    `cannot read flag --storage.head.max-bytes: got ${got}, want between 64MiB and 4GiB, or 0B for as much as can be had up to 4GiB`,
  );
}

/** As Prometheus shows them: with the values that it worked out. */
function shownStorageFlags(storage: StorageSettings): Readonly<Record<string, string>> {
  const retention = retentionOf(storage, { timeMs: 0, sizeBytes: 0, percentage: 0 });
  return {
    'storage.tsdb.retention.time': formatDuration(retention.timeMs),
    'storage.tsdb.max-block-duration': formatDuration(storage.maxBlockMs || maxBlockMsOf(storage, retention)),
  };
}

/** The head has 64 places for readers (assembly/layout.ts, EPOCH_SLOT_LIMIT), and the background thread takes one. */
const MOST_QUERY_WORKERS = 63;

function queryWorkersOf(flags: FlagValues): number {
  const workers = flags.number('query.workers');
  if (workers > MOST_QUERY_WORKERS)
    throw new FlagError(`cannot read flag --query.workers: got ${workers}, want at most ${MOST_QUERY_WORKERS}`);
  return workers || Math.min(MOST_QUERY_WORKERS, Math.max(2, availableParallelism()));
}

function atLeastOne(flags: FlagValues, name: string): number {
  const value = flags.number(name);
  if (value < 1) throw new FlagError(`cannot read flag --${name}: got ${value}, want at least 1`);
  return value;
}

function querySettingsOf(flags: FlagValues): QuerySettings {
  return {
    timeoutMs: flags.number('query.timeout'),
    maxConcurrency: atLeastOne(flags, 'query.max-concurrency'),
    maxSamples: flags.number('query.max-samples'),
    maxBytes: flags.number('query.max-memory'),
    lookbackMs: flags.number('query.lookback-delta'),
    features: promqlFeaturesOf(flags.features()),
    delayedNameRemoval: flags.features().includes(DELAYED_NAME_REMOVAL),
    perStepStatistics: flags.features().includes('promql-per-step-stats'),
  };
}

function ruleFlagsOf(flags: FlagValues): RuleFlags {
  const atOnce = atLeastOne(flags, 'rules.max-concurrent-evals');
  return {
    outageToleranceMs: flags.number('rules.alert.for-outage-tolerance'),
    forGracePeriodMs: flags.number('rules.alert.for-grace-period'),
    resendDelayMs: flags.number('rules.alert.resend-delay'),
    sharedLanes: flags.features().includes('concurrent-rule-eval') ? atOnce : 0,
  };
}

/** @throws FlagError */
export function settingsOf(flags: FlagValues): Settings {
  const listenAddresses = flags.list('web.listen-address').map(parseListenAddress);
  const externalUrl = parseExternalUrl(flags.text('web.external-url'), listenAddresses[0].port);
  externalUrl.pathname = trimSlashes(externalUrl.pathname);
  const prefix = flags.text('web.route-prefix');
  const routePrefix = `/${trimSlashes(prefix === '' ? externalUrl.pathname : prefix)}`;
  const storage = storageSettingsOf(flags);
  const settings: Settings = {
    configFile: flags.text('config.file'),
    storagePath: storage.path,
    storage,
    listenAddresses,
    externalUrl,
    isExternalUrlGiven: flags.text('web.external-url') !== '',
    routePrefix,
    webPages: { folder: WEB_PAGES, title: flags.text('web.page-title') },
    enableLifecycle: flags.boolean('web.enable-lifecycle'),
    enableAdminApi: flags.boolean('web.enable-admin-api'),
    maxConnections: flags.number('web.max-connections'),
    maxNotificationsSubscribers: flags.number('web.max-notifications-subscribers'),
    readTimeoutMs: flags.number('web.read-timeout'),
    corsOrigin: parseCorsOrigin(flags.text('web.cors.origin')),
    lookbackDeltaMs: flags.number('query.lookback-delta'),
    promqlFeatures: promqlFeaturesOf(flags.features()),
    query: querySettingsOf(flags),
    queryWorkers: queryWorkersOf(flags),
    federate: {
      alerts: oneOf(flags, 'federate.alerts', ALERT_CHOICES) as AlertChoice,
      maxSeries: flags.number('federate.max-series'),
      timeoutMs: flags.number('federate.timeout'),
      maxConcurrency: atLeastOne(flags, 'federate.max-concurrency'),
    },
    headMaxBytes: headMaxBytesOf(flags),
    rules: ruleFlagsOf(flags),
    alertmanager: {
      queueCapacity: atLeastOne(flags, 'alertmanager.notification-queue-capacity'),
      batchSize: atLeastOne(flags, 'alertmanager.notification-batch-size'),
      drainOnShutdown: flags.boolean('alertmanager.drain-notification-queue-on-shutdown'),
    },
    scrape: {
      adjustTimestamps: flags.boolean('scrape.adjust-timestamps'),
      timestampToleranceMs: flags.number('scrape.timestamp-tolerance'),
      extraMetrics: flags.features().includes('extra-scrape-metrics'),
    },
    loopDelayResolutionMs: Math.max(1, flags.number('metrics.loop-delay-resolution')),
    log: { level: oneOf(flags, 'log.level', LOG_LEVELS) as LogLevel, format: oneOf(flags, 'log.format', LOG_FORMATS) as 'logfmt' | 'json' },
    shownFlags: flags.show({ 'web.route-prefix': routePrefix, ...shownStorageFlags(storage) }),
  };
  return Object.freeze(settings);
}
