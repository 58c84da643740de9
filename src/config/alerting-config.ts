// `alerting`: where alerts go and what becomes of their labels on the way. Rules over several keys, defaults and sentences are those of
// Prometheus's config.go.

import type { AlertingConfig, AlertmanagerConfig } from './config.ts';
import { isNull } from './field.ts';
import { readHttpClient } from './http-client.ts';
import type { alertingFields, alertmanagerFields } from './schema.ts';
import { readTargetGroups } from './scrape-config.ts';
import type { Section } from './section.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

type AlertmanagerSection = Section<typeof alertmanagerFields>;

export interface ReadAlerting {
  readonly config: AlertingConfig;
  /** Where each of the `alertmanagers` stands: `file:line:column: alerting.alertmanagers[0]`. */
  readonly places: readonly string[];
}

/** `folder` is the configuration file's. Problems go to the sections' findings. */
export function readAlerting(alerting: Section<typeof alertingFields> | undefined, folder: string): ReadAlerting {
  const alertmanagers = alerting?.get('alertmanagers') ?? [];
  return {
    config: {
      alertRelabelConfigs: alerting?.get('alert_relabel_configs') ?? [],
      alertmanagers: alertmanagers.map((alertmanager) => readAlertmanager(alertmanager, folder)),
    },
    places: alertmanagers.map(({ node: { position }, reading }) => `${position.file}:${position.line}:${position.column}: ${reading.path}`),
  };
}

function readAlertmanager(alertmanager: AlertmanagerSection, folder: string): AlertmanagerConfig {
  checkVersion(alertmanager);
  const relabelConfigs = alertmanager.get('relabel_configs') ?? [];
  return {
    scheme: alertmanager.get('scheme') || 'http',
    pathPrefix: alertmanager.get('path_prefix') ?? '',
    // 0 would be a time in which nothing can be sent.
    timeoutMs: alertmanager.get('timeout') || DEFAULT_TIMEOUT_MS,
    apiVersion: 'v2',
    staticConfigs: readTargetGroups(alertmanager, relabelConfigs.length === 0),
    relabelConfigs,
    alertRelabelConfigs: alertmanager.get('alert_relabel_configs') ?? [],
    httpClient: readHttpClient(alertmanager, folder),
  };
}

function checkVersion(alertmanager: AlertmanagerSection): void {
  const version = alertmanager.get('api_version');
  if (version === undefined || version === 'v2' || isNull(alertmanager.nodeOf('api_version')!)) return;
  alertmanager.problem('api_version', `expected Alertmanager api version to be one of [v2] but got ${version}`);
}
