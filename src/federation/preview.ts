// What a match[] would cost if a server pulled it now, and what is wrong with it. A query worker selects, renders and compresses as for /federate,
// and counts; nothing is sent. Bounded as /federate is: so many series, so long, so many at the same time.
import type { FederationPreview, FederationWarning } from '../answers/index.ts';
import type { Matcher } from '../model/index.ts';
import { type CostResult, WorkerError, type WorkerPool } from '../worker/index.ts';
import { type AnswerSettings, answeredRequest } from './answered-request.ts';
import { instanceLevel, NO_OWN_LABELS, selectsNothing } from './warnings.ts';

/** A match[]: as it was written, and what it means. */
export interface Selector {
  readonly text: string;
  readonly matchers: readonly Matcher[];
}

export interface PreviewOptions extends AnswerSettings {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** 0: no limit. */
  readonly maxSeries: number;
  /** 0: none but this class's own. */
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
}

/** Nothing was asked of the query workers: others are being answered. */
export class PreviewError extends Error {
  readonly code = 'concurrency';

  constructor(limit: number) {
    super(`too many questions about match[] at the same time: the limit is ${limit} (--federate.max-concurrency)`);
    this.name = 'PreviewError';
  }
}

const MOST_METRICS = 10;
const MOST_LABELS = 20;
const LONGEST_MS = 120_000;

export class FederatePreviewer {
  readonly #options: PreviewOptions;
  #running = 0;

  constructor(options: PreviewOptions) {
    this.#options = options;
  }

  /** @throws WorkerError whose message says what to do, PreviewError */
  async preview(selectors: readonly Selector[], signal?: AbortSignal): Promise<FederationPreview> {
    const cost = await this.#cost(selectors, signal);
    const warnings = warningsOf(selectors, cost);
    if (this.#options.externalLabels().length === 0) warnings.push(NO_OWN_LABELS);
    return {
      series: cost.series,
      textBytes: cost.textBytes,
      gzipBytes: cost.gzipBytes,
      selectors: selectors.map(({ text }, index) => ({ selector: text, series: cost.selectors[index] })),
      metrics: cost.metrics,
      labels: cost.labels,
      warnings,
    };
  }

  async #cost(selectors: readonly Selector[], signal: AbortSignal | undefined): Promise<CostResult> {
    const { pool, maxSeries, maxConcurrency, timeoutMs } = this.#options;
    if (this.#running >= maxConcurrency) throw new PreviewError(maxConcurrency);
    const matchers = selectors.map((selector) => selector.matchers);
    const lists = { mostMetrics: MOST_METRICS, mostLabels: MOST_LABELS };
    const limits = { signal, timeoutMs: timeoutMs === 0 ? LONGEST_MS : Math.min(timeoutMs, LONGEST_MS) };
    this.#running++;
    try {
      return await pool.run({ type: 'federateCost', ...answeredRequest(matchers, this.#options), maxSeries, ...lists }, {}, limits);
    } catch (error) {
      throw error instanceof WorkerError ? advised(error) : error;
    } finally {
      this.#running--;
    }
  }
}

function advised(error: WorkerError): WorkerError {
  const advice: Partial<Record<WorkerError['code'], string>> = {
    too_many_series: ' (--federate.max-series): select fewer, for example by names that aggregates have, or raise the limit',
    timeout: ' (--federate.timeout): select fewer series',
  };
  const more = advice[error.code];
  return more === undefined ? error : new WorkerError(error.code, error.message + more, { cause: error });
}

function warningsOf(selectors: readonly Selector[], { selectors: counts, instanceSeries }: CostResult): FederationWarning[] {
  const empty = selectors.filter((_, index) => counts[index] === 0);
  return [...empty.map(({ text }) => selectsNothing(text)), ...(instanceSeries > 0 ? [instanceLevel(instanceSeries)] : [])];
}
