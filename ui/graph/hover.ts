// Which series is near the pointer.

export interface Hover {
  /** Index of the series. */
  readonly series: number;
  /** Index of the step. */
  readonly step: number;
  /** Of the pointer, in CSS pixels of the plot. */
  readonly left: number;
  readonly top: number;
}

/** The series whose value at `step` is nearest to `top`, among those with a value; null where none has one. */
export function nearestSeries(
  rows: readonly (readonly (number | null | undefined)[])[],
  step: number,
  positionOf: (value: number) => number,
  top: number,
): number | null {
  let nearest: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i][step];
    if (value == null) continue;
    const distance = Math.abs(positionOf(value) - top);
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}
