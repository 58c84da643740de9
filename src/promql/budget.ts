// What one query may hold: samples, and bytes of what it keeps beyond a batch. Both are asked for before they are taken; what is refused
// ends this query alone.
import { EvaluationError } from './errors.ts';

export interface BudgetLimits {
  readonly maxSamples: number;
  readonly maxBytes: number;
}

export class Budget {
  readonly #limits: BudgetLimits;
  #samples = 0;
  #bytes = 0;
  /** The most samples that were held at once. */
  peakSamples = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /** @throws EvaluationError `too_much` */
  takeSamples(count: number): void {
    this.#samples += count;
    if (this.#samples > this.peakSamples) this.peakSamples = this.#samples;
    if (this.#samples > this.#limits.maxSamples)
      throw new EvaluationError('too_much', 'query processing would load too many samples into memory in query execution');
  }

  giveSamples(count: number): void {
    this.#samples -= count;
  }

  /** @throws EvaluationError `too_much` */
  takeBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes <= this.#limits.maxBytes) return;
    const limit = `${Math.round(this.#limits.maxBytes / (1024 * 1024))} MiB`;
    throw new EvaluationError(
      'too_much',
      `query needs more memory than --query.max-memory allows (${limit}): ask for fewer series or steps`,
    );
  }
}
