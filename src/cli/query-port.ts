// Queries of the API: each waits for its turn, runs in a query worker, and ends within its time.
import { ApiError, invalidParameter, type QueryInput, type QueryPort, type RawResponse } from '../api/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import { PieceWriter, type QueryResult, WorkerError, type WorkerErrorCode, type WorkerPool } from '../worker/index.ts';
import type { ActiveQueries } from './active-queries.ts';
import type { QueryLog } from './query-log.ts';
import { QueryQueue } from './query-queue.ts';

export interface QuerySettings {
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
  readonly maxSamples: number;
  readonly maxBytes: number;
  readonly lookbackMs: number;
  readonly features: LanguageFeatures;
  readonly delayedNameRemoval: boolean;
  readonly perStepStatistics: boolean;
}

export interface QueryPortOptions {
  readonly pool: WorkerPool;
  readonly settings: QuerySettings;
  /** The step of a subquery that names none: as the configuration is now. */
  readonly subqueryStepMs: () => number;
  readonly registry: MetricRegistry;
  readonly now: () => number;
  /** Told when a query begins and ends. Null: nobody wants to know. */
  readonly activeQueries: ActiveQueries | null;
  readonly log: QueryLog;
}

const TIMED_OUT = 'query timed out in expression evaluation';
const CANCELED = 'query was canceled in expression evaluation';

/** Of a query that was not answered. */
function statisticsWithout(queuedMs: number, totalMs: number): string {
  const timings = { evalTotalTime: 0, resultSortTime: 0, queryPreparationTime: 0, innerEvalTime: 0 };
  const known = { execQueueTime: queuedMs / 1000, execTotalTime: totalMs / 1000 };
  return JSON.stringify({ timings: { ...timings, ...known }, samples: { totalQueryableSamples: 0, peakSamples: 0 } });
}

/** A worker's failure in Prometheus's words. */
function toldError(error: WorkerError): ApiError {
  const options = { cause: error };
  const told: Partial<Record<WorkerErrorCode, () => ApiError>> = {
    bad_query: () => invalidParameter('query', error.message),
    execution: () => new ApiError('execution', error.message, options),
    timeout: () => new ApiError('timeout', TIMED_OUT, options),
    cancelled: () => new ApiError('canceled', CANCELED, options),
    closed: () => new ApiError('unavailable', error.message, options),
    worker_died: () => new ApiError('unavailable', `${error.message}: this query is lost, others are not`, options),
    out_of_memory: () => new ApiError('unavailable', error.message, options),
  };
  // The first line says it; the rest is a stack, for the log.
  return told[error.code]?.() ?? new ApiError('internal', error.message.split('\n')[0], options);
}

class Queries implements QueryPort {
  readonly #options: QueryPortOptions;
  readonly #queue: QueryQueue;
  readonly #samples: { inc(by?: number): void };
  readonly #durations: readonly { labels(slice: string): { observe(seconds: number): void } }[];

