// Which series of two sides belong together: those with the same values of the labels that they are matched by.
import type { Labels } from '../../model/index.ts';
import type { VectorMatching } from '../parser/ast.ts';
import type { VectorSeries } from './operator.ts';
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
  of(series: readonly VectorSeries[]): Int32Array<ArrayBuffer> {
    const groups = new Int32Array(series.length);
    for (const [i, { labels }] of series.entries()) {
      const key = labelsKey(matchedLabels(labels, this.#matching));
      let group = this.#places.get(key);
      if (group === undefined) {
        group = this.#places.size;
        this.#places.set(key, group);
      }
      groups[i] = group;
    }
    return groups;
  }
}
