// sort(), sort_desc(), sort_by_label() and sort_by_label_desc(): of an instant query. The order of a range query's series is not theirs.
import { compareLabels, labelValue } from '../../model/index.ts';
import type { Evaluation, SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore } from './row-store.ts';

export interface SortedRow {
  readonly series: VectorSeries;
  readonly value: number;
}

export type RowOrder = (a: SortedRow, b: SortedRow) => number;

/** NaN comes last either way. */
export function byValue(descending: boolean): RowOrder {
  return (a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    if (a.value === b.value) return 0;
    return a.value < b.value === descending ? 1 : -1;
  };
}

/** Numbers in the labels' values count as numbers; equal ones go by all their labels. */
export function byLabels(names: readonly string[], descending: boolean): RowOrder {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    for (const name of names) {
      const left = labelValue(a.series.labels, name);
      const right = labelValue(b.series.labels, name);
      if (left !== right) return naturally(left, right) ? -sign : sign;
    }
    return sign * compareLabels(a.series.labels, b.series.labels);
  };
}

/** Whether a comes before b, runs of digits compared as numbers. */
function naturally(a: string, b: string): boolean {
  const left = pieces(a);
  const right = pieces(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] === right[i]) continue;
    const areNumbers = /^\d/.test(left[i]) && /^\d/.test(right[i]);
    if (!areNumbers) return left[i] < right[i];
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference < 0;
    // Of equal numbers the one with more zeros before it is the greater text.
    return left[i].length > right[i].length;
  }
  return left.length < right.length;
}

function pieces(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

export class SortOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #order: RowOrder;
  #rows: { readonly index: number; readonly value: number }[] | null = null;
  #at = 0;

  /** `input` has one step. */
  constructor(evaluation: Evaluation, input: VectorOperator, order: RowOrder) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#order = order;
  }

  series(): Promise<SeriesList> {
    return this.#input.series();
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    this.#rows ??= await this.#sorted();
    while (this.#at < this.#rows.length && !batch.isFull) {
      const { index, value } = this.#rows[this.#at++];
      batch.values[batch.count] = value;
      batch.present[batch.count] = 1;
      batch.rows[batch.count++] = index;
    }
    return batch.count > 0;
  }

  async #sorted(): Promise<{ index: number; value: number }[]> {
    const { series } = await this.#input.series();
    const store = await RowStore.of(this.#input, this.#evaluation, 1);
    const rows: (SortedRow & { index: number })[] = [];
    for (let row = 0; row < store.count; row++) {
      const index = store.rows[row];
      if (store.present[row] !== 0) rows.push({ index, series: series[index], value: store.values[row] });
    }
    return rows.sort(this.#order);
  }
}
