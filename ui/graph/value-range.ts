// From where to where the axis of values goes.

/** Beyond half of what numbers can hold, the distance of two is not a number any more. */
const MOST = Number.MAX_VALUE / 2;

/**
 * Some room beyond the values; never an empty range. With `least` the axis begins there, without room where no value is beyond it:
 * values below it are not cut off, and where all are below, it ends there.
 */
export function valueRange(low: number | null, high: number | null, least: number | null): [number, number] {
  if (low === null || high === null) return [least ?? 0, (least ?? 0) + 1];
  const from = Math.max(Math.min(low, least ?? low), -MOST);
  const to = Math.min(Math.max(high, least ?? high), MOST);
  const room = (to - from) * 0.06 || Math.abs(to) * 0.1 || 1;
  return [from === least ? from : Math.max(from - room, -MOST), to === least && from < least ? to : Math.min(to + room, MOST)];
}
