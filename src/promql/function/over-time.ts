// The …_over_time functions: aggregations of a window's samples. Where windows overlap much they slide: what a step costs follows the samples
// that come and go. Nothing is ever subtracted from a sum, so that an infinity or a rounding error leaves with its sample.
import { KahanSum } from './kahan.ts';
import { quantileOf, SortedValues } from './quantile.ts';
import type { Window, WindowFunction } from './window.ts';

/** Windows of fewer samples on average are looked at as a whole, which is faster. */
const SMALL_WINDOW = 24;

type OfWindow = (window: Window, from: number, to: number, step: number) => number;

/** Calls the function for each window that has a sample. */
export function eachWindow(ofWindow: OfWindow, leastSamples = 1): WindowFunction {
  return (window) => {
    const { lo, hi, frame, outValues, outPresent, base } = window;
    let found = 0;
    for (let step = 0; step < frame.steps; step++) {
      const isThere = hi[step] - lo[step] >= leastSamples;
      outPresent[base + step] = isThere ? 1 : 0;
      if (!isThere) continue;
      outValues[base + step] = ofWindow(window, lo[step], hi[step], step);
      found++;
    }
    return found;
  };
}

export const countOverTime = eachWindow((_, from, to) => to - from);
export const presentOverTime = eachWindow(() => 1);
export const lastOverTime = eachWindow(({ values }, _, to) => values[to - 1]);
export const firstOverTime = eachWindow(({ values }, from) => values[from]);
export const timeOfLast = eachWindow(({ times }, _, to) => times[to - 1] / 1000);
export const timeOfFirst = eachWindow(({ times }, from) => times[from] / 1000);

function samplesOf({ lo, hi, frame }: Window): number {
  let samples = 0;
  for (let step = 0; step < frame.steps; step++) samples += hi[step] - lo[step];
  return samples;
}

function isSmall(window: Window): boolean {
  const { steps } = window.frame;
  return steps < 4 || samplesOf(window) <= steps * SMALL_WINDOW;
}

const whole = new KahanSum();

function sumOf(values: Float64Array, from: number, to: number): KahanSum {
  whole.reset();
  for (let i = from; i < to; i++) whole.add(values[i]);
  return whole;
}

/**
 * Sums of sliding windows in two parts: sums from each sample to a border, made backwards once, and one sum that grows beyond the border.
 * When a window's start reaches the border the next one begins at its end: each sample is added twice.
 */
class SlidingSum {
  #sums = new Float64Array(256);
  #compensations = new Float64Array(256);
  #border = 0;
  readonly #behind = new KahanSum();
  #end = 0;

  begin(count: number): void {
    if (this.#sums.length < count) {
      this.#sums = new Float64Array(count * 2);
      this.#compensations = new Float64Array(count * 2);
    }
    this.#behind.reset();
    this.#border = this.#end = 0;
  }

