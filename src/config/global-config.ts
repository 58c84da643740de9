// The `global` section: what holds for all jobs unless they say otherwise. Order of the rules, defaults and sentences
// are those of Prometheus's config.go.

import { isValidUtf8, type Labels, labelsOf, quoteGo } from '../model/index.ts';
import type { GlobalConfig } from './config.ts';
import { displayValues } from './display.ts';
import { type Environment, expandEnvironment } from './environment.ts';
import { inFolder } from './http-client.ts';
import type { globalFields } from './schema.ts';
import { checkScrapeProtocols } from './scrape-protocols.ts';
import type { Section } from './section.ts';

const DEFAULT_SCRAPE_INTERVAL_MS = 60_000;
const DEFAULT_SCRAPE_TIMEOUT_MS = 10_000;
const DEFAULT_EVALUATION_INTERVAL_MS = 60_000;

const UNUSED_KEYS = [
  'scrape_failure_log_file',
  'scrape_native_histograms',
  'convert_classic_histograms_to_nhcb',
  'always_scrape_classic_histograms',
] as const;

/** `folder`: the configuration file's. */
export function readGlobal(global: Section<typeof globalFields>, env: Environment, folder: string): GlobalConfig {
  const scrapeIntervalMs = global.get('scrape_interval') || DEFAULT_SCRAPE_INTERVAL_MS;
  const scrapeTimeoutMs = global.get('scrape_timeout') || Math.min(DEFAULT_SCRAPE_TIMEOUT_MS, scrapeIntervalMs);
  if (scrapeTimeoutMs > scrapeIntervalMs) global.problem('scrape_timeout', 'global scrape timeout greater than scrape interval');
  const names = global.get('scrape_protocols') ?? null;
  const protocols = names === null ? null : checkScrapeProtocols(names);
  if (typeof protocols === 'string') global.problem('scrape_protocols', `${protocols} for global config`);
  return {
    scrapeIntervalMs,
    scrapeTimeoutMs,
    evaluationIntervalMs: global.get('evaluation_interval') || DEFAULT_EVALUATION_INTERVAL_MS,
    ruleQueryOffsetMs: global.get('rule_query_offset') ?? 0,
    scrapeProtocols: typeof protocols === 'string' ? null : protocols,
    externalLabels: readExternalLabels(global, env),
    bodySizeLimitBytes: global.get('body_size_limit') ?? 0,
    sampleLimit: global.get('sample_limit') ?? 0,
    targetLimit: global.get('target_limit') ?? 0,
    labelLimit: global.get('label_limit') ?? 0,
    labelNameLengthLimit: global.get('label_name_length_limit') ?? 0,
    labelValueLengthLimit: global.get('label_value_length_limit') ?? 0,
    keepDroppedTargets: global.get('keep_dropped_targets') ?? 0,
    extraScrapeMetrics: global.get('extra_scrape_metrics') ?? false,
    queryLogFile: inFolder(global.get('query_log_file') ?? '', folder),
    unused: displayValues(global, UNUSED_KEYS),
  };
}

function readExternalLabels(global: Section<typeof globalFields>, env: Environment): Labels {
  const { findings } = global.reading;
  const expanded: [name: string, value: string][] = [];
  for (const [name, value] of Object.entries(global.get('external_labels') ?? {})) {
    if (!isValidUtf8(value)) global.problem('external_labels', `${quoteGo(value)} is not a valid label value`);
    const inPlace = expandEnvironment(value, env, (variable) => {
      findings.warning(`the environment variable ${quoteGo(variable)} of the external label ${quoteGo(name)} is empty`);
    });
    expanded.push([name, inPlace]);
  }
  return labelsOf(Object.fromEntries(expanded));
}
