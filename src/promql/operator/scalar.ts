// Scalars: a value for each step.
import type { Grid } from '../grid.ts';
import type { SampleCounts } from '../sample-counts.ts';
import type { Evaluation, ScalarOperator, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

/** The same at each step, or calculated from the step's time. */
export class StepScalar implements ScalarOperator {
  readonly #grid: Grid;
  readonly #at: (timeMs: number) => number;

  constructor(grid: Grid, at: (timeMs: number) => number) {
    this.#grid = grid;
    this.#at = at;
  }

  async values(): Promise<Float64Array> {
    const values = new Float64Array(this.#grid.steps);
    for (let step = 0; step < values.length; step++) values[step] = this.#at(this.#grid.timeAt(step));
    return values;
  }
}

export class CombinedScalar implements ScalarOperator {
  readonly #left: ScalarOperator;
  readonly #right: ScalarOperator;
  readonly #combine: (left: number, right: number) => number;

  constructor(left: ScalarOperator, right: ScalarOperator, combine: (left: number, right: number) => number) {
    this.#left = left;
    this.#right = right;
    this.#combine = combine;
  }

  async values(): Promise<Float64Array> {
    const left = await this.#left.values();
    const right = await this.#right.values();
    return left.map((value, step) => this.#combine(value, right[step]));
  }
}

export class NegatedScalar implements ScalarOperator {
  readonly #input: ScalarOperator;

  constructor(input: ScalarOperator) {
    this.#input = input;
  }

  async values(): Promise<Float64Array> {
    return (await this.#input.values()).map((value) => -value);
  }
}

/** The value of the only series at each step; NaN where there is none, or more than one. */
export class VectorAsScalar implements ScalarOperator {
  readonly #input: VectorOperator;
  readonly #steps: number;

  constructor(input: VectorOperator, steps: number) {
    this.#input = input;
    this.#steps = steps;
  }

  async values(): Promise<Float64Array> {
    const steps = this.#steps;
    const values = new Float64Array(steps).fill(Number.NaN);
    const found = new Uint8Array(steps);
    const batch = new RowBatch(steps);
    await this.#input.series();
    while (await this.#input.next(batch)) {
      for (let row = 0; row < batch.count; row++) {
        for (let step = 0, cell = row * steps; step < steps; step++, cell++) {
          if (batch.present[cell] === 0) continue;
          values[step] = found[step] === 0 ? batch.values[cell] : Number.NaN;
          found[step] = 1;
        }
      }
    }
    return values;
  }
}

/** One evaluation for all steps. */
export class RepeatedScalar implements ScalarOperator {
  readonly #input: ScalarOperator;
  readonly #steps: number;
  readonly #own: SampleCounts;
  readonly #counts: SampleCounts;

  /** `own`: the input's counts, which become those of each step. */
  constructor(input: ScalarOperator, steps: number, own: SampleCounts, counts: SampleCounts) {
    this.#input = input;
    this.#steps = steps;
    this.#own = own;
    this.#counts = counts;
  }

  async values(): Promise<Float64Array> {
    const [value] = await this.#input.values();
    for (let step = 0; step < this.#steps; step++) this.#counts.add(step, this.#own.total);
    this.#own.total = 0;
    return new Float64Array(this.#steps).fill(value);
  }
}

/** A vector of one series without labels. */
export class ScalarAsVector implements VectorOperator {
  readonly #input: ScalarOperator;
  readonly #evaluation: Evaluation;
  #given = false;

  constructor(evaluation: Evaluation, input: ScalarOperator) {
    this.#evaluation = evaluation;
    this.#input = input;
  }

  async series() {
    return { series: [{ labels: [], dropName: false }], oneName: true };
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    if (this.#given) return false;
    this.#given = true;
    this.#evaluation.budget.takeSamples(batch.steps);
    batch.values.set(await this.#input.values());
    batch.present.fill(1, 0, batch.steps);
    batch.rows[batch.count++] = 0;
    return true;
  }
}
