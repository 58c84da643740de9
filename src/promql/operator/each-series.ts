// Goes through many series to look at their labels: some at a time, while the store has them at hand, and others have their turn in between.
import type { Evaluation } from './operator.ts';

/** Their labels take about a millisecond. */
const SERIES_AT_ONCE = 2048;

export async function eachSeries<T>(
  series: readonly T[],
  { together, breathe }: Pick<Evaluation, 'together' | 'breathe'>,
  look: (one: T, index: number) => void,
): Promise<void> {
  for (let from = 0; from < series.length; from += SERIES_AT_ONCE) {
    const end = Math.min(from + SERIES_AT_ONCE, series.length);
    together(() => {
      for (let i = from; i < end; i++) look(series[i], i);
    });
    const rest = breathe();
    if (rest !== null) await rest;
  }
}
