// A stock Prometheus as a source. It knows nothing of /api/v1/federation, so its status, its targets and its report series are asked instead:
// those of its targets whose path ends in `/federate` are its sources. They are leaves, since their addresses are only known from it.
import type { FederationSource, FederationWarning, PullHistory } from '../answers/index.ts';
import { DurationError, parseDuration } from '../model/index.ts';
import { type Asked, EMPTY_SERVER, unknownServer, whyNot } from './asked.ts';
import {
  choiceOf,
  countOrNull,
  type Fields,
  fieldsOf,
  labelsOf,
  listOf,
  secondsOrNull,
  textOf,
  timeOf,
  webAddressOf,
} from './foreign-values.ts';
import { type PrometheusConfig, readPrometheusConfig } from './prometheus-config.ts';
import { noHonorLabels } from './warnings.ts';

const MOST_SOURCES = 200;
const MOST_JOBS = 50;
const MOST_SELECTORS = 100;
/** It has the selectors in it. */
const URL_LENGTH = 16 * 1024;
const HEALTH = ['up', 'down', 'unknown'] as const;

/** `data` of a path below /api/v1, of at most so many bytes. Rejects where there is none. */
export type AskPath = (path: string, parameters: Readonly<Record<string, string>>, limitBytes: number) => Promise<unknown>;

/** @throws ScrapeError when it cannot be asked at all */
export async function askPrometheus(ask: AskPath): Promise<Asked> {
  const build = fieldsOf(await ask('/status/buildinfo', {}, 16 * 1024));
  // Others answer that path too, since Grafana asks for it, but are not built with Go's compiler, or do not say so.
  if (typeof build.version !== 'string' || typeof build.goVersion !== 'string')
    return unknownServer('it is neither a Tributary nor a Prometheus');
  const [config, targets] = await Promise.allSettled([
    ask('/status/config', {}, 2 * 1024 * 1024).then((data) => readPrometheusConfig(String(fieldsOf(data).yaml))),
    ask('/targets', { state: 'active' }, 4 * 1024 * 1024),
  ]);
  const known = config.status === 'fulfilled' ? config.value : null;
  const listed = targets.status === 'fulfilled' ? federateTargets(targets.value) : [];
  const scraped = await ask('/query', { query: reportQuery(listed) }, 1024 * 1024).then(reportsOf, () => NO_REPORTS);
  const sources = listed.slice(0, MOST_SOURCES).map((target) => sourceOf(target, scraped, known));
  return {
    server: {
      ...EMPTY_SERVER,
      version: textOf(build.version, 64),
      externalLabels: known?.externalLabels ?? {},
      timeMs: scraped.timeMs,
      sources,
      truncated: listed.length > MOST_SOURCES,
    },
    error: targets.status === 'fulfilled' ? '' : `its targets could not be asked: ${whyNot(targets.reason)}`,
    labelsKnown: known !== null,
    nodes: 1 + sources.length,
  };
}

interface Reports {
  /** The server's clock. */
  readonly timeMs: number;
  readonly series: ReadonlyMap<string, number | null>;
}

const NO_REPORTS: Reports = { timeMs: 0, series: new Map() };

function federateTargets(data: unknown): Fields[] {
  const targets = listOf(fieldsOf(data).activeTargets, Number.MAX_SAFE_INTEGER).map(fieldsOf);
  return targets.filter(({ scrapeUrl }) => {
    const text = textOf(scrapeUrl, URL_LENGTH);
    return text.includes('/federate') && (URL.parse(text)?.pathname.endsWith('/federate') ?? false);
  });
}

/** A vector that has the server's time in any case. */
function reportQuery(targets: readonly Fields[]): string {
  const jobs = [...new Set(targets.map((target) => labelsOf(target.labels).job ?? ''))].slice(0, MOST_JOBS);
  const pattern = jobs.map((job) => job.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  return jobs.length === 0 ? 'vector(0)' : `scrape_samples_scraped{job=~${JSON.stringify(pattern)}} or vector(0)`;
}

function reportsOf(data: unknown): Reports {
  const series = new Map<string, number | null>();
  let timeMs = 0;
  for (const one of listOf(fieldsOf(data).result, 10_000)) {
    const { metric, value } = fieldsOf(one);
    const [seconds, text] = listOf(value, 2);
    const labels = labelsOf(metric);
    timeMs = typeof seconds === 'number' ? timeOf(seconds * 1000) : timeMs;
    series.set(keyOf(labels), countOrNull(Number(textOf(text))));
  }
  return { timeMs, series };
}

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify([labels.job, labels.instance]);

function sourceOf(target: Fields, reports: Reports, config: PrometheusConfig | null): FederationSource {
  const labels = labelsOf(target.labels);
  const { searchParams } = new URL(textOf(target.scrapeUrl, URL_LENGTH));
  const selectors = listOf(searchParams.getAll('match[]'), MOST_SELECTORS).map((selector) => textOf(selector));
  const health = choiceOf(target.health, HEALTH);
  const lastPullMs = timeOf(Date.parse(textOf(target.lastScrape)));
  const honorLabels = config?.honoringJobs.has(textOf(target.scrapePool) || (labels.job ?? '')) ?? true;
  const job = labels.job ?? '';
  return {
    job,
    instance: labels.instance ?? '',
    labels,
    url: withoutParameters(target.scrapeUrl),
    webUrl: withoutParameters(target.globalUrl).replace(/federate$/, ''),
    selectors,
    honorLabels,
    intervalSeconds: intervalOf(target.scrapeInterval),
    health,
    lastError: textOf(target.lastError),
    lastPullMs,
    // It counts them nowhere.
    pulls: 0,
    failures: 0,
    history: lastPullMs === 0 ? NO_PULLS : onePull(lastPullMs, health === 'up', reports.series.get(keyOf(labels)) ?? null, target),
    warnings: honorLabels ? NO_WARNINGS : [noHonorLabels(job)],
    server: null,
    serverError: 'not asked: only a server that is configured to pull from it asks it, and a Prometheus does not',
  };
}

const NO_WARNINGS: readonly FederationWarning[] = [];
const NO_PULLS: PullHistory = { timesMs: [], ok: [], series: [], bytes: [], durationSeconds: [], lagSeconds: [] };

/** The last one is all that is told. */
function onePull(timeMs: number, ok: boolean, series: number | null, { lastScrapeDuration }: Fields): PullHistory {
  return {
    timesMs: [timeMs],
    ok: [ok],
    series: [ok ? series : null],
    bytes: [null],
    durationSeconds: [secondsOrNull(lastScrapeDuration)],
    lagSeconds: [null],
  };
}

function withoutParameters(value: unknown): string {
  return webAddressOf(value).split('?', 1)[0];
}

function intervalOf(value: unknown): number {
  try {
    return parseDuration(textOf(value)) / 1000;
  } catch (error) {
    if (error instanceof DurationError) return 0;
    throw error;
  }
}
