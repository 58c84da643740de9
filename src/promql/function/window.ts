// The windows of one series over all steps, as a window function sees them: of the samples times[lo[step]] to before times[hi[step]] are the
// step's. Ranges are open at their old end.
import type { FloatSamples } from '../../storage/index.ts';

export interface WindowFrame {
  readonly steps: number;
  readonly stepMs: number;
  /** Where the first step's window ends, inclusive. */
  readonly firstEndMs: number;
  /** All steps have the first one's window (`@`). */
  readonly fixed: boolean;
  readonly rangeMs: number;
  /** Of the first step itself; the window's end and this differ by offset and `@`. */
  readonly firstStepMs: number;
}

/** Fills the row; returns how many steps have a value. */
export type WindowFunction = (window: Window) => number;

export class Window {
  readonly frame: WindowFrame;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  times: Float64Array = new Float64Array(0);
  values: Float64Array = new Float64Array(0);
  count = 0;
  /** The scalar arguments, a value for each step. */
  params: readonly Float64Array[] = [];
  outValues: Float64Array = new Float64Array(0);
  outPresent: Uint8Array = new Uint8Array(0);
  base = 0;

  constructor(frame: WindowFrame) {
    this.frame = frame;
    this.lo = new Int32Array(frame.steps);
    this.hi = new Int32Array(frame.steps);
  }

  /** Where the row is written to. */
  out(values: Float64Array, present: Uint8Array, base: number): void {
    this.outValues = values;
    this.outPresent = present;
    this.base = base;
  }

  endOf(step: number): number {
    return this.frame.fixed ? this.frame.firstEndMs : this.frame.firstEndMs + step * this.frame.stepMs;
  }

  /** Finds the windows; returns how many samples they have together. */
  place({ times, values, count }: FloatSamples): number {
    const { lo, hi, frame } = this;
    const { steps, rangeMs } = frame;
    const stepMs = frame.fixed ? 0 : frame.stepMs;
    this.times = times;
    this.values = values;
    this.count = count;
    let from = 0;
    let to = 0;
    let total = 0;
    // Samples are regular, nearly always: an end moves on by as many as at the step before.
    let fromStride = 0;
    let toStride = 0;
    for (let step = 0, endMs = frame.firstEndMs; step < steps; step++, endMs += stepMs) {
      const startMs = endMs - rangeMs;
      const nextTo = to + toStride;
      if (nextTo > 0 && nextTo < count && times[nextTo - 1] <= endMs && times[nextTo] > endMs) to = nextTo;
      else {
        const before = to;
        while (to < count && times[to] <= endMs) to++;
        toStride = to - before;
      }
      const nextFrom = from + fromStride;
      if (nextFrom > 0 && nextFrom < to && times[nextFrom - 1] <= startMs && times[nextFrom] > startMs) from = nextFrom;
      else {
        const before = from;
        while (from < to && times[from] <= startMs) from++;
        fromStride = from - before;
      }
      lo[step] = from;
      hi[step] = to;
      total += to - from;
    }
    return total;
  }
}