  /** Windows move forward. */
  of(values: Float64Array, from: number, to: number): KahanSum {
    const behind = this.#behind;
    if (this.#end < from) this.#end = this.#border = from;
    while (this.#end < to) behind.add(values[this.#end++]);
    if (from > this.#border) this.#rebuild(values, from, to);
    whole.reset();
    if (from < this.#border) {
      whole.sum = this.#sums[from];
      whole.compensation = this.#compensations[from];
      whole.add(behind.sum);
      whole.compensation += behind.compensation;
      return whole;
    }
    whole.sum = behind.sum;
    whole.compensation = behind.compensation;
    return whole;
  }

  #rebuild(values: Float64Array, from: number, to: number): void {
    const backwards = this.#behind;
    backwards.reset();
    for (let i = to - 1; i >= from; i--) {
      backwards.add(values[i]);
      this.#sums[i] = backwards.sum;
      this.#compensations[i] = backwards.compensation;
    }
    backwards.reset();
    this.#border = this.#end = to;
  }
}

const sliding = new SlidingSum();

const directSum = eachWindow(({ values }, from, to) => sumOf(values, from, to).total);
const slidingSum = eachWindow(({ values }, from, to) => sliding.of(values, from, to).total);

export const sumOverTime: WindowFunction = (window) => {
  if (isSmall(window)) return directSum(window);
  sliding.begin(window.count);
  return slidingSum(window);
};

/** The mean of a sum; null when the sum left the range of numbers. */
function meanOf({ sum, compensation }: KahanSum, count: number): number | null {
  if (sum === Number.POSITIVE_INFINITY || sum === Number.NEGATIVE_INFINITY) return null;
  return sum / count + compensation / count;
}

/** Sample by sample, which cannot overflow where the mean does not. */
function incrementalMean(values: Float64Array, from: number, to: number): number {
  const running = new KahanSum();
  running.sum = values[from];
  let isMean = false;
  for (let i = from + 1; i < to; i++) {
    const count = i - from + 1;
    if (!isMean) {
      const { sum, compensation } = running;
      running.add(values[i]);
      if (Number.isFinite(running.sum) || Number.isNaN(running.sum)) continue;
      isMean = true;
      running.sum = sum / (count - 1);
      running.compensation = compensation / (count - 1);
    }
    const share = (count - 1) / count;
    running.sum *= share;
    running.compensation *= share;
    running.add(values[i] / count);
  }
  if (isMean) return running.sum + running.compensation;
  return running.sum / (to - from) + running.compensation / (to - from);
}

const directAverage = eachWindow(({ values }, from, to) => meanOf(sumOf(values, from, to), to - from) ?? incrementalMean(values, from, to));
const slidingAverage = eachWindow(
  ({ values }, from, to) => meanOf(sliding.of(values, from, to), to - from) ?? incrementalMean(values, from, to),
);

export const avgOverTime: WindowFunction = (window) => {
  if (isSmall(window)) return directAverage(window);
  sliding.begin(window.count);
  return slidingAverage(window);
};

/** Indices of samples that may still become a window's extreme, from the best one on. */
let candidates = new Int32Array(256);

/** The extreme of each window; NaN counts only where there is nothing else. @param sign 1 for the greatest, -1 for the least */
function extremes(window: Window, sign: 1 | -1): number {
  const { values, lo, hi, count, frame, outValues, outPresent, base } = window;
  if (candidates.length < count) candidates = new Int32Array(count * 2);
  let head = 0;
  let tail = 0;
  let next = 0;
  let found = 0;
  for (let step = 0; step < frame.steps; step++) {
    const from = lo[step];
    const to = hi[step];
    if (next < from) next = from;
    for (; next < to; next++) {
      const value = values[next] * sign;
      if (Number.isNaN(value)) continue;
      while (tail > head && values[candidates[tail - 1]] * sign <= value) tail--;
      candidates[tail++] = next;
    }
    while (head < tail && candidates[head] < from) head++;
    if (head === tail) head = tail = 0;
    const isThere = to > from;
    outPresent[base + step] = isThere ? 1 : 0;
    if (!isThere) continue;
    outValues[base + step] = head < tail ? values[candidates[head]] : Number.NaN;
    found++;
  }
  return found;
}

export const maxOverTime: WindowFunction = (window) => extremes(window, 1);
export const minOverTime: WindowFunction = (window) => extremes(window, -1);

function timeOfExtreme(isBetter: (value: number, best: number) => boolean): WindowFunction {
  return eachWindow(({ values, times }, from, to) => {
    let best = from;
    for (let i = from; i < to; i++) if (isBetter(values[i], values[best]) || Number.isNaN(values[best])) best = i;
    return times[best] / 1000;
  });
}

export const timeOfMax = timeOfExtreme((value, best) => value >= best);
export const timeOfMin = timeOfExtreme((value, best) => value <= best);

function variance(values: Float64Array, from: number, to: number): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (let i = from; i < to; i++) {
    const difference = values[i] - (mean.sum + mean.compensation);
    mean.add(difference / (i - from + 1));
    squares.add(difference * (values[i] - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / (to - from);
}

export const stdvarOverTime = eachWindow(({ values }, from, to) => variance(values, from, to));
export const stddevOverTime = eachWindow(({ values }, from, to) => Math.sqrt(variance(values, from, to)));

export const quantileOverTime: WindowFunction = (window) => {
  const { values, lo, hi, frame, outValues, outPresent, base, params } = window;
  const sorted = new SortedValues();
  let from = 0;
  let to = 0;
  let found = 0;
  for (let step = 0; step < frame.steps; step++) {
    if (lo[step] >= to) {
      sorted.clear();
      from = to = lo[step];
    }
    for (; from < lo[step]; from++) sorted.remove(values[from]);
    for (; to < hi[step]; to++) sorted.insert(values[to]);
    const isThere = hi[step] > lo[step];
    outPresent[base + step] = isThere ? 1 : 0;
    if (!isThere) continue;
    outValues[base + step] = sorted.quantile(params[0][step]);
    found++;
  }
  return found;
};

export const madOverTime = eachWindow(({ values }, from, to) => {
  const window = values.slice(from, to);
  if (window.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, window);
  return quantileOf(
    0.5,
    values.slice(from, to).map((value) => Math.abs(value - median)),
  );
});
