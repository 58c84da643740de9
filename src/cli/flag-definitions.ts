// Every flag: Prometheus 3.14's, hidden ones too, and ours. `effect` says what giving it does here:
//   works     it does what its help says
//   unneeded  it tunes something that does not exist here (Go's runtime, consoles): accepted, named in one warning
//   later     what it tunes does not work yet and its absence loses nothing silently: accepted, named in the same warning
//   refused   it would change what is stored or sent or who may read, and does not work yet: the start ends with an error
// Names and defaults: docs/command-line/prometheus.md and cmd/prometheus/main.go of Prometheus; the help is our own.
import type { FlagKind } from './flag-values.ts';

export type FlagEffect = 'works' | 'unneeded' | 'later' | 'refused';
export type FlagGroup = 'Configuration' | 'Web' | 'Storage' | 'Federation and queries' | 'Scraping' | 'Alerting' | 'Logging' | 'Other';

export interface FlagDefinition {
  readonly name: string;
  readonly kind: FlagKind;
  readonly default: string;
  readonly effect: FlagEffect;
  /** Shown by --help; flags without it are accepted and listed in the status, but not shown. */
  readonly help?: string;
  readonly group?: FlagGroup;
}

function works(group: FlagGroup, name: string, kind: FlagKind, byDefault: string, help: string): FlagDefinition {
  return { name, kind, default: byDefault, effect: 'works', help, group };
}

function silent(effect: FlagEffect, ...rows: readonly (readonly [name: string, kind: FlagKind, byDefault: string])[]): FlagDefinition[] {
  return rows.map(([name, kind, byDefault]) => ({ name, kind, default: byDefault, effect }));
}

