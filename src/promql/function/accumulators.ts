// What aggregations keep for each group and step. Source: promql/engine.go aggregation.
import type { Accumulators, MakeAccumulators } from '../operator/aggregate.ts';

const isInfinite = (value: number): boolean => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;

const sum: MakeAccumulators = (cells, steps) => {
  const seen = new Uint8Array(cells);
  const sums = new Float64Array(cells);
  const compensations = new Float64Array(cells);
  return {
    seen,
    bytes: cells * 17,
    add({ values, present }, from, to) {
      for (let step = 0; step < steps; step++) {
        if (present[from + step] === 0) continue;
        const value = values[from + step];
        const cell = to + step;
        if (seen[cell] === 0) {
          seen[cell] = 1;
          sums[cell] = value;
          continue;
        }
        const before = sums[cell];
        const total = before + value;
        if (isInfinite(total)) compensations[cell] = 0;
        else if (Math.abs(before) >= Math.abs(value)) compensations[cell] += before - total + value;
        else compensations[cell] += value - total + before;
        sums[cell] = total;
      }
    },
    result: (cell) => sums[cell] + compensations[cell],
  };
};

/** A sum and a count, until the sum would leave the range of numbers; from then on a mean that is moved by each value. */
const avg: MakeAccumulators = (cells, steps) => {
  const seen = new Uint8Array(cells);
  const sums = new Float64Array(cells);
  const compensations = new Float64Array(cells);
  const counts = new Float64Array(cells);
  let isMean: Uint8Array | null = null;
  const addToMean = (cell: number, value: number): void => {
    const count = counts[cell];
    const share = (count - 1) / count;
    const before = sums[cell] * share;
    const added = value / count;
    const total = before + added;
    const compensation = compensations[cell] * share;
    if (isInfinite(total)) compensations[cell] = 0;
    else if (Math.abs(before) >= Math.abs(added)) compensations[cell] = compensation + (before - total + added);
    else compensations[cell] = compensation + (added - total + before);
    sums[cell] = total;
  };
  return {
    seen,
    bytes: cells * 25,
    add({ values, present }, from, to) {
      for (let step = 0; step < steps; step++) {
        if (present[from + step] === 0) continue;
        const value = values[from + step];
        const cell = to + step;
        counts[cell]++;
        if (seen[cell] === 0) {
          seen[cell] = 1;
          sums[cell] = value;
          continue;
        }
        if (isMean !== null && isMean[cell] !== 0) {
          addToMean(cell, value);
          continue;
        }
        const before = sums[cell];
        const total = before + value;
        if (isInfinite(total)) {
          isMean ??= new Uint8Array(cells);
          isMean[cell] = 1;
          sums[cell] = before / (counts[cell] - 1);
          compensations[cell] /= counts[cell] - 1;
          addToMean(cell, value);
          continue;
        }
        if (Math.abs(before) >= Math.abs(value)) compensations[cell] += before - total + value;
        else compensations[cell] += value - total + before;
        sums[cell] = total;
      }
    },
    result: (cell) => {
      if (isMean !== null && isMean[cell] !== 0) return sums[cell] + compensations[cell];
      return sums[cell] / counts[cell] + compensations[cell] / counts[cell];
    },
  };
};

const count: MakeAccumulators = (cells, steps) => {
  const seen = new Uint8Array(cells);
  const counts = new Float64Array(cells);
  return {
    seen,
    bytes: cells * 9,
    add({ present }, from, to) {
      for (let step = 0; step < steps; step++) {
        if (present[from + step] === 0) continue;
        seen[to + step] = 1;
        counts[to + step]++;
      }
    },
    result: (cell) => counts[cell],
  };
};

const group: MakeAccumulators = (cells, steps) => ({ ...count(cells, steps), result: () => 1 });

/** NaN counts only where there is nothing else. */
function extreme(isBetter: (value: number, best: number) => boolean): MakeAccumulators {
  return (cells, steps) => {
    const seen = new Uint8Array(cells);
    const best = new Float64Array(cells);
    return {
      seen,
      bytes: cells * 9,
      add({ values, present }, from, to) {
        for (let step = 0; step < steps; step++) {
          if (present[from + step] === 0) continue;
          const value = values[from + step];
          const cell = to + step;
          if (seen[cell] === 0 || isBetter(value, best[cell]) || Number.isNaN(best[cell])) best[cell] = value;
          seen[cell] = 1;
        }
      },
      result: (cell) => best[cell],
    };
  };
}

/** Welford's way: the mean, and the sum of squared differences from it. */
function spread(of: (variance: number) => number): MakeAccumulators {
  return (cells, steps) => {
    const seen = new Uint8Array(cells);
    const means = new Float64Array(cells);
    const squares = new Float64Array(cells);
    const counts = new Float64Array(cells);
    const accumulators: Accumulators = {
      seen,
      bytes: cells * 25,
      add({ values, present }, from, to) {
        for (let step = 0; step < steps; step++) {
          if (present[from + step] === 0) continue;
          const value = values[from + step];
          const cell = to + step;
          counts[cell]++;
          if (seen[cell] === 0) {
            seen[cell] = 1;
            means[cell] = value;
            squares[cell] = Number.isFinite(value) ? 0 : Number.NaN;
            continue;
          }
          const difference = value - means[cell];
          means[cell] += difference / counts[cell];
          squares[cell] += difference * (value - means[cell]);
        }
      },
      result: (cell) => of(squares[cell] / counts[cell]),
    };
    return accumulators;
  };
}

export const ACCUMULATORS: Readonly<Record<string, MakeAccumulators>> = {
  sum,
  avg,
  count,
  group,
  max: extreme((value, best) => value > best),
  min: extreme((value, best) => value < best),
  stddev: spread(Math.sqrt),
  stdvar: spread((variance) => variance),
};
