// label_replace() and label_join(): rows as they are, under other labels.
import type { Labels } from '../../model/index.ts';
import { eachSeries } from './each-series.ts';
import type { Evaluation, SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import type { RowBatch } from './row-batch.ts';

export class RelabelOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #relabel: (labels: Labels) => Labels;
  /** The metric name itself is set: it is not dropped any more. */
  readonly #setsName: boolean;

  constructor(evaluation: Evaluation, input: VectorOperator, relabel: (labels: Labels) => Labels, setsName: boolean) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#relabel = relabel;
    this.#setsName = setsName;
  }

  async series(): Promise<SeriesList> {
    const { series } = await this.#input.series();
    const relabelled: VectorSeries[] = [];
    await eachSeries(series, this.#evaluation, (one) => {
      const labels = this.#relabel(one.labels);
      // A value can be as long as the query makes it.
      if (labels !== one.labels) this.#evaluation.budget.takeBytes(labels.reduce((sum, [, value]) => sum + value.length, 0));
      relabelled.push({ labels, dropName: one.dropName === true && !(this.#setsName && labels !== one.labels) });
    });
    return { series: relabelled, oneName: false };
  }

  next(batch: RowBatch): Promise<boolean> {
    return this.#input.next(batch);
  }
}
