// What /api/v1/status/… tells, put together from the parts that know it.
import { availableParallelism, hostname } from 'node:os';
import type { BuildInfo, TsdbStatusAnswer } from '../answers/index.ts';
import type { StatusSource } from '../api/index.ts';
import { formatConfig } from '../config/index.ts';
import type { ActiveConfiguration } from './configuration.ts';
import { featuresOf } from './features.ts';
import type { Settings } from './settings.ts';
import { formatRetention, type Retention } from './storage-settings.ts';
import { PROMETHEUS_VERSION, TRIBUTARY_VERSION } from './version.ts';

/** Prometheus's keys first, ours beside them. */
export const BUILD_INFO: BuildInfo = {
  version: PROMETHEUS_VERSION,
  revision: `tributary-${TRIBUTARY_VERSION}`,
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
  tributaryVersion: TRIBUTARY_VERSION,
  nodeVersion: process.versions.node,
};

export interface StatusParts {
  readonly settings: Settings;
  readonly configuration: ActiveConfiguration;
  readonly startTimeMs: number;
  readonly now: () => number;
  readonly retention: () => Retention;
  /** Places where the log could not be read. */
  readonly corruptions: () => number;
  readonly head: (limit: number) => Promise<TsdbStatusAnswer>;
  readonly notifications: StatusSource['notifications'];
  /** What was said about the flags at the start. */
  readonly flagWarnings: readonly string[];
}

export function createStatus(parts: StatusParts): StatusSource {
  const { settings, configuration, now } = parts;
  return {
    configYaml: () => formatConfig(configuration.config),
    flags: settings.shownFlags,
    buildInfo: BUILD_INFO,
    features: featuresOf(settings),
    head: parts.head,
    notifications: parts.notifications,
    runtimeInfo: () => ({
      startTime: new Date(parts.startTimeMs).toISOString(),
      CWD: process.cwd(),
      hostname: hostname(),
      serverTime: new Date(now()).toISOString(),
      reloadConfigSuccess: configuration.lastSucceeded,
      lastConfigTime: new Date(configuration.lastSuccessMs).toISOString(),
      corruptionCount: parts.corruptions(),
      // Go's figures have no counterpart; their keys are kept for clients that read them.
      goroutineCount: 0,
      GOMAXPROCS: availableParallelism(),
      GOMEMLIMIT: 0,
      GOGC: '',
      GODEBUG: '',
      storageRetention: formatRetention(parts.retention()),
      tributary: {
        queryWorkers: settings.queryWorkers,
        warnings: [...parts.flagWarnings, ...configuration.warnings],
      },
    }),
  };
}
