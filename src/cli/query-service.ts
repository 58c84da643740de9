// What the query workers answer: series, label names and values, the head's statistics, and /federate.
import type { TsdbStatusAnswer } from '../answers/index.ts';
import { ApiError, type ApiErrorType, type SeriesQuery, type SeriesSource } from '../api/index.ts';
import type { HeadMemory } from '../kernel/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { Logger } from '../model/index.ts';
import { type SeriesRequest, WorkerError, type WorkerErrorCode, WorkerPool } from '../worker/index.ts';
import type { HeadTotals } from './head-metrics.ts';
import type { Settings } from './settings.ts';

/** The API's own bound; PromQL has --query.timeout to come. */
const API_TIMEOUT_MS = 120_000;
/** Times of JavaScript's Date, in ms: what "since ever" and "for ever" become. */
const MAX_TIME_MS = 8.64e15;

const ERROR_TYPES: Readonly<Partial<Record<WorkerErrorCode, ApiErrorType>>> = {
  timeout: 'timeout',
  cancelled: 'canceled',
  closed: 'unavailable',
  worker_died: 'unavailable',
  out_of_memory: 'unavailable',
  too_many_series: 'execution',
};

export function createWorkerPool(memory: HeadMemory, dataFolder: string, settings: Settings, logger: Logger): WorkerPool {
  return new WorkerPool({
    memory: memory.memory,
    module: memory.module,
    buffer: memory.buffer,
    dataFolder,
    workers: settings.queryWorkers,
    entry: new URL('./query-worker.ts', import.meta.url),
    clearEpoch: (reader) => memory.exports.clearEpoch(reader),
    logger,
  });
}

export function registerPoolMetrics(registry: MetricRegistry, pool: WorkerPool): void {
  registry.observed(
    'gauge',
    { name: 'tributary_query_jobs', help: 'Requests that query workers are answering.' },
    () => pool.statistics.jobs,
  );
  registry.observed(
    'counter',
    { name: 'tributary_query_worker_replacements_total', help: 'Query workers that crashed or hung and were replaced.' },
    () => pool.statistics.replacements,
  );
}

/** A worker's failure as the API tells it. */
export async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    throw new ApiError(ERROR_TYPES[error.code] ?? 'internal', error.message, { cause: error });
  }
}

function requestOf(query: SeriesQuery): Omit<SeriesRequest, 'type'> {
  return {
    selectors: query.selectors.map((matchers) => matchers.map(({ name, op, value }) => ({ name, op, value }))),
    all: query.selectors.length === 0,
    // As in Prometheus: the external labels are not part of what is stored here.
    externalLabels: [],
    minT: Math.max(query.startMs, -MAX_TIME_MS),
    maxT: Math.min(query.endMs, MAX_TIME_MS),
    limit: query.limit,
  };
}

export function createSeriesSource(pool: WorkerPool): SeriesSource {
  const options = (signal: AbortSignal) => ({ timeoutMs: API_TIMEOUT_MS, signal });
  return {
    series: (query, signal) => told(pool.run({ type: 'series', ...requestOf(query) }, {}, options(signal))),
    labelNames: (query, signal) => told(pool.run({ type: 'labelNames', ...requestOf(query) }, {}, options(signal))),
    labelValues: (name, query, signal) => told(pool.run({ type: 'labelValues', name, ...requestOf(query) }, {}, options(signal))),
  };
}

/** `totals` is asked when the lists are there, so that they agree. */
export async function headStatus(pool: WorkerPool, limit: number, totals: () => HeadTotals): Promise<TsdbStatusAnswer> {
  const lists = await told(pool.run({ type: 'tsdbStatus', limit }, {}, { timeoutMs: API_TIMEOUT_MS }));
  const { headStats, headMemory } = totals();
  return { headStats, ...lists, headMemory };
}
