// deriv, predict_linear, double_exponential_smoothing: lines through a window's samples. Source: promql/functions.go linearRegression.
import { EvaluationError } from '../errors.ts';
import { eachWindow } from './over-time.ts';
import type { Window } from './window.ts';

interface Line {
  readonly slope: number;
  /** At the time that was asked for. */
  readonly intercept: number;
}

/** What a sum lost by adding a value. */
function lost(sum: number, value: number, total: number): number {
  return Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
}

/** The sums are KahanSums, spelled out: this is half as long. */
function regression(window: Window, from: number, to: number, interceptMs: number): Line {
  const { times, values } = window;
  const first = values[from];
  let isConstant = true;
  let x = 0;
  let y = 0;
  let xy = 0;
  let xx = 0;
  let lostX = 0;
  let lostY = 0;
  let lostXY = 0;
  let lostXX = 0;
  for (let i = from; i < to; i++) {
    const nextY = values[i];
    if (nextY !== first) isConstant = false;
    const nextX = (times[i] - interceptMs) / 1e3;
    const nextXY = nextX * nextY;
    const nextXX = nextX * nextX;
    const totalX = x + nextX;
    const totalY = y + nextY;
    const totalXY = xy + nextXY;
    const totalXX = xx + nextXX;
    lostX += lost(x, nextX, totalX);
    lostY += lost(y, nextY, totalY);
    lostXY += lost(xy, nextXY, totalXY);
    lostXX += lost(xx, nextXX, totalXX);
    x = totalX;
    y = totalY;
    xy = totalXY;
    xx = totalXX;
  }
  if (isConstant) {
    if (Number.isFinite(first) || Number.isNaN(first)) return { slope: 0, intercept: first };
    return { slope: Number.NaN, intercept: Number.NaN };
  }
  const n = to - from;
  // Where a sum is infinite nothing was lost.
  const totalOf = (sum: number, lostOfIt: number): number => (Number.isFinite(sum) ? sum + lostOfIt : sum);
  x = totalOf(x, lostX);
  y = totalOf(y, lostY);
  const covariance = totalOf(xy, lostXY) - (x * y) / n;
  const slope = covariance / (totalOf(xx, lostXX) - (x * x) / n);
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
