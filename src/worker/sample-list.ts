// The samples of one series, in time order, times beside values. Values are kept and copied by their bits, so that a stale marker
// stays one. Filled again for the next series: what is read of it is good until then.

/** The bits of a stale marker, 0x7ff0000000000002 (model/value of Prometheus). */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

export class SampleList {
  #times = new Float64Array(1024);
  #values = new Float64Array(1024);
  #words = new Uint32Array(this.#values.buffer);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** ms. */
  time(index: number): number {
    return this.#times[index];
  }

  /** A NaN may have lost its bits on this way: ask isStale first. */
  value(index: number): number {
    return this.#values[index];
  }

  isStale(index: number): boolean {
    return this.#words[index * 2] === STALE_LOW && this.#words[index * 2 + 1] === STALE_HIGH;
  }

  clear(): void {
    this.#count = 0;
  }

  /** A sample whose value's bits stand in `words` at `at`, the lower half first. */
  push(timeMs: number, words: Uint32Array, at: number): void {
    const i = this.#count;
    if (i === this.#times.length) this.#grow();
    this.#times[i] = timeMs;
    this.#words[i * 2] = words[at];
    this.#words[i * 2 + 1] = words[at + 1];
    this.#count++;
  }

  /** Another list's sample. */
  pushFrom(other: SampleList, index: number): void {
    this.push(other.#times[index], other.#words, index * 2);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const values = new Float64Array(this.#values.length * 2);
    const words = new Uint32Array(values.buffer);
    times.set(this.#times);
    words.set(this.#words);
    [this.#times, this.#values, this.#words] = [times, values, words];
  }
}
