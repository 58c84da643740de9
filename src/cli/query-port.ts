// Queries of the API: each waits for its turn, runs in a query worker, and ends within its time.
import { ApiError, invalidParameter, type QueryInput, type QueryPort, type RawResponse } from '../api/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import { PieceWriter, type QueryResult, WorkerError, type WorkerErrorCode, type WorkerPool } from '../worker/index.ts';
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
  return told[error.code]?.() ?? new ApiError('internal', error.message, options);
}

class Queries implements QueryPort {
  readonly #options: QueryPortOptions;
  readonly #queue: QueryQueue;
  readonly #samples: { inc(by?: number): void };

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
    this.#samples = registry
      .counter({ name: 'prometheus_engine_query_samples_total', help: 'Samples that queries have looked at.' })
      .labels();
  }

  now(): number {
    return this.#options.now();
  }

  async run(input: QueryInput, signal: AbortSignal, begin: () => RawResponse): Promise<Uint8Array | null> {
    const { settings } = this.#options;
    const started = performance.now();
    const timeoutMs = Math.max(1, Math.min(input.timeoutMs ?? settings.timeoutMs, settings.timeoutMs));
    if (!(await this.#queue.enter(timeoutMs, signal))) {
      if (signal.aborted) throw new ApiError('canceled', 'query was canceled in query queue');
      throw new ApiError('timeout', 'query timed out in query queue');
    }
    const queuedMs = performance.now() - started;
    try {
      return await this.#answer(input, { timeoutMs: Math.max(1, timeoutMs - queuedMs), queuedMs, signal }, begin);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      throw toldError(error);
    } finally {
      this.#queue.leave();
    }
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
    this.#samples.inc(result.samples);
    if (result.body !== null) return result.body;
    const state = await (body as PieceWriter | null)!.finish(Math.max(1, timeoutMs - (performance.now() - started)));
    if (state === 'late') (response as RawResponse | null)?.destroy();
    return null;
  }
}

export function createQueryPort(options: QueryPortOptions): QueryPort {
  return new Queries(options);
}
