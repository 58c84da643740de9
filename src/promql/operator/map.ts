// Value by value: functions of numbers, a vector and a scalar, the sign. Rows are changed where they lie.
import type { Evaluation, ScalarOperator, SeriesList, VectorOperator } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { dropNames } from './series-names.ts';

/** What becomes of rows: `params` has the scalar arguments' values by step. */
export type RowMapping = (batch: RowBatch, params: readonly Float64Array[]) => void;

export interface MapCall {
  readonly map: RowMapping;
  readonly keepsName: boolean;
  readonly params: readonly ScalarOperator[];
}

export class MapOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #call: MapCall;
  #list: SeriesList | null = null;
  #params: Float64Array[] | null = null;

  constructor(evaluation: Evaluation, input: VectorOperator, call: MapCall) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#call = call;
  }

  async series(): Promise<SeriesList> {
    if (this.#list === null) {
      const list = await this.#input.series();
      this.#list = this.#call.keepsName ? list : dropNames(list, this.#evaluation);
    }
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    if (this.#params === null) {
      this.#params = [];
      for (const param of this.#call.params) this.#params.push(await param.values());
    }
    if (!(await this.#input.next(batch))) return false;
    this.#call.map(batch, this.#params);
    return true;
  }
}

/** Values that are not there are calculated with as well: nobody looks at the result, and there is no branch. */
export function ofNumbers(calculate: (value: number) => number): RowMapping {
  return ({ values, count, steps }) => {
    for (let cell = 0; cell < count * steps; cell++) values[cell] = calculate(values[cell]);
  };
}

export function ofNumberAndStep(calculate: (value: number, step: number, params: readonly Float64Array[]) => number): RowMapping {
  return ({ values, count, steps }, params) => {
    for (let row = 0, cell = 0; row < count; row++) {
      for (let step = 0; step < steps; step++, cell++) values[cell] = calculate(values[cell], step, params);
    }
  };
}

/** Lets go of the values for which it does not hold. */
export function filterByStep(holds: (value: number, step: number, params: readonly Float64Array[]) => boolean): RowMapping {
  return ({ values, present, count, steps }, params) => {
    for (let row = 0, cell = 0; row < count; row++) {
      for (let step = 0; step < steps; step++, cell++) if (present[cell] !== 0 && !holds(values[cell], step, params)) present[cell] = 0;
    }
  };
}
