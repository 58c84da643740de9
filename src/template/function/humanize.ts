// Numbers for people: 1234567 → 1.235M, 3661 → 1h 1m 1s. Four significant digits throughout.

import { parseGoFloat, quoteGo } from '../../model/index.ts';
import { MAX_NUMBER_LENGTH } from '../bounds.ts';
import { FunctionError } from '../error.ts';
import { formatFloat } from '../format/float.ts';
import { inSeconds, toInt64 } from '../value/duration.ts';
import { typeName } from '../value/kind.ts';
import { DEFAULT_LAYOUT, formatTime } from '../value/time-layout.ts';
import { Integer, Time, type Value } from '../value/value.ts';

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const LARGE_BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];

/** What Prometheus takes for a number: floats, ints, durations in seconds, and texts that Go's ParseFloat reads. */
export function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return parseFloatOf(value);
  if (value instanceof Integer) {
    if (value.type === 'int' || value.type === 'int64') return Number(value.value);
    if (value.type === 'time.Duration') return inSeconds(value.value);
  }
  throw new FunctionError(`can't convert ${value === null ? '<nil>' : typeName(value)} to float`);
}

function parseFloatOf(text: string): number {
  const isTooLong = text.length > MAX_NUMBER_LENGTH;
  const value = isTooLong ? null : parseGoFloat(text);
  if (value !== null) return value;
  const problem = isTooLong || Math.abs(Number(text)) !== Infinity ? 'invalid syntax' : 'value out of range';
  throw new FunctionError(`strconv.ParseFloat: parsing ${quoteGo(text)}: ${problem}`);
}

export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value);
  return Math.abs(value) >= 1 ? scaledDown(value, 1000, LARGE) : scaledUp(value);
}

export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value);
  return scaledDown(value, 1024, LARGE_BINARY);
}

export function humanizePercentage(value: number): string {
  return `${short(value * 100)}%`;
}

/** Of seconds. From a minute on whole seconds are enough. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return short(value);
  if (value === 0) return `${short(value)}s`;
  if (Math.abs(value) < 1) return `${scaledUp(value)}s`;
  const sign = value < 0 ? '-' : '';
  const whole = toInt64(Math.abs(value));
  const seconds = `${whole % 60n}s`;
  const minutes = (whole / 60n) % 60n;
  const hours = (whole / 3600n) % 24n;
  const days = whole / 86400n;
  if (days !== 0n) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}`;
  if (hours !== 0n) return `${sign}${hours}h ${minutes}m ${seconds}`;
  if (minutes !== 0n) return `${sign}${minutes}m ${seconds}`;
  return `${sign}${short(Math.abs(value))}s`;
}

export function humanizeTimestamp(value: number): string {
  return Number.isFinite(value) ? formatTime(toTime(value), DEFAULT_LAYOUT) : short(value);
}

/** Of seconds since 1970, cut to milliseconds. */
export function toTime(value: number): Time {
  if (!Number.isFinite(value)) throw new FunctionError('value is NaN or Inf');
  const nanoseconds = value * 1e9;
  if (nanoseconds > 2 ** 63 || nanoseconds < -(2 ** 63)) {
    throw new FunctionError(`${formatFloat(value, 'g', -1)} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  }
  return new Time((toInt64(nanoseconds) / 1_000_000n) * 1_000_000n);
}

function short(value: number): string {
  return formatFloat(value, 'g', 4);
}

function scaledDown(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(scaled) < base) break;
    prefix = next;
    scaled /= base;
  }
  return short(scaled) + prefix;
}

function scaledUp(value: number): string {
  let scaled = value;
  let prefix = '';
  for (const next of SMALL) {
    if (Math.abs(scaled) >= 1) break;
    prefix = next;
    scaled *= 1000;
  }
  return short(scaled) + prefix;
}
