// The last pulls of one source, or the last requests of one consumer: a ring of columns. What is not known is NaN in it and null outside, so
// that it can stand in JSON.

/** One pull. A value that is not known is null. */
export interface Pull {
  readonly timeMs: number;
  readonly ok: boolean;
  readonly series: number | null;
  /** Of the uncompressed body. */
  readonly bytes: number | null;
  readonly durationSeconds: number | null;
  /** How old the newest sample was when it arrived. */
  readonly lagSeconds: number | null;
}

/** Oldest first; columns of one length. */
export interface PullColumns {
  readonly timesMs: readonly number[];
  readonly ok: readonly boolean[];
  readonly series: readonly (number | null)[];
  readonly bytes: readonly (number | null)[];
  readonly durationSeconds: readonly (number | null)[];
  readonly lagSeconds: readonly (number | null)[];
}

/** At an interval of 15 s half an hour. */
const MOST_PULLS = 120;
const COLUMNS = 5;

export class PullHistory {
  /** Since it was begun, those that the ring has no more included. */
  pulls = 0;
  failures = 0;
  readonly #capacity: number;
  /** Column by column: time, series, bytes, duration, lag. Made with the first pull. */
  #values: Float64Array | null = null;
  readonly #ok: Uint8Array;

  constructor(capacity = MOST_PULLS) {
    this.#capacity = capacity;
    this.#ok = new Uint8Array(capacity);
  }

  record({ timeMs, ok, series, bytes, durationSeconds, lagSeconds }: Pull): void {
    this.#values ??= new Float64Array(this.#capacity * COLUMNS);
    const row = this.pulls++ % this.#capacity;
    // Whole microseconds: the difference of two clock readings has more digits than it knows.
    const seconds = durationSeconds === null ? null : Math.round(durationSeconds * 1e6) / 1e6;
    const values = [timeMs, series, bytes, seconds, lagSeconds];
    for (let column = 0; column < COLUMNS; column++) this.#values[column * this.#capacity + row] = values[column] ?? Number.NaN;
    this.#ok[row] = Number(ok);
    if (!ok) this.failures++;
  }

  /** What the last pull brought was lost after all. */
  failLast(): void {
    if (!this.lastOk) return;
    this.#ok[(this.pulls - 1) % this.#capacity] = 0;
    this.failures++;
  }

  /** Whether there was a pull and the last one was good. */
  get lastOk(): boolean {
    return this.pulls > 0 && this.#ok[(this.pulls - 1) % this.#capacity] === 1;
  }

  /** Of the last good pull in the ring; null without one, or where it is not known. */
  get lastSeries(): number | null {
    return this.#lastGood(1);
  }

  get lastLagSeconds(): number | null {
    return this.#lastGood(4);
  }

  /** The last `most` pulls. */
  columns(most = this.#capacity): PullColumns {
    const rows = this.#rows(most);
    const values = (column: number): (number | null)[] => rows.map((row) => known(this.#value(column, row)));
    return {
      timesMs: rows.map((row) => this.#value(0, row)),
      ok: rows.map((row) => this.#ok[row] === 1),
      series: values(1),
      bytes: values(2),
      durationSeconds: values(3),
      lagSeconds: values(4),
    };
  }

  #lastGood(column: number): number | null {
    const row = this.#rows(this.#capacity).findLast((one) => this.#ok[one] === 1);
    return row === undefined ? null : known(this.#value(column, row));
  }

  #rows(most: number): number[] {
    const count = Math.min(this.pulls, this.#capacity, most);
    return Array.from({ length: count }, (_, i) => (this.pulls - count + i) % this.#capacity);
  }

  #value(column: number, row: number): number {
    return this.#values![column * this.#capacity + row];
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
