// What is the same at each step is evaluated at the first one, and repeated.

import type { SampleCounts } from '../sample-counts.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

export class RepeatOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #counts: SampleCounts;
  readonly #single = new RowBatch(1);
  #row = 0;

  /** `input` has one step; `counts` are its own, and become those of each step. */
  constructor(evaluation: Evaluation, input: VectorOperator, counts: SampleCounts) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#counts = counts;
  }

  series(): Promise<SeriesList> {
    return this.#input.series();
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    const single = this.#single;
    while (!batch.isFull) {
      if (this.#row === single.count) {
        this.#row = 0;
        const isThere = await this.#input.next(single);
        this.#count(batch.steps);
        if (!isThere) break;
      }
      for (; this.#row < single.count && !batch.isFull; this.#row++) {
        if (single.present[this.#row] === 0) continue;
        this.#evaluation.budget.takeSamples(batch.steps);
        const base = batch.count * batch.steps;
        batch.values.fill(single.values[this.#row], base, base + batch.steps);
        batch.present.fill(1, base, base + batch.steps);
        batch.rows[batch.count++] = single.rows[this.#row];
      }
    }
    if (batch.count === 0) single.clear();
    return batch.count > 0;
  }

  #count(steps: number): void {
    const { total } = this.#counts;
    this.#counts.total = 0;
    if (total > 0) for (let step = 0; step < steps; step++) this.#evaluation.counts.add(step, total);
  }
}
