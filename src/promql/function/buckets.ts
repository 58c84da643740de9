// Quantiles and fractions of classic histograms, from their cumulative buckets. Source: promql/quantile.go BucketQuantile and BucketFraction.

/** Counts that differ by less than this part of both are the same: they differ by rounding. */
const TOLERANCE = 1e-12;
const LEAST_NORMAL = 2 ** -1022;

/** A histogram's, to be filled again and again: sorted by bound, none twice. */
export class Buckets {
  /** Inclusive; the last one is +Inf in a histogram that can be used. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  count = 0;

  constructor(capacity: number) {
    this.bounds = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** To be called in order of the bounds; those with the same become one. */
  add(bound: number, count: number): void {
    const last = this.count - 1;
    if (last >= 0 && this.bounds[last] === bound) {
      this.counts[last] += count;
      return;
    }
    this.bounds[this.count] = bound;
    this.counts[this.count++] = count;
  }
}

export interface ForcedMonotonicity {
  readonly minBound: number;
  readonly maxBound: number;
  readonly maxDifference: number;
}

export interface BucketQuantile {
  readonly value: number;
  /** Counts had to be raised; null where they had not. */
  readonly forced: ForcedMonotonicity | null;
}

const NOT_A_NUMBER: BucketQuantile = { value: Number.NaN, forced: null };

/** Raises counts that are less than one before. */
function makeMonotonic({ bounds, counts, count }: Buckets): ForcedMonotonicity | null {
  let forced: { minBound: number; maxBound: number; maxDifference: number } | null = null as ForcedMonotonicity | null;
  let before = counts[0];
  for (let i = 1; i < count; i++) {
    const now = counts[i];
    if (now === before) continue;
    if (almostEqual(before, now)) counts[i] = before;
    else if (now < before) {
      counts[i] = before;
      forced = {
        minBound: Math.min(bounds[i], forced?.minBound ?? Number.POSITIVE_INFINITY),
        maxBound: Math.max(bounds[i], forced?.maxBound ?? Number.NEGATIVE_INFINITY),
        maxDifference: Math.max(before - now, forced?.maxDifference ?? 0),
      };
    } else before = now;
  }
  return forced;
}

function almostEqual(a: number, b: number): boolean {
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < LEAST_NORMAL) return difference < TOLERANCE * LEAST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}

/** Changes the counts where they fall. */
export function bucketQuantile(q: number, buckets: Buckets): BucketQuantile {
  const { bounds, counts, count } = buckets;
  if (Number.isNaN(q)) return NOT_A_NUMBER;
  if (q < 0) return { value: Number.NEGATIVE_INFINITY, forced: null };
  if (q > 1) return { value: Number.POSITIVE_INFINITY, forced: null };
  const last = count - 1;
  if (bounds[last] !== Number.POSITIVE_INFINITY) return NOT_A_NUMBER;
  const forced = makeMonotonic(buckets);
  if (count < 2) return NOT_A_NUMBER;
  const observations = counts[last];
  if (observations === 0) return NOT_A_NUMBER;
  let rank = q * observations;
  let bucket = 0;
  for (let high = last; bucket < high; ) {
    const middle = (bucket + high) >>> 1;
    if (counts[middle] >= rank) high = middle;
    else bucket = middle + 1;
  }
  if (bucket === last) return { value: bounds[last - 1], forced };
  if (bucket === 0 && bounds[0] <= 0) return { value: bounds[0], forced };
  let start = 0;
  let inBucket = counts[bucket];
  if (bucket > 0) {
    start = bounds[bucket - 1];
    inBucket -= counts[bucket - 1];
    rank -= counts[bucket - 1];
  }
  return { value: start + (bounds[bucket] - start) * (rank / inBucket), forced };
}

/** Which part of the observations lies between. */
export function bucketFraction(lower: number, upper: number, { bounds, counts, count }: Buckets): number {
  const last = count - 1;
  if (bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;
  const observations = counts[last];
  if (observations === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  let lowerRank = Number.NaN;
  let upperRank = Number.NaN;
  let rank = 0;
  let start = bounds[0] <= 0 ? Number.NEGATIVE_INFINITY : 0;
  for (let i = 0; i < count && (Number.isNaN(lowerRank) || Number.isNaN(upperRank)); i++) {
    if (i > 0) start = bounds[i - 1];
    const from = rank;
    const end = bounds[i];
    const rankAt = (value: number): number =>
      start === Number.NEGATIVE_INFINITY ? counts[i] : from + ((counts[i] - from) * (value - start)) / (end - start);
    if (Number.isNaN(lowerRank)) {
      if (start >= lower) lowerRank = rank;
      else if (end > lower) lowerRank = rankAt(lower);
    }
    if (Number.isNaN(upperRank)) {
      if (start >= upper) upperRank = rank;
      else if (end > upper) upperRank = rankAt(upper);
    }
    rank = counts[i];
  }
  if (Number.isNaN(lowerRank) || lowerRank > observations) lowerRank = observations;
  if (Number.isNaN(upperRank) || upperRank > observations) upperRank = observations;
  return (upperRank - lowerRank) / observations;
}
