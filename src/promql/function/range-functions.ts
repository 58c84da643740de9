// The functions of range vectors by name. Some know anchored and smoothed ranges, in which samples beside the range count.
import { EvaluationError } from '../errors.ts';
import type { VectorSelector } from '../parser/ast.ts';
import { extendedChange, extendedCount } from './extended-range.ts';
import * as overTime from './over-time.ts';
import * as rates from './rate.ts';
import * as trend from './trend.ts';
import type { WindowFunction } from './window.ts';

type Extension = VectorSelector['extension'];

export interface RangeFunction {
  /** @throws EvaluationError for an extension that the function does not know */
  forExtension(extension: Extension, name: string, lookbackMs: number): WindowFunction;
}

const ANCHORED = ['changes', 'delta', 'increase', 'rate', 'resets'];
const SMOOTHED = ['delta', 'increase', 'rate'];

function plain(run: WindowFunction): RangeFunction {
  return {
    forExtension(extension, name) {
      if (extension === null) return run;
      const known = (extension === 'anchored' ? ANCHORED : SMOOTHED).join(', ');
      throw new EvaluationError('execution', `${extension} modifier can only be used with: ${known} - not with ${name}`);
    },
  };
}

function change(run: WindowFunction, isCounter: boolean, perSecond: boolean): RangeFunction {
  return {
    forExtension: (extension, _, lookbackMs) =>
      extension === null ? run : extendedChange({ smoothed: extension === 'smoothed', isCounter, perSecond, lookbackMs }),
  };
}

function count(run: WindowFunction, counts: (now: number, before: number) => boolean): RangeFunction {
  const other = plain(run);
  return {
    forExtension: (extension, name, lookbackMs) =>
      extension === 'anchored' ? extendedCount(counts, lookbackMs) : other.forExtension(extension, name, lookbackMs),
  };
}

export const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  rate: change(rates.rate, true, true),
  increase: change(rates.increase, true, false),
  delta: change(rates.delta, false, false),
  resets: count(rates.countResets, (now, before) => now < before),
  changes: count(rates.changes, (now, before) => now !== before && !(Number.isNaN(now) && Number.isNaN(before))),
  irate: plain(rates.irate),
  idelta: plain(rates.idelta),
  avg_over_time: plain(overTime.avgOverTime),
  count_over_time: plain(overTime.countOverTime),
  first_over_time: plain(overTime.firstOverTime),
  last_over_time: plain(overTime.lastOverTime),
  mad_over_time: plain(overTime.madOverTime),
  max_over_time: plain(overTime.maxOverTime),
  min_over_time: plain(overTime.minOverTime),
  present_over_time: plain(overTime.presentOverTime),
  quantile_over_time: plain(overTime.quantileOverTime),
  stddev_over_time: plain(overTime.stddevOverTime),
  stdvar_over_time: plain(overTime.stdvarOverTime),
  sum_over_time: plain(overTime.sumOverTime),
  ts_of_first_over_time: plain(overTime.timeOfFirst),
  ts_of_last_over_time: plain(overTime.timeOfLast),
  ts_of_max_over_time: plain(overTime.timeOfMax),
  ts_of_min_over_time: plain(overTime.timeOfMin),
  deriv: plain(trend.deriv),
  predict_linear: plain(trend.predictLinear),
  double_exponential_smoothing: plain(trend.doubleExponentialSmoothing),
};
