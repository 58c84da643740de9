// quantile() of the series of a group, and count_values(): both look at all values of a step.
import { compareUtf8, type Label, type Labels } from '../../model/index.ts';
import { quantileOf } from '../function/quantile.ts';
import { formatFloat } from '../parser/printer.ts';
import { type GroupBy, type Groups, groupLabels, groupsOf, haveOneName } from './grouping.ts';
import type { Evaluation, ScalarOperator, SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';
import { labelsKey } from './series-names.ts';

export class QuantileOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #by: GroupBy;
  readonly #param: ScalarOperator;
  readonly #paramStart: number;
  #groups: Groups | null = null;
  #rows: StoredRows | null = null;

  constructor(
    evaluation: Evaluation,
    input: VectorOperator,
    by: GroupBy,
    param: { readonly operator: ScalarOperator; readonly start: number },
  ) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#by = by;
    this.#param = param.operator;
    this.#paramStart = param.start;
  }

  async series(): Promise<SeriesList> {
    this.#groups ??= await groupsOf((await this.#input.series()).series, this.#by, this.#evaluation);
    const { labels, dropName } = this.#groups;
    return { series: labels.map((labels, group) => ({ labels, dropName: dropName[group] })), oneName: haveOneName(this.#by) };
  }

  async next(batch: RowBatch): Promise<boolean> {
    this.#rows ??= new StoredRows(await this.#quantiles(this.#groups!, batch.steps));
    return this.#rows.next(batch);
  }

  async #quantiles(groups: Groups, steps: number): Promise<RowStore> {
    const params = await this.#param.values();
    warnOfQuantiles(params, this.#evaluation, this.#paramStart);
    const store = await RowStore.of(this.#input, this.#evaluation, steps);
    const members: number[][] = groups.labels.map(() => []);
    for (let row = 0; row < store.count; row++) members[groups.of[store.rows[row]]].push(row);
    const results = new RowStore(this.#evaluation, steps);
    for (const [group, rows] of members.entries()) {
      if (rows.length === 0) continue;
      const to = results.addEmpty(group) * steps;
      const values = new Float64Array(rows.length);
      for (let step = 0; step < steps; step++) {
        let count = 0;
        for (const row of rows) if (store.present[row * steps + step] !== 0) values[count++] = store.values[row * steps + step];
        if (count === 0) continue;
        results.present[to + step] = 1;
        results.values[to + step] = quantileOf(params[step], values.subarray(0, count));
      }
    }
    return results;
  }
}

/** Says once which values are none of a quantile. */
export function warnOfQuantiles(quantiles: Float64Array, { annotations }: Evaluation, start: number): void {
  for (const q of quantiles) {
    if (q >= 0 && q <= 1) continue;
    annotations.warn(`quantile value should be between 0 and 1, got ${formatFloat(q)}`, start);
  }
}

export class CountValuesOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #by: GroupBy;
  readonly #label: string;
  readonly #steps: number;
  #series: VectorSeries[] | null = null;
  #rows: StoredRows | null = null;

  constructor(evaluation: Evaluation, input: VectorOperator, by: GroupBy, label: string, steps: number) {
    this.#evaluation = evaluation;
    this.#input = input;
    // The label of the values is one that is grouped by.
    this.#by = by.without ? by : { ...by, grouping: [...by.grouping, label] };
    this.#label = label;
    this.#steps = steps;
  }

  /** Which series there are is known when all values are. */
  async series(): Promise<SeriesList> {
    if (this.#series === null) await this.#count();
    return { series: this.#series!, oneName: true };
  }

  async next(batch: RowBatch): Promise<boolean> {
    return this.#rows!.next(batch);
  }

  async #count(): Promise<void> {
    const steps = this.#steps;
    const counts = new RowStore(this.#evaluation, steps);
    const places = new Map<string, number>();
    const series: VectorSeries[] = [];
    const inputs = (await this.#input.series()).series;
    const batch = new RowBatch(steps, inputs.length);
    while (await this.#input.next(batch)) {
      for (let row = 0; row < batch.count; row++) {
        const { labels } = inputs[batch.rows[row]];
        let before = Number.NaN;
        let place = -1;
        for (let step = 0, cell = row * steps; step < steps; step++, cell++) {
          if (batch.present[cell] === 0) continue;
          const value = batch.values[cell];
          // The same value again is nearly always in the same place.
          if (place < 0 || !Object.is(value, before)) {
            const group = groupLabels(withLabel(labels, this.#label, formatFloat(value)), this.#by);
            const key = labelsKey(group);
            place = places.get(key) ?? -1;
            if (place < 0) {
              place = counts.addEmpty(series.length);
              places.set(key, place);
              series.push({ labels: group, dropName: false });
            }
            before = value;
          }
          counts.present[place * steps + step] = 1;
          counts.values[place * steps + step]++;
        }
      }
    }
    this.#series = series;
    this.#rows = new StoredRows(counts);
  }
}

/** The labels with one set; taken away by an empty value. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.filter((label) => label[0] !== name);
  if (value === '') return others;
  const label: Label = [name, value];
  return [...others, label].sort((a, b) => compareUtf8(a[0], b[0]));
}
