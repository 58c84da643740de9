// The times that an expression is evaluated at: `steps` of them, `stepMs` apart.

export class Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;

  constructor(startMs: number, stepMs: number, steps: number) {
    this.startMs = startMs;
    this.stepMs = stepMs;
    this.steps = steps;
  }

  /** All times from start to end, both included where the step fits. */
  static between(startMs: number, endMs: number, stepMs: number): Grid {
    return new Grid(startMs, stepMs, endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1);
  }

  get endMs(): number {
    return this.startMs + (this.steps - 1) * this.stepMs;
  }

  timeAt(step: number): number {
    return this.startMs + step * this.stepMs;
  }

  /** The first time alone. */
  first(): Grid {
    return new Grid(this.startMs, this.stepMs, Math.min(this.steps, 1));
  }
}
