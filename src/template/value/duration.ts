// Go's time.Duration: a whole number of nanoseconds.

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const MIN_INT64 = -(1n << 63n);

/** `1h30m0s`, `1.5s`, `20ms`, `0s`, as Duration.String. */
export function formatGoDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 1000n)}µs`;
  if (size < SECOND) return `${sign}${withFraction(size, 1_000_000n)}ms`;
  const seconds = `${withFraction(size % MINUTE, SECOND)}s`;
  if (size < MINUTE) return sign + seconds;
  const minutes = `${(size / MINUTE) % 60n}m${seconds}`;
  return size < HOUR ? sign + minutes : `${sign}${size / HOUR}h${minutes}`;
}

function withFraction(size: bigint, unit: bigint): string {
  const width = String(unit).length - 1;
  const fraction = String(size % unit)
    .padStart(width, '0')
    .replace(/0+$/, '');
  return `${size / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

/** In units of `unit` nanoseconds, whole ones and the rest apart, as Duration.Seconds and its like divide. */
export function inUnits(nanoseconds: bigint, unit: bigint): number {
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
}

export function inSeconds(nanoseconds: bigint): number {
  return inUnits(nanoseconds, SECOND);
}

/** A float64 as int64, as Go converts it on amd64: cut off, and what does not fit is the least number. */
export function toInt64(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : MIN_INT64;
}