export const FLAGS: readonly FlagDefinition[] = [
  works('Configuration', 'config.file', 'text', 'prometheus.yml', 'The configuration file.'),
  works('Web', 'web.listen-address', 'list', '0.0.0.0:9090', 'Address to listen on. Can be repeated.'),
  works(
    'Web',
    'web.external-url',
    'text',
    '',
    'The URL under which this server is reachable from outside. Its path becomes the prefix of all routes.',
  ),
  works('Web', 'web.route-prefix', 'text', '', 'Prefix of all routes. Default: the path of --web.external-url.'),
  works('Web', 'web.enable-lifecycle', 'boolean', 'false', 'Allow reload and shutdown by POST /-/reload and /-/quit.'),
  works('Web', 'web.max-connections', 'integer', '512', 'Most connections at the same time, over all addresses.'),
  works('Web', 'web.max-notifications-subscribers', 'integer', '16', 'Most clients of /api/v1/notifications/live at the same time.'),
  works('Web', 'web.read-timeout', 'duration', '5m', 'Time to receive a request, and to keep an idle connection.'),
  works('Web', 'web.cors.origin', 'text', '.*', 'Regular expression, fully anchored, of the origins that may read the API.'),
  works('Web', 'web.page-title', 'text', 'Prometheus Time Series Collection and Processing Server', 'Title of the start page.'),
  works('Web', 'web.enable-admin-api', 'boolean', 'false', 'Allow snapshots and the deletion of series by POST /api/v1/admin/tsdb/….'),
  works('Storage', 'storage.tsdb.path', 'text', 'data/', 'Folder of the store.'),
  works(
    'Storage',
    'storage.tsdb.retention.time',
    'duration',
    '',
    "How long samples are kept. Default: 15d, unless a size is given. The configuration's storage.tsdb.retention wins.",
  ),
  works(
    'Storage',
    'storage.tsdb.retention.size',
    'bytes',
    '',
    'Most bytes on disk, blocks, log and head chunks together; the oldest blocks go first. 0B: no limit.',
  ),
  works('Storage', 'storage.tsdb.min-block-duration', 'duration', '2h', 'Time range of a block as it leaves the head.'),
  works(
    'Storage',
    'storage.tsdb.max-block-duration',
    'duration',
    '',
    'Longest time range of a compacted block. Default: a tenth of the retention, at most 31d.',
  ),
  works('Storage', 'storage.tsdb.wal-compression', 'boolean', 'true', 'Compress the write-ahead log.'),
  works('Storage', 'storage.tsdb.wal-compression-type', 'text', 'snappy', 'How: snappy or zstd.'),
  works('Storage', 'storage.tsdb.wal-segment-size', 'bytes', '', 'Size of a file of the write-ahead log, 10MB to 256MB. Default: 128MB.'),
  works('Storage', 'storage.tsdb.no-lockfile', 'boolean', 'false', 'Take no lock on the folder of the store.'),
  works(
    'Storage',
    'storage.head.max-bytes',
    'bytes',
    '',
    'Memory for the head (ours), 64MiB to 4GiB. Default: as much as can be had. Full: new series are refused.',
  ),
  works('Federation and queries', 'query.lookback-delta', 'duration', '5m', 'How old the newest sample of a series may be to be answered.'),
  works('Federation and queries', 'query.timeout', 'duration', '2m', 'How long a query may take, its waiting included.'),
  works('Federation and queries', 'query.max-concurrency', 'integer', '20', 'Queries that are evaluated at once; others wait.'),
  works('Federation and queries', 'query.max-samples', 'integer', '50000000', 'Samples that one query may have in memory.'),
  works('Federation and queries', 'query.max-memory', 'bytes', '1GB', 'What one query may keep beside its samples (ours).'),
  works(
    'Federation and queries',
    'query.workers',
    'integer',
    '0',
    'Worker threads that answer /federate and the API (ours). 0: one a core, at least 2.',
  ),
  works(
    'Federation and queries',
    'federate.alerts',
    'text',
    'auto',
    'Whether /federate answers ALERTS and ALERTS_FOR_STATE (ours). auto: only to a match[] that speaks of them, by __name__, alertname or alertstate. all: to every match[] that selects them, as Prometheus does.',
  ),
  works('Federation and queries', 'federate.max-series', 'integer', '0', 'Most series of one /federate answer (ours). 0: no limit.'),
  works('Federation and queries', 'federate.timeout', 'duration', '2m', 'Longest time of one /federate request (ours).'),
  works('Federation and queries', 'federate.max-concurrency', 'integer', '20', 'Most /federate requests at the same time (ours).'),
  works(
    'Scraping',
    'scrape.adjust-timestamps',
    'boolean',
    'true',
    'Stamp samples with the scheduled time where the scrape began close to it.',
  ),
  works('Scraping', 'scrape.timestamp-tolerance', 'goDuration', '2ms', 'How close is close.'),
  works(
    'Scraping',
    'enable-feature',
    'list',
    '',
    'Comma separated names of features. Working: extra-scrape-metrics, metadata-wal-records, expand-external-labels, concurrent-rule-eval, and those of PromQL: promql-experimental-functions, promql-delayed-name-removal, promql-per-step-stats, promql-duration-expr, promql-extended-range-selectors, promql-binop-fill-modifiers.',
  ),
  works(
    'Alerting',
    'rules.alert.for-outage-tolerance',
    'duration',
    '1h',
    'How long the server may have been down for pending alerts to go on where they were.',
  ),
  works(
    'Alerting',
    'rules.alert.for-grace-period',
    'duration',
    '10m',
    'Least time between a start and the firing of an alert that was pending before. Alerts with a shorter "for" begin anew.',
  ),
  works('Alerting', 'rules.alert.resend-delay', 'duration', '1m', 'Least time before a firing alert is sent again.'),
  works(
    'Alerting',
    'rules.max-concurrent-evals',
    'integer',
    '4',
    'Rules of one group that are evaluated at once, where none of them looks at the results of another; with --enable-feature=concurrent-rule-eval.',
  ),
  works('Alerting', 'alertmanager.notification-queue-capacity', 'integer', '10000', 'Alerts that may wait for one Alertmanager.'),
  works('Alerting', 'alertmanager.notification-batch-size', 'integer', '256', 'Most alerts of one request to an Alertmanager.'),
  works(
    'Alerting',
    'alertmanager.drain-notification-queue-on-shutdown',
    'boolean',
    'true',
    'Send the alerts that wait before the server ends.',
  ),
  works(
    'Logging',
    'metrics.loop-delay-resolution',
    'goDuration',
    '2s',
    'How finely tributary_event_loop_delay_seconds is measured (ours); 2ms costs some CPU.',
  ),
  works('Logging', 'log.level', 'text', 'info', 'Least severity that is logged: debug, info, warn, error.'),
  works('Logging', 'log.format', 'text', 'logfmt', 'logfmt or json.'),
  ...silent(
    'unneeded',
    ['auto-gomaxprocs', 'boolean', 'true'],
    ['auto-gomemlimit', 'boolean', 'true'],
    ['auto-gomemlimit.ratio', 'float', '0.9'],
    ['auto-gomemlimit.refresh-interval', 'duration', ''],
    ['web.console.templates', 'text', 'consoles'],
    ['web.console.libraries', 'text', 'console_libraries'],
    ['web.user-assets', 'text', ''],
    ['web.remote-write-receiver.accepted-protobuf-messages', 'list', 'prometheus.WriteRequest,io.prometheus.write.v2.Request'],
    ['storage.tsdb.head-chunks-write-queue-size', 'integer', '0'],
    ['storage.tsdb.samples-per-chunk', 'integer', '120'],
    ['scrape.discovery-reload-interval', 'duration', '5s'],
    ['write-documentation', 'boolean', 'false'],
  ),
  ...silent(
    'later',
    ['config.auto-reload-interval', 'duration', '30s'],
    ['storage.tsdb.max-block-chunk-segment-size', 'bytes', ''],
    ['storage.tsdb.allow-overlapping-compaction', 'boolean', 'true'],
    ['storage.tsdb.delayed-compaction.max-percent', 'integer', '10'],
    ['storage.tsdb.delay-compact-file.path', 'text', ''],
    ['storage.tsdb.block-reload-interval', 'duration', '1m'],
    ['storage.remote.flush-deadline', 'duration', '1m'],
    ['storage.remote.read-sample-limit', 'integer', '5e7'],
    ['storage.remote.read-concurrent-limit', 'integer', '10'],
    ['storage.remote.read-max-bytes-in-frame', 'integer', '1048576'],
  ),
  ...silent(
    'refused',
    ['config.auto-reload', 'boolean', 'false'],
    ['web.config.file', 'text', ''],
    ['web.enable-remote-write-receiver', 'boolean', 'false'],
    ['web.enable-otlp-receiver', 'boolean', 'false'],
    ['agent', 'boolean', 'false'],
    ['storage.agent.path', 'text', 'data-agent/'],
    ['storage.agent.wal-segment-size', 'bytes', ''],
    ['storage.agent.wal-compression', 'boolean', 'true'],
    ['storage.agent.wal-compression-type', 'text', 'snappy'],
    ['storage.agent.wal-truncate-frequency', 'duration', ''],
    ['storage.agent.retention.min-time', 'duration', ''],
    ['storage.agent.retention.max-time', 'duration', ''],
    ['storage.agent.no-lockfile', 'boolean', 'false'],
  ),
];

