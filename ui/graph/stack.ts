// Series one upon the other. Values below 0 stack downwards from 0, apart from those above it. Gaps stay gaps of their own series,
// and count as nothing for those beyond it.
import type uPlot from 'uplot';
import type { GraphSeries } from './range-data.ts';

/** Of one series, by step: where it begins and ends on its way from 0. Both null in a gap. */
export interface Layer {
  readonly inner: readonly (number | null)[];
  readonly outer: readonly (number | null)[];
  /** Sums of what is stacked upwards, and downwards, up to and without this series: there it begins when it changes its side. */
  readonly above: readonly number[];
  readonly below: readonly number[];
}

export function stacked(series: readonly Pick<GraphSeries, 'values'>[]): Layer[] {
  const steps = series[0]?.values.length ?? 0;
  let above = new Array<number>(steps).fill(0);
  let below = new Array<number>(steps).fill(0);
  return series.map(({ values }) => {
    const layer = {
      inner: values.map((value, i) => (value === null ? null : value < 0 ? below[i] : above[i])),
      outer: values.map((value, i) => (value === null ? null : finite(value + (value < 0 ? below[i] : above[i])))),
      above,
      below,
    };
    above = above.map((sum, i) => finite(sum + Math.max(values[i] ?? 0, 0)));
    below = below.map((sum, i) => finite(sum + Math.min(values[i] ?? 0, 0)));
    return layer;
  });
}

const finite = (sum: number): number => Math.max(-Number.MAX_VALUE, Math.min(sum, Number.MAX_VALUE));

/** What uPlot fills and strokes of a layer. */
export function layerPaths({ inner, outer, above, below }: Layer): uPlot.Series.PathBuilder {
  return (chart, _series, first, last) => {
    const [stroke, fill] = [new Path2D(), new Path2D()];
    const x = (i: number): number => chart.valToPos(chart.data[0][i], 'x', true);
    const y = (value: number): number => chart.valToPos(value, 'y', true);
    // From step i to the next, between two lines; a series that changes its side goes through both sides' own.
    const part = (i: number, bases: readonly number[], ends: readonly [number, number], joined: boolean): void => {
      const [left, right] = [x(i), x(i + 1)];
      fill.moveTo(left, y(bases[i]));
      fill.lineTo(left, y(ends[0]));
      fill.lineTo(right, y(ends[1]));
      fill.lineTo(right, y(bases[i + 1]));
      fill.closePath();
      if (!joined) stroke.moveTo(left, y(ends[0]));
      stroke.lineTo(right, y(ends[1]));
    };
    let side = 0;
    for (let i = first; i < last; i++) {
      const [from, to] = [outer[i], outer[i + 1]];
      if (from === null || to === null) {
        side = 0;
        continue;
      }
      const [isBelow, willBeBelow] = [inner[i] === below[i] && from < below[i], inner[i + 1] === below[i + 1] && to < below[i + 1]];
      const before = side;
      side = isBelow || willBeBelow ? (isBelow && willBeBelow ? -1 : 0) : 1;
      if (!(isBelow && willBeBelow))
        part(i, above, [isBelow ? above[i] : from, willBeBelow ? above[i + 1] : to], before === 1 && side === 1);
      if (isBelow || willBeBelow)
        part(i, below, [isBelow ? from : below[i], willBeBelow ? to : below[i + 1]], before === -1 && side === -1);
    }
    return { stroke, fill };
  };
}
