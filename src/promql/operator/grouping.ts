// Groups of series: by the values of some labels, or by all but some.
import type { Labels } from '../../model/index.ts';
import type { Aggregate } from '../parser/ast.ts';
import { eachSeries } from './each-series.ts';
import { type Evaluation, labelOf, type VectorSeries } from './operator.ts';
import { labelsKey } from './series-names.ts';

export type GroupBy = Pick<Aggregate, 'grouping' | 'without'>;

export interface Groups {
  /** The group of each series. */
  readonly of: Int32Array;
  /** In the order in which they were first met. */
  readonly labels: readonly Labels[];
  /** Whether a series' name is still to be dropped in it. */
  readonly dropName: readonly boolean[];
}

/** What a series' group is called. */
export function groupLabels(labels: Labels, { grouping, without }: GroupBy): Labels {
  if (without) return labels.filter(([name]) => name !== '__name__' && !grouping.includes(name));
  return grouping.length === 0 ? [] : labels.filter(([name]) => grouping.includes(name));
}

/** Whether groups have no name, or all the same: unless they are those of names. */
export function haveOneName({ grouping, without }: GroupBy): boolean {
  return without || !grouping.includes('__name__');
}

/** By which series are told to be of the same group. */
function keyOf({ grouping, without }: GroupBy): (series: VectorSeries) => string {
  if (without) return ({ labels }) => labelsKey(groupLabels(labels, { grouping, without }));
  if (grouping.length === 1) return (series) => labelOf(series, grouping[0]);
  return (series) => grouping.map((name) => labelOf(series, name)).join('\xff');
}

export async function groupsOf(series: readonly VectorSeries[], by: GroupBy, evaluation: Evaluation): Promise<Groups> {
  const of = new Int32Array(series.length);
  if (!by.without && by.grouping.length === 0) {
    if (series.length === 0) return { of, labels: [], dropName: [] };
    return { of, labels: [[]], dropName: [series.some(({ dropName }) => dropName)] };
  }
  const places = new Map<string, number>();
  const labels: Labels[] = [];
  const dropName: boolean[] = [];
  const keyOfSeries = keyOf(by);
  await eachSeries(series, evaluation, (one, i) => {
    const key = keyOfSeries(one);
    let place = places.get(key);
    if (place === undefined) {
      place = labels.length;
      places.set(key, place);
      labels.push(groupLabels(one.labels, by));
      dropName.push(false);
    }
    if (one.dropName) dropName[place] = true;
    of[i] = place;
  });
  return { of, labels, dropName };
}
