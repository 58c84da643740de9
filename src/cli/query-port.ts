// Queries of the API: each waits for its turn, runs in a query worker, and ends within its time.
import { ApiError, invalidParameter, type QueryInput, type QueryPort, type RawResponse } from '../api/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { EngineOptions, LanguageFeatures } from '../promql/index.ts';
import { PieceWriter, type QueryResult, statisticsWithout, WorkerError, type WorkerErrorCode, type WorkerPool } from '../worker/index.ts';
import type { ActiveQueries } from './active-queries.ts';
import type { EngineMetrics } from './engine-metrics.ts';
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
  readonly metrics: EngineMetrics;
  readonly now: () => number;
  /** Told when a query begins and ends. Null: nobody wants to know. */
  readonly activeQueries: ActiveQueries | null;
  readonly log: QueryLog;
}

const TIMED_OUT = 'query timed out in expression evaluation';
const CANCELED = 'query was canceled in expression evaluation';

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
    const { log } = options;
    registry.observed('gauge', { name: 'prometheus_engine_query_log_enabled', help: 'State of the query log.' }, () => Number(log.enabled));
    registry.observed(
      'counter',
      { name: 'prometheus_engine_query_log_failures_total', help: 'The number of query log failures.' },
      () => log.failures,
    );
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
    const origin = { httpRequest: { clientIP: client.address, method: client.method, path: client.path } };
    this.#options.log.write({ query, startMs, endMs, stepMs, error, statistics, origin });
  }

  async #answer(
    input: QueryInput,
    { timeoutMs, queuedMs, signal }: { readonly timeoutMs: number; readonly queuedMs: number; readonly signal: AbortSignal },
    begin: () => RawResponse,
  ): Promise<Uint8Array | null> {
    const { pool, settings, subqueryStepMs } = this.#options;
    const options = engineOptions(settings, subqueryStepMs());
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
            ...options,
            lookbackMs: input.lookbackMs || options.lookbackMs,
            perStepStatistics: settings.perStepStatistics && input.statistics === 'all',
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
    this.#options.metrics.observe(result, queuedMs);
    this.#log(input, null, result.statistics);
    if (result.body !== null) return result.body;
    const state = await (body as PieceWriter | null)!.finish(Math.max(1, timeoutMs - (performance.now() - started)));
    if (state === 'late') (response as RawResponse | null)?.destroy();
    return null;
  }
}

/** What of the engine's options is the same for all queries. */
export function engineOptions(
  { features, lookbackMs, maxSamples, maxBytes, delayedNameRemoval }: QuerySettings,
  subqueryStepMs: number,
): EngineOptions {
  return {
    features,
    lookbackMs,
    subqueryStepMs,
    delayedNameRemoval,
    typeAndUnitLabels: false,
    perStepStatistics: false,
    maxSamples,
    maxBytes,
  };
}

export function createQueryPort(options: QueryPortOptions): QueryPort {
  return new Queries(options);
}
