// The samples of one series as they are read: in time order, times beside values. What a list holds is good until it is filled again.

/** The bits of a stale marker, 0x7ff0000000000002 (model/value of Prometheus). */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;
const FIRST_CAPACITY = 64;

/**
 * Float samples. A value stays what its bits are: they are copied as two 32-bit words, words[2i] the low one and words[2i + 1] the high one,
 * since a stale marker's bits do not outlive a JavaScript number. The arrays are longer than `count`, and others after a push.
 */
export class FloatSamples {
  count = 0;
  /** ms */
  times = new Float64Array(FIRST_CAPACITY);
  /** To calculate with; the same memory as `words`. Which NaN one is, isStale() tells. */
  values = new Float64Array(FIRST_CAPACITY);
  words = new Uint32Array(this.values.buffer);

  get lastTimeMs(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.times[this.count - 1];
  }

  isStale(index: number): boolean {
    return this.words[index * 2] === STALE_LOW && this.words[index * 2 + 1] === STALE_HIGH;
  }

  clear(): void {
    this.count = 0;
  }

  push(timeMs: number, low: number, high: number): void {
    if (this.count === this.times.length) this.reserve(1);
    this.times[this.count] = timeMs;
    this.words[this.count * 2] = low;
    this.words[this.count * 2 + 1] = high;
    this.count++;
  }

  /** Samples that are newer than all that are here; values as words, as they are kept here. */
  append(times: Float64Array, words: Uint32Array): void {
    this.reserve(times.length);
    this.times.set(times, this.count);
    this.words.set(words, this.count * 2);
    this.count += times.length;
  }

  /** Room for so many more. */
  reserve(more: number): void {
    const wanted = this.count + more;
    if (wanted <= this.times.length) return;
    const { count, times, words } = this;
    this.#replace(Math.max(wanted, times.length * 2));
    this.times.set(times.subarray(0, count));
    this.words.set(words.subarray(0, count * 2));
    this.count = count;
  }

  /** The index of the first sample at or after this time; `count` where there is none. */
  indexAt(timeMs: number): number {
    let low = 0;
    for (let high = this.count; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.times[middle] < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets go of what lies outside of the interval; ms, both ends included. */
  keep(minTimeMs: number, maxTimeMs: number): void {
    this.count = this.indexAt(maxTimeMs + 1);
    this.#removeAt(0, this.indexAt(minTimeMs));
  }

  /** Lets go of what lies in the interval; ms, both ends included. */
  remove(minTimeMs: number, maxTimeMs: number): void {
    this.#removeAt(this.indexAt(minTimeMs), this.indexAt(maxTimeMs + 1));
  }

  /** Takes another list's samples in, by time. Of equal times this list's sample stands. */
  merge(other: FloatSamples): void {
    // Parts of the store follow one another, nearly always.
    if (other.count === 0 || this.lastTimeMs < other.times[0]) {
      this.append(other.times.subarray(0, other.count), other.words.subarray(0, other.count * 2));
      return;
    }
    const { count, times, words } = this;
    this.#replace(count + other.count);
    for (let i = 0, j = 0; i < count || j < other.count; ) {
      if (j === other.count || (i < count && times[i] <= other.times[j])) {
        if (j < other.count && times[i] === other.times[j]) j++;
        this.push(times[i], words[i * 2], words[i * 2 + 1]);
        i++;
      } else {
        this.push(other.times[j], other.words[j * 2], other.words[j * 2 + 1]);
        j++;
      }
    }
  }

  removeStale(): void {
    const { count, times, words } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      if (words[i * 2] === STALE_LOW && words[i * 2 + 1] === STALE_HIGH) continue;
      if (kept !== i) {
        times[kept] = times[i];
        words[kept * 2] = words[i * 2];
        words[kept * 2 + 1] = words[i * 2 + 1];
      }
      kept++;
    }
    this.count = kept;
  }

  #removeAt(from: number, to: number): void {
    if (from >= to) return;
    this.times.copyWithin(from, to, this.count);
    this.words.copyWithin(from * 2, to * 2, this.count * 2);
    this.count -= to - from;
  }

  /** Empty, in other arrays. */
  #replace(capacity: number): void {
    this.count = 0;
    this.times = new Float64Array(capacity);
    this.words = new Uint32Array(capacity * 2);
    this.values = new Float64Array(this.words.buffer);
  }
}

/**
 * What a series has, a list for each kind of sample, each in time order by itself: a series may change from floats to native histograms and
 * back, and whoever looks at a window of it treats the two apart. Histograms become a second list here; start timestamps a column of a list.
 */
export class SeriesSamples {
  readonly floats = new FloatSamples();

  get lastTimeMs(): number {
    return this.floats.lastTimeMs;
  }

  clear(): void {
    this.floats.clear();
  }

  /** Lets go of what lies outside of the interval; ms, both ends included. */
  keep(minTimeMs: number, maxTimeMs: number): void {
    this.floats.keep(minTimeMs, maxTimeMs);
  }

  /** Lets go of what lies in the interval; ms, both ends included. */
  remove(minTimeMs: number, maxTimeMs: number): void {
    this.floats.remove(minTimeMs, maxTimeMs);
  }

  /** Lets go of all samples but the newest; false when there is none. */
  keepNewest(): boolean {
    this.keep(this.lastTimeMs, Number.POSITIVE_INFINITY);
    return this.lastTimeMs !== Number.NEGATIVE_INFINITY;
  }

  /** Takes in what another part of the store has of the same series. At equal times what is here stands. */
  merge(other: SeriesSamples): void {
    this.floats.merge(other.floats);
  }
}
