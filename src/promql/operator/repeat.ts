// What is the same at each step is evaluated at the first one, and repeated.
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

export class RepeatOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #single = new RowBatch(1);
  #row = 0;

  /** `input` has one step. */
  constructor(evaluation: Evaluation, input: VectorOperator) {
    this.#evaluation = evaluation;
    this.#input = input;
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
        if (!(await this.#input.next(single))) break;
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
}
