// Times as texts, in the browser's zone or in UTC; durations as a person reads them.
import { usePreferences } from '../preferences/preferences.ts';

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** `2026-01-31 13:05:09`, with milliseconds where there are some. */
export function formatTime(ms: number, utc: boolean): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'a time out of range';
  const shifted = utc ? date : new Date(ms - date.getTimezoneOffset() * 60_000);
  const text = shifted.toISOString().replace('T', ' ').replace('Z', '');
  return text.endsWith('.000') ? text.slice(0, -4) : text;
}

/** The ms of a text as `formatTime` makes it, or NaN. */
export function parseTime(text: string, utc: boolean): number {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second = 0] = match.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)));
  const ms = Math.round(Number(match[7] ?? 0) * 1000);
  const parts = [year!, month! - 1, day!, hour!, minute!, second, ms] as const;
  return utc ? Date.UTC(...parts) : new Date(...parts).getTime();
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

/** Times as this person prefers them. */
export function useTimeFormat(): (ms: number) => string {
  const { utc } = usePreferences();
  return (ms) => formatTime(ms, utc);
}

/** `13:05:09`, for axes. */
export function clockOf(date: Date, utc: boolean): [hour: string, minute: string, second: string] {
  return utc
    ? [twoDigits(date.getUTCHours()), twoDigits(date.getUTCMinutes()), twoDigits(date.getUTCSeconds())]
    : [twoDigits(date.getHours()), twoDigits(date.getMinutes()), twoDigits(date.getSeconds())];
}
