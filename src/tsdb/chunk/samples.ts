// Samples side by side, as chunks are decoded into them. A value stays what its bits are: two 32-bit words, words[2i] the low one and
// words[2i + 1] the high one, since a stale marker's bits do not outlive a JavaScript number.

export class Samples {
  count = 0;
  /** ms */
  times = new Float64Array(256);
  words = new Uint32Array(512);

  push(timeMs: number, low: number, high: number): void {
    if (this.count === this.times.length) this.reserve(1);
    this.times[this.count] = timeMs;
    this.words[this.count * 2] = low;
    this.words[this.count * 2 + 1] = high;
    this.count++;
  }

  /** Room for so many more. */
  reserve(more: number): void {
    const wanted = this.count + more;
    if (wanted <= this.times.length) return;
    const capacity = Math.max(wanted, this.times.length * 2);
    const times = new Float64Array(capacity);
    times.set(this.times.subarray(0, this.count));
    const words = new Uint32Array(capacity * 2);
    words.set(this.words.subarray(0, this.count * 2));
    this.times = times;
    this.words = words;
  }

  clear(): void {
    this.count = 0;
  }
}
