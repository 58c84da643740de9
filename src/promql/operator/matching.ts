// Which series of two sides belong together: those with the same values of the labels that they are matched by.
import type { Labels } from '../../model/index.ts';
import type { VectorMatching } from '../parser/ast.ts';
import { eachSeries } from './each-series.ts';
import { type Evaluation, labelOf, type VectorSeries } from './operator.ts';
import { labelsKey } from './series-names.ts';

/** The labels that two series are matched by. */
export function matchedLabels(labels: Labels, { on, labels: names }: Pick<VectorMatching, 'on' | 'labels'>): Labels {
  if (on) return labels.filter(([name]) => names.includes(name));
  return labels.filter(([name]) => name !== '__name__' && !names.includes(name));
}

/** Numbers the groups of series that match. */
export class MatchGroups {
  readonly #matching: Pick<VectorMatching, 'on' | 'labels'>;
  readonly #places = new Map<string, number>();

  constructor(matching: Pick<VectorMatching, 'on' | 'labels'>) {
    this.#matching = matching;
  }

  get count(): number {
    return this.#places.size;
  }

  /** The group of each series; new ones are numbered as they come. */
  async of(series: readonly VectorSeries[], evaluation: Evaluation): Promise<Int32Array<ArrayBuffer>> {
    const groups = new Int32Array(series.length);
    const { on, labels: names } = this.#matching;
    const keyOf = on
      ? (one: VectorSeries) => names.map((name) => labelOf(one, name)).join('\xff')
      : ({ labels }: VectorSeries) => labelsKey(matchedLabels(labels, this.#matching));
    await eachSeries(series, evaluation, (one, i) => {
      const key = keyOf(one);
      let group = this.#places.get(key);
      if (group === undefined) {
        group = this.#places.size;
        this.#places.set(key, group);
      }
      groups[i] = group;
    });
    return groups;
  }
}
