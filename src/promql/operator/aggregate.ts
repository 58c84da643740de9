// Aggregations that need no more than numbers for each group and step: sum, avg, count, min, max, group, stddev, stdvar. Rows go in as they
// come, in any order, and are not kept.

import { type GroupBy, type Groups, groupsOf, haveOneName } from './grouping.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

export interface Accumulators {
  /** Takes in a row: cells `from` of the batch on, for the group whose cells begin at `to`. */
  add(batch: RowBatch, from: number, to: number): void;
  /** The cell's result; asked for where something was added. */
  result(cell: number): number;
  readonly seen: Uint8Array;
  readonly bytes: number;
}

export type MakeAccumulators = (cells: number, steps: number) => Accumulators;

export class AggregateOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #by: GroupBy;
  readonly #make: MakeAccumulators;
  #groups: Groups | null = null;
  #accumulators: Accumulators | null = null;
  #at = 0;

  constructor(evaluation: Evaluation, input: VectorOperator, by: GroupBy, make: MakeAccumulators) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#by = by;
    this.#make = make;
  }

  async series(): Promise<SeriesList> {
    this.#groups ??= await groupsOf((await this.#input.series()).series, this.#by, this.#evaluation);
    const { labels, dropName } = this.#groups;
    return { series: labels.map((labels, group) => ({ labels, dropName: dropName[group] })), oneName: haveOneName(this.#by) };
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    const groups = this.#groups!;
    this.#accumulators ??= await this.#aggregate(groups, batch.steps);
    const { seen } = this.#accumulators;
    const { steps, values, present } = batch;
    for (; this.#at < groups.labels.length && !batch.isFull; this.#at++) {
      let found = 0;
      const from = this.#at * steps;
      const to = batch.count * steps;
      for (let step = 0; step < steps; step++) {
        present[to + step] = seen[from + step];
        if (seen[from + step] === 0) continue;
        values[to + step] = this.#accumulators.result(from + step);
        found++;
      }
      if (found === 0) continue;
      this.#evaluation.budget.takeSamples(found);
      batch.rows[batch.count++] = this.#at;
    }
    return batch.count > 0;
  }

  async #aggregate({ of, labels }: Groups, steps: number): Promise<Accumulators> {
    const accumulators = this.#make(labels.length * steps, steps);
    this.#evaluation.budget.takeBytes(accumulators.bytes);
    const input = new RowBatch(steps, of.length);
    while (await this.#input.next(input)) {
      for (let row = 0; row < input.count; row++) accumulators.add(input, row * steps, of[input.rows[row]] * steps);
    }
    return accumulators;
  }
}
