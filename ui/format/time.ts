// Times as texts, in the browser's zone or in UTC; durations as a person reads them.
import { usePreferences } from '../preferences/preferences.ts';

const TIME_TEXT = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?: ?(?:(Z)|([+-])(\d{2}):?(\d{2})))?)?$/i;
/** Longer than clocks are put back, shorter than it takes until they are again. */
const NEAR_MS = 3 * 3_600_000;
const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** `2026-01-31 13:05:09`, with milliseconds where there are some. */
export function formatTime(ms: number, utc: boolean): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'a time out of range';
  const shifted = utc ? date : new Date(ms - date.getTimezoneOffset() * 60_000);
  const text = shifted.toISOString().replace('T', ' ').replace('Z', '');
  return text.endsWith('.000') ? text.slice(0, -4) : text;
}

/** As `formatTime`, with the offset where the clock shows this time twice: `2026-10-25 02:30:00 +02:00`. */
export function formatMoment(ms: number, utc: boolean): string {
  const text = formatTime(ms, utc);
  return utc || !isShownTwice(ms) ? text : `${text} ${offsetOf(ms)}`;
}

/** Clocks that are put back show an hour twice: another moment nearby, with the offset of then, reads the same. */
function isShownTwice(ms: number): boolean {
  const offset = new Date(ms).getTimezoneOffset();
  return [ms - NEAR_MS, ms + NEAR_MS].some((near) => {
    const other = new Date(near).getTimezoneOffset();
    return other !== offset && new Date(ms + (other - offset) * 60_000).getTimezoneOffset() === other;
  });
}

function offsetOf(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
}

/** The ms of a text as `formatTime` or `formatMoment` makes it or as RFC 3339 has it, or of a day's beginning; else NaN. A time that the clock leaves out is as long after the one before. */
export function parseTime(text: string, utc: boolean): number {
  const match = TIME_TEXT.exec(text.trim());
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Math.round(Number(match[7] ?? 0) * 1000);
  const parts = [year, month - 1, day, hour, minute, second, ms] as const;
  const asUtc = Date.UTC(...parts);
  // What there is none of, as a month 13, would be taken for one of the next year.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(canonical(parts))) return Number.NaN;
  const [zulu, sign, hours, minutes] = match.slice(8, 12);
  if (zulu !== undefined) return asUtc;
  if (sign !== undefined) return asUtc - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return utc ? asUtc : new Date(...parts).getTime();
}

function canonical([year, month, day, hour, minute, second]: readonly number[]): string {
  const date = [String(year).padStart(4, '0'), twoDigits(month + 1), twoDigits(day)].join('-');
  return `${date}T${[hour, minute, second].map(twoDigits).join(':')}.`;
}

/** The name of the zone that times are shown in. */
export function zoneName(utc: boolean): string {
  return utc ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `1.5 ms`, `250 ms`, `3.2 s`, `4m 5s`, `2h 3m`, `5d 4h`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 0.001) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
  if (size < 1) return `${Number((seconds * 1000).toPrecision(size < 0.01 ? 2 : 3))} ms`;
  if (size < 60) return `${Number(seconds.toFixed(size < 10 ? 1 : 0))} s`;
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.round(size);
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ];
  const first = units.findIndex(([unit]) => whole >= unit);
  const [unit, name] = units[first];
  const rest = units[first + 1];
  const remainder = rest === undefined ? 0 : Math.floor((whole % unit) / rest[0]);
  return `${sign}${Math.floor(whole / unit)}${name}${remainder === 0 ? '' : ` ${remainder}${rest[1]}`}`;
}

/** `12 s ago`; `never` for a time that is not there. */
export function formatAgo(ms: number | null, nowMs: number): string {
  if (ms === null) return 'never';
  const seconds = (nowMs - ms) / 1000;
  return seconds < 0 ? `in ${formatSeconds(-seconds)}` : `${formatSeconds(seconds < 1 ? 0 : Math.floor(seconds))} ago`;
}

/** The ms of a time of the API; null for never. */
export function msOf(text: string): number | null {
  return text.startsWith('0001-') ? null : Date.parse(text);
}

/** Times as this person prefers them, each another text. */
export function useTimeFormat(): (ms: number) => string {
  const { utc } = usePreferences();
  return (ms) => formatMoment(ms, utc);
}

/** `13:05:09`, for axes. */
export function clockOf(date: Date, utc: boolean): [hour: string, minute: string, second: string] {
  return utc
    ? [twoDigits(date.getUTCHours()), twoDigits(date.getUTCMinutes()), twoDigits(date.getUTCSeconds())]
    : [twoDigits(date.getHours()), twoDigits(date.getMinutes()), twoDigits(date.getSeconds())];
}
