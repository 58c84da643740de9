// Functions over range vectors: for each step the samples of a window, whose ends move on together. Where they are is found once a series for
// all steps; what a function does with them stands in function/.
import { SeriesSamples } from '../../storage/index.ts';
import type { WindowFunction } from '../function/window.ts';
import { Window } from '../function/window.ts';
import { type Evaluation, labelOf, rowsAtOnce, type ScalarOperator, type SeriesList, type VectorOperator } from './operator.ts';
import type { RangeSource } from './range-source.ts';
import type { RowBatch } from './row-batch.ts';
import { dropNames } from './series-names.ts';

export interface WindowCall {
  readonly run: WindowFunction;
  readonly keepsName: boolean;
  /** The scalar arguments, in their order. */
  readonly params: readonly ScalarOperator[];
  /** Called with the metric name of each series that has a result; once where all have the same. */
  readonly inspect?: (name: string) => void;
}

export class WindowOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #source: RangeSource;
  readonly #call: WindowCall;
  readonly #samples = new SeriesSamples();
  readonly #window: Window;
  readonly #atOnce: number;
  #list: SeriesList | null = null;
  #inputs: SeriesList | null = null;
  #prepared = false;
  #ready = false;
  #inspected = false;

  constructor(evaluation: Evaluation, source: RangeSource, call: WindowCall) {
    this.#evaluation = evaluation;
    this.#source = source;
    this.#call = call;
    this.#window = new Window(source.frame);
    this.#atOnce = rowsAtOnce(source.stepsToRead);
  }

  async series(): Promise<SeriesList> {
    if (this.#list === null) {
      this.#inputs = await this.#source.series();
      this.#list = this.#call.keepsName ? this.#inputs : dropNames(this.#inputs, this.#evaluation);
    }
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    if (!this.#prepared) await this.#prepare();
    for (;;) {
      const rest = this.#evaluation.breathe();
      if (rest !== null) await rest;
      if (!this.#ready) this.#ready = await this.#source.fill();
      if (!this.#ready) return batch.count > 0;
      for (let n = 0; n < this.#atOnce && !batch.isFull; n++) {
        const series = this.#source.take(this.#samples);
        if (series < 0) {
          this.#ready = false;
          break;
        }
        this.#row(series, batch);
      }
      if (batch.isFull) return true;
    }
  }

  async #prepare(): Promise<void> {
    this.#prepared = true;
    const params: Float64Array[] = [];
    for (const param of this.#call.params) params.push(await param.values());
    this.#window.params = params;
  }

  #inspect(inspect: (name: string) => void, series: number): void {
    const { oneName, series: inputs } = this.#inputs!;
    if (oneName && this.#inspected) return;
    this.#inspected = true;
    inspect(labelOf(inputs[series], '__name__'));
  }

  #row(series: number, batch: RowBatch): void {
    const { budget, counts } = this.#evaluation;
    const window = this.#window;
    const { floats } = this.#samples;
    const { count } = floats;
    budget.takeSamples(count);
    counts.addWindows(window.place(floats), window.lo, window.hi);
    window.out(batch.values, batch.present, batch.count * batch.steps);
    const found = count === 0 ? 0 : this.#call.run(window);
    budget.giveSamples(count);
    if (found === 0) return;
    budget.takeSamples(found);
    batch.rows[batch.count++] = series;
    if (this.#call.inspect !== undefined) this.#inspect(this.#call.inspect, series);
  }
}
