// An instant vector selector: of each stored series the newest sample at or before each step, unless it is as old as the lookback or a stale
// marker. With `@` every step looks at the same time.
import type { FloatSamples, StoredSeries } from '../../storage/index.ts';
import { SeriesSamples } from '../../storage/index.ts';
import type { Grid } from '../grid.ts';
import { type Evaluation, rowsAtOnce, type SeriesList, type VectorOperator } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import type { Selection } from './selection.ts';

export interface SelectorPlace {
  readonly grid: Grid;
  readonly offsetMs: number;
  /** The time of all steps; null: each its own. */
  readonly atMs: number | null;
  readonly oneName: boolean;
}

export class SelectorOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #selection: Selection;
  readonly #place: SelectorPlace;
  /** Give the samples' times in seconds instead of their values: timestamp(). */
  readonly #timesOnly: boolean;
  readonly #samples = new SeriesSamples();
  #series: readonly StoredSeries[] | null = null;
  #list: SeriesList | null = null;
  #at = 0;

  constructor(evaluation: Evaluation, selection: Selection, place: SelectorPlace, timesOnly = false) {
    this.#evaluation = evaluation;
    this.#selection = selection;
    this.#place = place;
    this.#timesOnly = timesOnly;
  }

  async series(): Promise<SeriesList> {
    if (this.#list === null) {
      this.#series = await this.#selection.series();
      this.#list = { series: this.#series, oneName: this.#place.oneName };
    }
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    const series = this.#series!;
    const { budget, counts } = this.#evaluation;
    const atOnce = rowsAtOnce(this.#place.grid.steps);
    batch.clear();
    while (this.#at < series.length && !batch.isFull) {
      const rest = this.#evaluation.breathe();
      if (rest !== null) await rest;
      // Some at a time: looking at the clock costs more than reading one.
      for (let n = 0; n < atOnce && this.#at < series.length && !batch.isFull; n++, this.#at++) {
        const found =
          this.#place.grid.steps === 1 || this.#place.atMs !== null
            ? this.#readOne(series[this.#at], batch)
            : this.#readAll(series[this.#at], batch);
        if (found === 0) continue;
        budget.takeSamples(found);
        counts.addRow(found, batch.present, batch.count * batch.steps);
        batch.rows[batch.count++] = this.#at;
      }
    }
    return batch.count > 0;
  }

  /** One look for all steps. Returns how many have a value. */
  #readOne(series: StoredSeries, batch: RowBatch): number {
    const { grid, offsetMs, atMs } = this.#place;
    const timeMs = (atMs ?? grid.startMs) - offsetMs;
    const samples = this.#samples;
    const { floats } = samples;
    if (!series.readNewest(timeMs - this.#evaluation.lookbackMs + 1, timeMs, samples) || floats.isStale(0)) return 0;
    const base = batch.count * grid.steps;
    const value = this.#timesOnly ? floats.times[0] / 1000 : floats.values[0];
    batch.values.fill(value, base, base + grid.steps);
    batch.present.fill(1, base, base + grid.steps);
    return grid.steps;
  }

  #readAll(series: StoredSeries, batch: RowBatch): number {
    const { grid, offsetMs } = this.#place;
    const { lookbackMs } = this.#evaluation;
    series.read(grid.startMs - offsetMs - lookbackMs + 1, grid.endMs - offsetMs, this.#samples);
    const { floats } = this.#samples;
    if (floats.count === 0) return 0;
    const base = batch.count * grid.steps;
    return pickAtSteps(
      floats,
      { firstMs: grid.startMs - offsetMs, stepMs: grid.stepMs, steps: grid.steps, lookbackMs, timesOnly: this.#timesOnly },
      batch,
      base,
    );
  }
}

interface Pick {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly lookbackMs: number;
  readonly timesOnly: boolean;
}

function pickAtSteps(floats: FloatSamples, { firstMs, stepMs, steps, lookbackMs, timesOnly }: Pick, batch: RowBatch, base: number): number {
  const { times, values, count } = floats;
  const { values: out, present } = batch;
  let found = 0;
  let next = 0;
  for (let step = 0, timeMs = firstMs; step < steps; step++, timeMs += stepMs) {
    while (next < count && times[next] <= timeMs) next++;
    const at = next - 1;
    if (at < 0 || times[at] <= timeMs - lookbackMs || floats.isStale(at)) {
      present[base + step] = 0;
      continue;
    }
    present[base + step] = 1;
    out[base + step] = timesOnly ? times[at] / 1000 : values[at];
    found++;
  }
  return found;
}
