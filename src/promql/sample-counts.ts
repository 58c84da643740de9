// How many samples a query looks at, as its statistics have them: at each step those of all its selectors and windows.

export class SampleCounts {
  total = 0;
  /** By step of the query; null unless it was asked for. */
  readonly perStep: Float64Array | null;

  constructor(steps: number | null = null) {
    this.perStep = steps === null ? null : new Float64Array(steps);
  }

  add(step: number, samples: number): void {
    this.total += samples;
    if (this.perStep !== null) this.perStep[step] += samples;
  }

  /** What another part of the query has counted. */
  addAll({ total, perStep }: SampleCounts): void {
    this.total += total;
    if (this.perStep === null || perStep === null) return;
    for (let step = 0; step < Math.min(this.perStep.length, perStep.length); step++) this.perStep[step] += perStep[step];
  }

  /** A row of a selector: a sample for each step that is present. */
  addRow(found: number, present: Uint8Array, base: number): void {
    this.total += found;
    if (this.perStep === null) return;
    for (let step = 0; step < this.perStep.length; step++) this.perStep[step] += present[base + step];
  }

  /** Windows from lo[step] to before hi[step], of so many samples together. */
  addWindows(samples: number, lo: Int32Array, hi: Int32Array): void {
    this.total += samples;
    if (this.perStep === null) return;
    for (let step = 0; step < this.perStep.length; step++) this.perStep[step] += hi[step] - lo[step];
  }
}
