/** A time interval, ms, both ends included. */
export interface TimeInterval {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** The intervals (in order) with one more, in order; those that overlap or touch become one. */
export function addInterval(intervals: readonly TimeInterval[], added: TimeInterval): readonly TimeInterval[] {
  let { minTimeMs, maxTimeMs } = added;
  const apart = intervals.filter((other) => {
    if (other.maxTimeMs < minTimeMs - 1 || other.minTimeMs > maxTimeMs + 1) return true;
    minTimeMs = Math.min(minTimeMs, other.minTimeMs);
    maxTimeMs = Math.max(maxTimeMs, other.maxTimeMs);
    return false;
  });
  return [...apart, { minTimeMs, maxTimeMs }].sort((a, b) => a.minTimeMs - b.minTimeMs);
}
