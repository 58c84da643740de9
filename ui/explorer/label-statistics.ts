// The labels of series: how many values each has, and which of them most series have.
import type { LabelMap } from '../../src/answers/index.ts';

export interface LabelStatistics {
  readonly name: string;
  /** How many different ones. */
  readonly values: number;
  /** The commonest first. */
  readonly top: readonly { readonly value: string; readonly series: number }[];
}

const NAME = '__name__';

/** By name. At most `most` values each. */
export function labelStatisticsOf(series: readonly LabelMap[], most: number): LabelStatistics[] {
  const counts = new Map<string, Map<string, number>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === NAME) continue;
      let values = counts.get(name);
      if (values === undefined) {
        values = new Map();
        counts.set(name, values);
      }
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const statistics = [...counts].map(([name, values]) => {
    const all = [...values].map(([value, count]) => ({ value, series: count }));
    all.sort((a, b) => b.series - a.series || (a.value < b.value ? -1 : 1));
    return { name, values: values.size, top: all.slice(0, most) };
  });
  return statistics.sort((a, b) => (a.name < b.name ? -1 : 1));
}
