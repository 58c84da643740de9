// label_replace() and label_join(): rows as they are, under other labels.
import type { Labels } from '../../model/index.ts';
import type { SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import type { RowBatch } from './row-batch.ts';

export class RelabelOperator implements VectorOperator {
  readonly #input: VectorOperator;
  readonly #relabel: (labels: Labels) => Labels;
  /** The metric name itself is set: it is not dropped any more. */
  readonly #setsName: boolean;

  constructor(input: VectorOperator, relabel: (labels: Labels) => Labels, setsName: boolean) {
    this.#input = input;
    this.#relabel = relabel;
    this.#setsName = setsName;
  }

  async series(): Promise<SeriesList> {
    const { series } = await this.#input.series();
    const relabelled = series.map((one): VectorSeries => {
      const labels = this.#relabel(one.labels);
      return { labels, dropName: one.dropName === true && !(this.#setsName && labels !== one.labels) };
    });
    return { series: relabelled, oneName: false };
  }

  next(batch: RowBatch): Promise<boolean> {
    return this.#input.next(batch);
  }
}
