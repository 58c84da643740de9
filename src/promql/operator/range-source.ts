// Where a window function's samples come from: stored series, or the rows of a subquery.
import type { SeriesSamples, StoredSeries } from '../../storage/index.ts';
import type { WindowFrame } from '../function/window.ts';
import type { Grid } from '../grid.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';
import type { Selection } from './selection.ts';

export interface RangeSource {
  readonly frame: WindowFrame;
  /** About as many steps as a row takes to be made. */
  readonly stepsToRead: number;
  series(): Promise<SeriesList>;
  /** Makes some series ready to be taken; false when there are no more. */
  fill(): Promise<boolean>;
  /** The next of them, without stale markers; -1 when another fill() is due. */
  take(into: SeriesSamples): number;
}

/** How far samples beyond the window are wanted, ms: of anchored and smoothed ranges. */
export interface Margins {
  readonly beforeMs: number;
  readonly afterMs: number;
}

export class StoredRange implements RangeSource {
  readonly frame: WindowFrame;
  readonly stepsToRead: number;
  readonly #selection: Selection;
  readonly #oneName: boolean;
  readonly #margins: Margins;
  #series: readonly StoredSeries[] = [];
  #at = 0;

  constructor(selection: Selection, frame: WindowFrame, oneName: boolean, margins: Margins) {
    this.frame = frame;
    this.stepsToRead = frame.steps;
    this.#selection = selection;
    this.#oneName = oneName;
    this.#margins = margins;
  }

  async series(): Promise<SeriesList> {
    this.#series = await this.#selection.series();
    return { series: this.#series, oneName: this.#oneName };
  }

  async fill(): Promise<boolean> {
    return this.#at < this.#series.length;
  }

  take(into: SeriesSamples): number {
    if (this.#at === this.#series.length) return -1;
    const { firstEndMs, rangeMs, steps, stepMs, fixed } = this.frame;
    const lastEndMs = fixed ? firstEndMs : firstEndMs + (steps - 1) * stepMs;
    const { beforeMs, afterMs } = this.#margins;
    this.#series[this.#at].read(firstEndMs - rangeMs - beforeMs + 1, lastEndMs + afterMs, into);
    into.floats.removeStale();
    return this.#at++;
  }
}

export class SubqueryRange implements RangeSource {
  readonly frame: WindowFrame;
  readonly stepsToRead: number;
  readonly #input: VectorOperator;
  readonly #grid: Grid;
  readonly #batch: RowBatch;
  readonly #evaluation: Evaluation;
  #row = 0;

  /** `grid`: the times that the input is evaluated at. */
  constructor(evaluation: Evaluation, input: VectorOperator, grid: Grid, frame: WindowFrame) {
    this.frame = frame;
    this.stepsToRead = frame.steps + grid.steps;
    this.#evaluation = evaluation;
    this.#input = input;
    this.#grid = grid;
    this.#batch = new RowBatch(grid.steps);
  }

  series(): Promise<SeriesList> {
    return this.#input.series();
  }

  async fill(): Promise<boolean> {
    this.#row = 0;
    const rest = this.#evaluation.breathe();
    if (rest !== null) await rest;
    return this.#input.next(this.#batch);
  }

  take(into: SeriesSamples): number {
    const { count, values, present, rows } = this.#batch;
    if (this.#row === count) return -1;
    const { steps, startMs, stepMs } = this.#grid;
    const { floats } = into;
    floats.clear();
    floats.reserve(steps);
    const base = this.#row * steps;
    let kept = 0;
    for (let step = 0; step < steps; step++) {
      if (present[base + step] === 0) continue;
      floats.times[kept] = startMs + step * stepMs;
      floats.values[kept++] = values[base + step];
    }
    floats.count = kept;
    return rows[this.#row++];
  }
}
