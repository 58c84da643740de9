// Rows that are kept: all of an operator's, by series, for those that need them more than once or in another order.
import type { Evaluation, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

/** Space for so much is taken at once. */
const FIRST_CELLS = 256 * 1024;
const LEAST_ROWS = 16;

/** A value, whether it is there, and of which series they are. */
function bytesOfRow(steps: number): number {
  return steps * 9 + 4;
}

export class RowStore {
  readonly steps: number;
  count = 0;
  /** Which series each row is. */
  rows: Int32Array;
  values: Float64Array;
  present: Uint8Array;
  readonly #evaluation: Evaluation;

  /** `rows`: how many are to be expected. */
  constructor(evaluation: Evaluation, steps: number, rows = LEAST_ROWS) {
    this.#evaluation = evaluation;
    this.steps = steps;
    const first = Math.max(Math.min(rows, Math.floor(FIRST_CELLS / Math.max(steps, 1))), 1);
    evaluation.budget.takeBytes(first * bytesOfRow(steps));
    this.rows = new Int32Array(first);
    this.values = new Float64Array(first * steps);
    this.present = new Uint8Array(first * steps);
  }

  /** All rows of the operator. */
  static async of(operator: VectorOperator, evaluation: Evaluation, steps: number): Promise<RowStore> {
    const { series } = await operator.series();
    const store = new RowStore(evaluation, steps, series.length);
    const batch = new RowBatch(steps, series.length);
    while (await operator.next(batch)) store.add(batch);
    return store;
  }

  add({ count, rows, values, present }: RowBatch): void {
    const { steps } = this;
    this.#reserve(this.count + count);
    this.values.set(values.subarray(0, count * steps), this.count * steps);
    this.present.set(present.subarray(0, count * steps), this.count * steps);
    this.rows.set(rows.subarray(0, count), this.count);
    this.count += count;
  }

  /** An empty row for the series; its place. */
  addEmpty(series: number): number {
    this.#reserve(this.count + 1);
    this.rows[this.count] = series;
    return this.count++;
  }

  #reserve(rows: number): void {
    const { steps } = this;
    if (rows <= this.rows.length) return;
    const capacity = Math.max(rows, this.rows.length * 2);
    this.#evaluation.budget.takeBytes((capacity - this.rows.length) * bytesOfRow(steps));
    const { rows: oldRows, values, present } = this;
    this.rows = new Int32Array(capacity);
    this.rows.set(oldRows);
    this.values = new Float64Array(capacity * steps);
    this.values.set(values);
    this.present = new Uint8Array(capacity * steps);
    this.present.set(present);
  }
}

/** Gives the rows of a store, in their order. */
export class StoredRows {
  readonly #store: RowStore;
  #at = 0;

  constructor(store: RowStore) {
    this.#store = store;
  }

  next(batch: RowBatch): boolean {
    const { rows, values, present, count, steps } = this.#store;
    batch.clear();
    while (this.#at < count && !batch.isFull) {
      batch.copy(rows[this.#at], values, present, this.#at * steps);
      this.#at++;
    }
    return batch.count > 0;
  }
}
