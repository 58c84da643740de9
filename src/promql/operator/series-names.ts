// Series whose metric name goes, at once or when the query is over. What is left may be the same for several: those become one series, as
// far as they have values at different steps.
import type { Label, Labels } from '../../model/index.ts';
import { sameLabelset } from '../errors.ts';
import { eachSeries } from './each-series.ts';
import { type Evaluation, labelOf, type SeriesList, type VectorOperator, type VectorSeries } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';

/** With type-and-unit labels these are about the metric, as its name is. */
function isMetricLabel([name]: Label): boolean {
  return name === '__name__' || name === '__type__' || name === '__unit__';
}

export function withoutMetricName(labels: Labels): Labels {
  return labels.some(isMetricLabel) ? labels.filter((label) => !isMetricLabel(label)) : labels;
}

class NamelessSeries implements VectorSeries {
  readonly #named: VectorSeries;
  #labels: Labels | null = null;

  constructor(named: VectorSeries) {
    this.#named = named;
  }

  get labels(): Labels {
    this.#labels ??= withoutMetricName(this.#named.labels);
    return this.#labels;
  }

  label(name: string): string {
    return isMetricLabel([name, '']) ? '' : labelOf(this.#named, name);
  }
}

class NamedUntilTheEnd implements VectorSeries {
  readonly dropName = true;
  readonly #named: VectorSeries;

  constructor(named: VectorSeries) {
    this.#named = named;
  }

  get labels(): Labels {
    return this.#named.labels;
  }

  label(name: string): string {
    return labelOf(this.#named, name);
  }
}

/** The series with their names dropped, in the way of this query. */
export function dropNames({ series, oneName }: SeriesList, { delayedNameRemoval }: Evaluation): SeriesList {
  if (delayedNameRemoval) return { series: series.map((named) => new NamedUntilTheEnd(named)), oneName };
  return { series: series.map((named) => new NamelessSeries(named)), oneName };
}

/** A text that equal labels have, and no others. */
export function labelsKey(labels: Labels): string {
  let key = '';
  for (const [name, value] of labels) key += `${name}\xff${value}\xfe`;
  return key;
}

export interface Overlap {
  /** Two series of the same labels are an error, also where they have values at different steps. */
  readonly strict: boolean;
}

/** Makes one series of those that have the same labels. @throws EvaluationError where two have a value at a step */
export class MergeOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #steps: number;
  readonly #overlap: Overlap;
  #list: SeriesList | null = null;
  /** Which series an input series becomes; null: each its own. */
  #outputs: Int32Array | null = null;
  #merged: StoredRows | null = null;

  constructor(evaluation: Evaluation, input: VectorOperator, steps: number, overlap: Overlap = { strict: false }) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#steps = steps;
    this.#overlap = overlap;
  }

  async series(): Promise<SeriesList> {
    if (this.#list !== null) return this.#list;
    const list = await this.#input.series();
    this.#list = list.oneName ? list : await this.#distinct(list);
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    if (this.#outputs === null) return this.#input.next(batch);
    this.#merged ??= new StoredRows(await this.#merge(this.#outputs));
    return this.#merged.next(batch);
  }

  async #distinct(list: SeriesList): Promise<SeriesList> {
    const places = new Map<string, number>();
    const outputs = new Int32Array(list.series.length);
    const series: VectorSeries[] = [];
    await eachSeries(list.series, this.#evaluation, (one, i) => {
      const key = labelsKey(one.labels);
      const known = places.get(key);
      outputs[i] = known ?? series.length;
      if (known !== undefined) return;
      places.set(key, series.length);
      series.push(one);
    });
    if (series.length === list.series.length) return list;
    this.#outputs = outputs;
    return { series, oneName: list.oneName };
  }

  async #merge(outputs: Int32Array): Promise<RowStore> {
    const steps = this.#steps;
    const all = await RowStore.of(this.#input, this.#evaluation, steps);
    const store = new RowStore(this.#evaluation, steps);
    const places = new Map<number, number>();
    for (let row = 0; row < all.count; row++) {
      const from = row * steps;
      if (!all.present.subarray(from, from + steps).includes(1)) continue;
      const series = outputs[all.rows[row]];
      let place = places.get(series);
      if (place === undefined) {
        place = store.addEmpty(series);
        places.set(series, place);
      } else if (this.#overlap.strict) throw sameLabelset();
      for (let step = 0, to = place * steps; step < steps; step++, to++) {
        if (all.present[from + step] === 0) continue;
        if (store.present[to] !== 0) throw sameLabelset();
        store.present[to] = 1;
        store.values[to] = all.values[from + step];
      }
    }
    return store;
  }
}

const isTrue = (flag: boolean | undefined): boolean => flag === true;

/** Drops the names that were left until now. */
export class NameRemovalOperator implements VectorOperator {
  readonly #input: VectorOperator;

  constructor(input: VectorOperator) {
    this.#input = input;
  }

  async series(): Promise<SeriesList> {
    const { series, oneName } = await this.#input.series();
    return {
      series: series.map((one) => (one.dropName ? { labels: withoutMetricName(one.labels), dropName: false } : one)),
      oneName: oneName && (series.length === 0 || series.every(({ dropName }) => isTrue(dropName) === isTrue(series[0].dropName))),
    };
  }

  next(batch: RowBatch): Promise<boolean> {
    return this.#input.next(batch);
  }
}
