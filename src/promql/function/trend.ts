// deriv, predict_linear, double_exponential_smoothing: lines through a window's samples. Source: promql/functions.go linearRegression.
import { EvaluationError } from '../errors.ts';
import { KahanSum } from './kahan.ts';
import { eachWindow } from './over-time.ts';
import type { Window } from './window.ts';

const sumX = new KahanSum();
const sumY = new KahanSum();
const sumXY = new KahanSum();
const sumX2 = new KahanSum();

interface Line {
  readonly slope: number;
  /** At the time that was asked for. */
  readonly intercept: number;
}

function regression({ times, values }: Window, from: number, to: number, interceptMs: number): Line {
  for (const sum of [sumX, sumY, sumXY, sumX2]) sum.reset();
  const first = values[from];
  let isConstant = true;
  for (let i = from; i < to; i++) {
    const y = values[i];
    if (i > from && y !== first) isConstant = false;
    const x = (times[i] - interceptMs) / 1e3;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (isConstant) {
    if (Number.isFinite(first) || Number.isNaN(first)) return { slope: 0, intercept: first };
    return { slope: Number.NaN, intercept: Number.NaN };
  }
  const n = to - from;
  const x = sumX.sum + sumX.compensation;
  const y = sumY.sum + sumY.compensation;
  const covariance = sumXY.sum + sumXY.compensation - (x * y) / n;
  const slope = covariance / (sumX2.sum + sumX2.compensation - (x * x) / n);
  return { slope, intercept: y / n - (slope * x) / n };
}

export const deriv = eachWindow((window, from, to) => regression(window, from, to, window.times[from]).slope, 2);

/** The line is asked for at the step's time, not at the window's end. */
export const predictLinear = eachWindow((window, from, to, step) => {
  const { firstStepMs, stepMs } = window.frame;
  const { slope, intercept } = regression(window, from, to, firstStepMs + step * stepMs);
  return slope * window.params[0][step] + intercept;
}, 2);

export const doubleExponentialSmoothing = eachWindow(({ values, params }, from, to, step) => {
  const smoothing = params[0][step];
  const trendFactor = params[1][step];
  checkFactor('smoothing', 'sf', smoothing);
  checkFactor('trend', 'tf', trendFactor);
  let before = 0;
  let smoothed = values[from];
  let trend = values[from + 1] - values[from];
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (smoothed - before) + (1 - trendFactor) * trend;
    const next = smoothing * values[i] + (1 - smoothing) * (smoothed + trend);
    before = smoothed;
    smoothed = next;
  }
  return smoothed;
}, 2);

function checkFactor(name: string, short: string, value: number): void {
  if (value > 0 && value < 1) return;
  if (Number.isNaN(value)) return;
  throw new EvaluationError('execution', `invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${value.toFixed(6)}`);
}