/** What a name in --enable-feature does here; names that are not listed are unknown and only warned about, as Prometheus does. */
export const FEATURES: Readonly<Record<string, FlagEffect>> = {
  'extra-scrape-metrics': 'works',
  'expand-external-labels': 'works',
  'native-histograms': 'later',
  'ooo-native-histograms': 'later',
  'exemplar-storage': 'later',
  'memory-snapshot-on-shutdown': 'later',
  'metadata-wal-records': 'works',
  'delayed-compaction': 'later',
  'use-uncached-io': 'unneeded',
  'fast-startup': 'later',
  'old-ui': 'unneeded',
  'auto-gomaxprocs': 'unneeded',
  'auto-gomemlimit': 'unneeded',
  'concurrent-rule-eval': 'works',
  'promql-per-step-stats': 'works',
  'promql-experimental-functions': 'works',
  'promql-delayed-name-removal': 'works',
  'promql-duration-expr': 'works',
  'promql-extended-range-selectors': 'works',
  'promql-binop-fill-modifiers': 'works',
  'otlp-deltatocumulative': 'later',
  'otlp-native-delta-ingestion': 'later',
  'auto-reload-config': 'refused',
  'created-timestamp-zero-ingestion': 'refused',
  'st-storage': 'refused',
  'st-synthesis': 'refused',
  'xor2-encoding': 'later',
  'type-and-unit-labels': 'refused',
};
