// The answer of a range query on a grid: one value or a gap for each step of each series.
import type { LabelMap, MatrixRow } from '../../src/answers/index.ts';
import { formatSeries } from '../format/series.ts';

export interface GraphSeries {
  readonly labels: LabelMap;
  /** As PromQL writes it; no two series of an answer have the same. */
  readonly text: string;
  /** Null where there is no sample, or none that can be drawn (NaN, infinities). */
  readonly values: readonly (number | null)[];
}

export interface RangeData {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly GraphSeries[];
}

export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export function rangeDataOf(rows: readonly MatrixRow[], { startMs, endMs, stepMs }: Grid): RangeData {
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  const times = Array.from({ length: steps }, (_, i) => (startMs + i * stepMs) / 1000);
  const series = rows.map(({ metric, values }) => {
    const onGrid: (number | null)[] = new Array(steps).fill(null);
    for (const [seconds, text] of values) {
      const value = Number(text);
      const step = Math.round((seconds * 1000 - startMs) / stepMs);
      if (Number.isFinite(value) && step >= 0 && step < steps) onGrid[step] = value;
    }
    return { labels: metric, text: formatSeries(metric), values: onGrid };
  });
  return { times, series };
}

/** Whether anything of a series can be drawn. */
export function isDrawable({ values }: Pick<GraphSeries, 'values'>): boolean {
  return values.some((value) => value !== null);
}

/** Indices of values with a gap on either side: a line does not show them. */
export function isolatedPoints(values: readonly (number | null | undefined)[]): number[] {
  const found: number[] = [];
  values.forEach((value, i) => {
    if (value != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  });
  return found;
}
