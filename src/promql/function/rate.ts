// rate, increase, delta, irate, idelta: how a series moves within its window. Source: promql/functions.go extrapolatedRate and instantValue.
import type { Window, WindowFunction } from './window.ts';

interface RateKind {
  /** It only grows, and a fall is a new beginning at zero. */
  readonly isCounter: boolean;
  readonly perSecond: boolean;
}

/** More falls than these in a window are not added one by one. */
const FEW_RESETS = 32;

/** Where a counter fell: indices of the samples that are less than the one before, and what was lost up to each. */
class Resets {
  at = new Int32Array(64);
  lost = new Float64Array(64);
  count = 0;

  find(values: Float64Array, count: number): void {
    this.count = 0;
    let lost = 0;
    for (let i = 1; i < count; i++) {
      if (!(values[i] < values[i - 1])) continue;
      lost += values[i - 1];
      if (this.count === this.at.length) this.#grow();
      this.at[this.count] = i;
      this.lost[this.count++] = lost;
    }
  }

  /** What was lost at the resets from one index to before another. */
  between(from: number, to: number, values: Float64Array): number {
    if (to - from > FEW_RESETS) return this.lost[to - 1] - (from === 0 ? 0 : this.lost[from - 1]);
    let lost = 0;
    for (let i = from; i < to; i++) lost += values[this.at[i] - 1];
    return lost;
  }

  #grow(): void {
    const { at, lost } = this;
    this.at = new Int32Array(at.length * 2);
    this.at.set(at);
    this.lost = new Float64Array(lost.length * 2);
    this.lost.set(lost);
  }
}

const resets = new Resets();

/** Goes on to the ends of the window where samples come near enough, half a distance beyond the samples where not, and not below zero. */
function extrapolated(window: Window, { isCounter, perSecond }: RateKind): number {
  const { times, values, lo, hi, count, frame, outValues, outPresent, base } = window;
  const { steps, rangeMs } = frame;
  if (isCounter) resets.find(values, count);
  let firstReset = 0;
  let endReset = 0;
  let found = 0;
  for (let step = 0; step < steps; step++) {
    const from = lo[step];
    const to = hi[step];
    if (to - from < 2) {
      outPresent[base + step] = 0;
      continue;
    }
    const first = values[from];
    let result = values[to - 1] - first;
    if (isCounter && resets.count > 0) {
      while (firstReset < resets.count && resets.at[firstReset] <= from) firstReset++;
      if (endReset < firstReset) endReset = firstReset;
      while (endReset < resets.count && resets.at[endReset] < to) endReset++;
      result += resets.between(firstReset, endReset, values);
    }
    const endMs = window.endOf(step);
    let toStart = (times[from] - (endMs - rangeMs)) / 1000;
    let toEnd = (endMs - times[to - 1]) / 1000;
    const sampled = (times[to - 1] - times[from]) / 1000;
    const distance = sampled / (to - from - 1);
    const threshold = distance * 1.1;
    if (toStart >= threshold) toStart = distance / 2;
    if (isCounter && result > 0 && first >= 0) {
      const toZero = sampled * (first / result);
      if (toZero < toStart) toStart = toZero;
    }
    if (toEnd >= threshold) toEnd = distance / 2;
    let factor = (sampled + toStart + toEnd) / sampled;
    if (perSecond) factor /= rangeMs / 1000;
    outValues[base + step] = result * factor;
    outPresent[base + step] = 1;
    found++;
  }
  return found;
}

export const rate: WindowFunction = (window) => extrapolated(window, { isCounter: true, perSecond: true });
export const increase: WindowFunction = (window) => extrapolated(window, { isCounter: true, perSecond: false });
export const delta: WindowFunction = (window) => extrapolated(window, { isCounter: false, perSecond: false });

/** Of the last two samples alone. */
function ofLastTwo(window: Window, isRate: boolean): number {
  const { times, values, lo, hi, frame, outValues, outPresent, base } = window;
  let found = 0;
  for (let step = 0; step < frame.steps; step++) {
    const last = hi[step] - 1;
    const intervalMs = last > lo[step] ? times[last] - times[last - 1] : 0;
    if (intervalMs === 0) {
      outPresent[base + step] = 0;
      continue;
    }
    const reset = isRate && values[last] < values[last - 1];
    const moved = reset ? values[last] : values[last] - values[last - 1];
    outValues[base + step] = isRate ? moved / (intervalMs / 1000) : moved;
    outPresent[base + step] = 1;
    found++;
  }
  return found;
}

export const irate: WindowFunction = (window) => ofLastTwo(window, true);
export const idelta: WindowFunction = (window) => ofLastTwo(window, false);

/** How often a sample differs from the one before, within the window: the count up to each sample is made once. */
function countWithin(window: Window, counts: (now: number, before: number) => boolean): number {
  const { values, lo, hi, count, frame, outValues, outPresent, base } = window;
  const upTo = scratchCounts(count);
  for (let i = 1; i < count; i++) upTo[i] = upTo[i - 1] + (counts(values[i], values[i - 1]) ? 1 : 0);
  let found = 0;
  for (let step = 0; step < frame.steps; step++) {
    const isThere = hi[step] > lo[step];
    outPresent[base + step] = isThere ? 1 : 0;
    if (!isThere) continue;
    outValues[base + step] = upTo[hi[step] - 1] - upTo[lo[step]];
    found++;
  }
  return found;
}

let counted = new Int32Array(256);

function scratchCounts(count: number): Int32Array {
  if (counted.length < count) counted = new Int32Array(count * 2);
  counted[0] = 0;
  return counted;
}

export const countResets: WindowFunction = (window) => countWithin(window, (now, before) => now < before);
export const changes: WindowFunction = (window) =>
  countWithin(window, (now, before) => now !== before && !(Number.isNaN(now) && Number.isNaN(before)));
