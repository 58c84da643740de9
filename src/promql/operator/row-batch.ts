// Rows of series × steps, side by side in typed arrays, presence beside the values. Native histograms become a lane beside `values`, of which
// a cell has one or the other: whoever only looks at floats goes by `present`, and is not concerned.

/** Cells that are worked on at once: the values take 64 KiB. */
const CELLS = 8192;
const MOST_ROWS = 1024;

export class RowBatch {
  readonly steps: number;
  readonly capacity: number;
  count = 0;
  /** Which series each row is. */
  readonly rows: Int32Array;
  /** Row after row. What is not present is anything. */
  readonly values: Float64Array;
  /** 1 where there is a float. */
  readonly present: Uint8Array;

  /** `rows`: more are not to be expected. */
  constructor(steps: number, rows = MOST_ROWS) {
    const capacity = Math.max(1, Math.min(rows, MOST_ROWS, Math.floor(CELLS / Math.max(steps, 1))));
    this.steps = steps;
    this.capacity = capacity;
    this.rows = new Int32Array(capacity);
    this.values = new Float64Array(capacity * steps);
    this.present = new Uint8Array(capacity * steps);
  }

  get isFull(): boolean {
    return this.count === this.capacity;
  }

  clear(): void {
    this.count = 0;
  }

  /** Appends a row of another place. */
  copy(series: number, values: Float64Array, present: Uint8Array, base: number): void {
    const to = this.count * this.steps;
    this.values.set(values.subarray(base, base + this.steps), to);
    this.present.set(present.subarray(base, base + this.steps), to);
    this.rows[this.count++] = series;
  }
}