  constructor(options: QueryPortOptions) {
    this.#options = options;
    const { registry, settings } = options;
    this.#queue = new QueryQueue(settings.maxConcurrency);
    registry.observed('gauge', { name: 'prometheus_engine_queries', help: 'Queries that are evaluated or wait for their turn.' }, () => {
      return this.#queue.running + this.#queue.waiting;
    });
    registry
      .gauge({ name: 'prometheus_engine_queries_concurrent_max', help: 'Queries that may be evaluated at once.' })
      .labels()
      .set(settings.maxConcurrency);
    const labelNames = ['slice'];
    this.#durations = [
      registry.summary({
        name: 'prometheus_engine_query_duration_seconds',
        help: 'Query timings',
        labelNames,
        quantiles: [0.5, 0.9, 0.99],
      }),
      registry.histogram({
        name: 'prometheus_engine_query_duration_histogram_seconds',
        help: 'Histogram of query timings.',
        labelNames,
        buckets: [0.01, 0.1, 1, 10],
      }),
    ];
    const { log } = options;
    registry.observed('gauge', { name: 'prometheus_engine_query_log_enabled', help: 'State of the query log.' }, () => Number(log.enabled));
    registry.observed(
      'counter',
      { name: 'prometheus_engine_query_log_failures_total', help: 'The number of query log failures.' },
      () => log.failures,
    );
    this.#samples = registry
      .counter({ name: 'prometheus_engine_query_samples_total', help: 'Samples that queries have looked at.' })
      .labels();
  }

  now(): number {
    return this.#options.now();
  }

  async run(input: QueryInput, signal: AbortSignal, begin: () => RawResponse): Promise<Uint8Array | null> {
    const { settings } = this.#options;
    if (input.timeoutMs !== null && input.timeoutMs <= 0) throw new ApiError('timeout', 'query timed out in query queue');
    const started = performance.now();
    const timeoutMs = Math.max(1, Math.min(input.timeoutMs ?? settings.timeoutMs, settings.timeoutMs));
    if (!(await this.#queue.enter(timeoutMs, signal))) {
      if (signal.aborted) throw new ApiError('canceled', 'query was canceled in query queue');
      throw new ApiError('timeout', 'query timed out in query queue');
    }
    const queuedMs = performance.now() - started;
    const { activeQueries, now } = this.#options;
    const place = activeQueries?.insert(input.query, now());
    try {
      return await this.#answer(input, { timeoutMs: Math.max(1, timeoutMs - queuedMs), queuedMs, signal }, begin);
    } catch (error) {
      const told = error instanceof WorkerError ? toldError(error) : error;
      // What is no query is not logged.
      if (!(error instanceof WorkerError && error.code === 'bad_query'))
        this.#log(input, (told as Error).message, statisticsWithout(queuedMs, performance.now() - started));
      throw told;
    } finally {
      if (place !== undefined) activeQueries?.delete(place);
      this.#queue.leave();
    }
  }

  #log({ query, startMs, endMs, stepMs, client }: QueryInput, error: string | null, statistics: string): void {
    this.#options.log.write({ query, startMs, endMs, stepMs, error, statistics, client });
  }

  #observe({ prepareMs, evalMs, sortMs, samples }: QueryResult, queuedMs: number): void {
    this.#samples.inc(samples);
    const slices = { queue_time: queuedMs, prepare_time: prepareMs, inner_eval: evalMs, result_sort: sortMs };
    for (const [slice, ms] of Object.entries(slices)) for (const family of this.#durations) family.labels(slice).observe(ms / 1000);
  }

  async #answer(
    input: QueryInput,
    { timeoutMs, queuedMs, signal }: { readonly timeoutMs: number; readonly queuedMs: number; readonly signal: AbortSignal },
    begin: () => RawResponse,
  ): Promise<Uint8Array | null> {
    const { pool, settings, subqueryStepMs } = this.#options;
    const { features, maxSamples, maxBytes, delayedNameRemoval, perStepStatistics } = settings;
    let body: PieceWriter | null = null;
    let response: RawResponse | null = null;
    const started = performance.now();
    const handlers = {
      begin: () => {
        response = begin();
        body = new PieceWriter(response);
      },
      piece: (bytes: Buffer, release: () => void) => body!.write(bytes, release),
    };
    let result: QueryResult;
    try {
      result = await pool.run(
        {
          type: 'query',
          query: input.query,
          times: { startMs: input.startMs, endMs: input.endMs, stepMs: input.stepMs },
          options: {
            features,
            lookbackMs: input.lookbackMs || settings.lookbackMs,
            subqueryStepMs: subqueryStepMs(),
            delayedNameRemoval,
            typeAndUnitLabels: false,
            perStepStatistics: perStepStatistics && input.statistics === 'all',
            maxSamples,
            maxBytes,
          },
          statistics: input.statistics,
          queuedMs,
          encoding: input.encoding,
          limit: input.limit,
        },
        handlers,
        { timeoutMs, signal },
      );
    } catch (error) {
      // The status is out: only a connection that breaks off tells the client that the answer is not whole.
      (response as RawResponse | null)?.destroy();
      throw error;
    }
    this.#observe(result, queuedMs);
    this.#log(input, null, result.statistics);
    if (result.body !== null) return result.body;
    const state = await (body as PieceWriter | null)!.finish(Math.max(1, timeoutMs - (performance.now() - started)));
    if (state === 'late') (response as RawResponse | null)?.destroy();
    return null;
  }
}

export function createQueryPort(options: QueryPortOptions): QueryPort {
  return new Queries(options);
}
