// One series of a block to come: its samples as they were read, in any order; values by their bits.
import { formatLabels, type Labels } from '../../model/index.ts';
import { TsdbCommandError } from './command.ts';

/** What Prometheus stores for any NaN of a text: not the bits of JavaScript's. */
const NAN_LOW = 1;
const NAN_HIGH = 0x7ff80000;

export class BackfillSeries {
  readonly labels: Labels;
  #times = new Float64Array(16);
  #values = new Float64Array(16);
  #count = 0;
  #sorted = true;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(timeMs: number, value: number): void {
    const i = this.#count;
    if (i === this.#times.length) this.#grow();
    this.#sorted &&= i === 0 || this.#times[i - 1] < timeMs;
    this.#times[i] = timeMs;
    this.#values[i] = value;
    if (Number.isNaN(value)) new Uint32Array(this.#values.buffer).set([NAN_LOW, NAN_HIGH], i * 2);
    this.#count++;
  }

  /** In time order, no time twice; views, good until the next sample. @throws TsdbCommandError for two values at one time */
  samples(): { readonly times: Float64Array; readonly values: Float64Array } {
    if (!this.#sorted) this.#sort();
    return { times: this.#times.subarray(0, this.#count), values: this.#values.subarray(0, this.#count) };
  }

  #sort(): void {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => this.#times[a] - this.#times[b] || a - b);
    const from = new Uint32Array(this.#values.buffer);
    const times = new Float64Array(this.#times.length);
    const values = new Float64Array(this.#values.length);
    const to = new Uint32Array(values.buffer);
    let count = 0;
    for (const i of order) {
      if (count > 0 && times[count - 1] === this.#times[i]) {
        const last = (count - 1) * 2;
        if (to[last] === from[i * 2] && to[last + 1] === from[i * 2 + 1]) continue;
        throw new TsdbCommandError(`cannot make blocks: got two values of ${formatLabels(this.labels)} at ${this.#times[i]} ms, want one`);
      }
      times[count] = this.#times[i];
      to[count * 2] = from[i * 2];
      to[count * 2 + 1] = from[i * 2 + 1];
      count++;
    }
    [this.#times, this.#values, this.#count, this.#sorted] = [times, values, count, true];
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const values = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    new Uint32Array(values.buffer).set(new Uint32Array(this.#values.buffer));
    [this.#times, this.#values] = [times, values];
  }
}
