// A stock Prometheus as a source. It knows nothing of /api/v1/federation, so its status, its targets and its report series are asked instead:
// those of its targets whose path ends in `/federate` are its sources. They are leaves, since their addresses are only known from it.
import type { FederationSource, FederationWarning, PullHistory } from '../answers/index.ts';
import { DurationError, FEDERATE, type FederateAddress, federateAddress, parseDuration } from '../model/index.ts';
import { type Asked, EMPTY_SERVER, isTimeout, unknownServer, whyNot } from './asked.ts';
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
import type { AskPath } from './source-client.ts';
import { noHonorLabels } from './warnings.ts';

const MOST_SOURCES = 200;
const MOST_JOBS = 50;
const MOST_SELECTORS = 100;
/** It has the selectors in it. */
const URL_LENGTH = 16 * 1024;
const HEALTH = ['up', 'down', 'unknown'] as const;

/** @param depth 0: it alone, without its sources @throws ScrapeError, SourceError when it cannot be asked at all */
export async function askPrometheus(ask: AskPath, depth: number): Promise<Asked> {
  const build = fieldsOf(await ask('/status/buildinfo', {}, 16 * 1024));
  // Others answer that path too, since Grafana asks for it, but are not built with Go's compiler, or do not say so.
  if (typeof build.version !== 'string' || typeof build.goVersion !== 'string')
    return unknownServer('it is neither a Tributary nor a Prometheus');
  const [flags, config, targets] = await Promise.allSettled([
    ask('/status/flags', {}, 64 * 1024),
    ask('/status/config', {}, 2 * 1024 * 1024).then((data) => readPrometheusConfig(String(fieldsOf(data).yaml))),
    depth === 0 ? null : ask('/targets', { state: 'active' }, 4 * 1024 * 1024),
  ]);
  const known = config.status === 'fulfilled' ? config.value : null;
  const listed = targets.status === 'fulfilled' ? federateTargets(targets.value) : [];
  const [queried] = await Promise.allSettled([
    depth === 0 ? NO_REPORTS : ask('/query', { query: reportQuery(listed) }, 1024 * 1024).then(reportsOf),
  ]);
  const reports = queried.status === 'fulfilled' ? queried.value : NO_REPORTS;
  const sources = listed.slice(0, MOST_SOURCES).map((target) => sourceOf(target, reports, known));
  const errors = [
    config.status === 'rejected' ? `its external labels could not be asked: ${whyNot(config.reason)}` : '',
    config.status === 'fulfilled' && known === null ? 'its external labels are not known: its configuration cannot be read' : '',
    targets.status === 'rejected' ? `its targets could not be asked: ${whyNot(targets.reason)}` : '',
  ];
  return {
    server: {
      ...EMPTY_SERVER,
      version: textOf(build.version, 64),
      externalUrl: flags.status === 'fulfilled' ? webAddressOf(fieldsOf(flags.value)['web.external-url']) : '',
      externalLabels: known?.externalLabels ?? {},
      timeMs: reports.timeMs,
      sources,
      truncated: listed.length > MOST_SOURCES || depth === 0,
    },
    error: errors.filter((error) => error !== '').join('; '),
    labelsKnown: known !== null,
    nodes: 1 + sources.length,
    // One that hangs after its first answer hangs.
    isLate: [flags, config, targets, queried].some((one) => one.status === 'rejected' && isTimeout(one.reason)),
  };
}

interface Reports {
  /** The server's clock. */
  readonly timeMs: number;
  readonly series: ReadonlyMap<string, number | null>;
}

const NO_REPORTS: Reports = { timeMs: 0, series: new Map() };

interface Listed {
  readonly target: Fields;
  readonly address: FederateAddress;
}

function federateTargets(data: unknown): Listed[] {
  return listOf(fieldsOf(data).activeTargets, Number.MAX_SAFE_INTEGER).flatMap((one) => {
    const target = fieldsOf(one);
    const address = federateAddress(textOf(target.scrapeUrl, URL_LENGTH));
    return address === null ? [] : [{ target, address }];
  });
}

/** A vector that has the server's time in any case. */
function reportQuery(listed: readonly Listed[]): string {
  const jobs = [...new Set(listed.map(({ target }) => labelsOf(target.labels).job ?? ''))].slice(0, MOST_JOBS);
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

function sourceOf({ target, address }: Listed, reports: Reports, config: PrometheusConfig | null): FederationSource {
  const labels = labelsOf(target.labels);
  const webUrl = webAddressOf(address.base);
  const health = choiceOf(target.health, HEALTH);
  const lastPullMs = timeOf(Date.parse(textOf(target.lastScrape)));
  const honorLabels = config?.honoringJobs.has(textOf(target.scrapePool) || (labels.job ?? '')) ?? true;
  const job = labels.job ?? '';
  return {
    job,
    instance: labels.instance ?? '',
    labels,
    url: webUrl === '' ? '' : webUrl + FEDERATE,
    webUrl,
    selectors: listOf(address.selectors, MOST_SELECTORS).map((selector) => textOf(selector)),
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
    serverAsOfMs: 0,
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

function intervalOf(value: unknown): number {
  try {
    return parseDuration(textOf(value)) / 1000;
  } catch (error) {
    if (error instanceof DurationError) return 0;
    throw error;
  }
}
