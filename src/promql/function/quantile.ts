// Quantiles of values. NaN comes before all others. Source: promql/quantile.go quantile.

/** Sorts the values. */
export function quantileOf(q: number, values: Float64Array): number {
  values.sort();
  // Typed arrays put NaN last.
  let numbers = values.length;
  while (numbers > 0 && Number.isNaN(values[numbers - 1])) numbers--;
  return quantileOfSorted(q, values, numbers, values.length - numbers);
}

/** @param values the numbers, sorted @param count how many those are @param nans how many NaN come before them */
function quantileOfSorted(q: number, values: Float64Array, count: number, nans: number): number {
  const total = count + nans;
  if (total === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const rank = q * (total - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(total - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  const at = (index: number) => (index < nans ? Number.NaN : values[index - nans]);
  return at(lower) * (1 - weight) + at(upper) * weight;
}

/** Values that come and go, kept in order. */
export class SortedValues {
  #values = new Float64Array(64);
  #count = 0;
  #nans = 0;

  clear(): void {
    this.#count = this.#nans = 0;
  }

  insert(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans++;
      return;
    }
    if (this.#count === this.#values.length) {
      const values = this.#values;
      this.#values = new Float64Array(values.length * 2);
      this.#values.set(values);
    }
    const at = this.#placeOf(value);
    this.#values.copyWithin(at + 1, at, this.#count);
    this.#values[at] = value;
    this.#count++;
  }

  /** One that was inserted. */
  remove(value: number): void {
    if (Number.isNaN(value)) {
      this.#nans--;
      return;
    }
    const at = this.#placeOf(value);
    this.#values.copyWithin(at, at + 1, this.#count);
    this.#count--;
  }

  quantile(q: number): number {
    return quantileOfSorted(q, this.#values, this.#count, this.#nans);
  }

  /** The first index whose value is not less. */
  #placeOf(value: number): number {
    let low = 0;
    for (let high = this.#count; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.#values[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
