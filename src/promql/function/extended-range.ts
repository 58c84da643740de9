// rate, increase and delta of anchored and smoothed ranges, resets and changes of anchored ones: the value at the range's ends is taken from
// the sample before them (anchored), or from the line between the samples beside them (smoothed). Nothing is extrapolated. Source:
// promql/functions.go extendedRate, pickFirstSampleIndex.
import type { Window, WindowFunction } from './window.ts';

export interface ExtendedChange {
  readonly smoothed: boolean;
  readonly isCounter: boolean;
  readonly perSecond: boolean;
  readonly lookbackMs: number;
}

export function extendedChange({ smoothed, isCounter, perSecond, lookbackMs }: ExtendedChange): WindowFunction {
  return (window) => {
    const { values, frame, outValues, outPresent, base } = window;
    let found = 0;
    for (let step = 0; step < frame.steps; step++) {
      const endMs = window.endOf(step);
      const startMs = endMs - frame.rangeMs;
      const bounds = boundsOf(window, step, { startMs, endMs, lookbackMs, smoothed });
      const isThere = bounds !== null && window.times[bounds.last] > startMs;
      outPresent[base + step] = isThere ? 1 : 0;
      if (!isThere) continue;
      let { first, last } = bounds;
      const left = smoothed && window.times[first] < startMs ? between(window, first, startMs, isCounter) : values[first];
      const right = smoothed && last > 0 && window.times[last] > endMs ? between(window, last - 1, endMs, isCounter) : values[last];
      let result = right - left;
      if (isCounter) {
        if (window.times[first] <= startMs) first++;
        if (window.times[last] >= endMs) last--;
        let before = left;
        for (let i = first; i <= last; i++) {
          if (values[i] < before) result += before;
          before = values[i];
        }
        if (right < before) result += before;
      }
      outValues[base + step] = perSecond ? result / (frame.rangeMs / 1000) : result;
      found++;
    }
    return found;
  };
}

export function extendedCount(counts: (now: number, before: number) => boolean, lookbackMs: number): WindowFunction {
  return (window) => {
    const { values, frame, outValues, outPresent, base } = window;
    let found = 0;
    for (let step = 0; step < frame.steps; step++) {
      const endMs = window.endOf(step);
      const bounds = boundsOf(window, step, { startMs: endMs - frame.rangeMs, endMs, lookbackMs, smoothed: false });
      outPresent[base + step] = bounds === null ? 0 : 1;
      if (bounds === null) continue;
      let count = 0;
      for (let i = bounds.first + 1; i <= bounds.last; i++) if (counts(values[i], values[i - 1])) count++;
      outValues[base + step] = count;
      found++;
    }
    return found;
  };
}

/** Of windows that go as far before and behind a step: its value on the line between the samples beside it, or that of the last one before. */
export function smoothedValue(lookbackMs: number): WindowFunction {
  return (window) => {
    const { times, values, lo, hi, frame, outValues, outPresent, base } = window;
    let found = 0;
    for (let step = 0; step < frame.steps; step++) {
      const timeMs = window.endOf(step) - lookbackMs;
      let next = lo[step];
      while (next < hi[step] && times[next] < timeMs) next++;
      const isExact = next < hi[step] && times[next] === timeMs;
      const isThere = isExact || next > lo[step];
      outPresent[base + step] = isThere ? 1 : 0;
      if (!isThere) continue;
      outValues[base + step] = isExact ? values[next] : next < hi[step] ? between(window, next - 1, timeMs, false) : values[next - 1];
      found++;
    }
    return found;
  };
}

interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly lookbackMs: number;
  readonly smoothed: boolean;
}

/** Indices of the samples that the range's ends are known by; null when there are none. */
function boundsOf({ times, lo, hi, count }: Window, step: number, { startMs, endMs, lookbackMs, smoothed }: Range) {
  // Those within the lookback before, and behind where it is smoothed.
  let from = lo[step];
  while (from > 0 && times[from - 1] > startMs - lookbackMs) from--;
  let to = hi[step];
  if (smoothed) while (to < count && times[to] <= endMs + lookbackMs) to++;
  if (from === to) return null;
  let inside = from;
  while (inside < to - 1 && times[inside] <= startMs) inside++;
  const first = Math.max(from, inside - 1);
  let last = to - 1;
  if (smoothed) {
    last = from;
    while (last < to - 1 && times[last] < endMs) last++;
  }
  return { first, last };
}

function between({ times, values }: Window, index: number, timeMs: number, isCounter: boolean): number {
  const [from, to] = [isCounter && values[index + 1] < values[index] ? 0 : values[index], values[index + 1]];
  return from + ((to - from) * (timeMs - times[index])) / (times[index + 1] - times[index]);
}
