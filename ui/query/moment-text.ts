// A moment as a person writes it: a time, a time of this day, one that is so long ago, or seconds since 1970 from a log.
import { formatTime, parseTime } from '../format/time.ts';
import { readDuration } from './duration-text.ts';

const AGO = /^(?:now)?\s*([+-])(.+)$/;
const CLOCK = /^\d{1,2}:\d{2}(?::\d{2})?$/;
const UNIX_SECONDS = /^\d{9,10}(?:\.\d{1,9})?$/;
const UNIX_MS = /^\d{12,13}$/;
const DATE_LENGTH = '2026-01-31'.length;

/** ms, or null for now; undefined where there is none. */
export function readMoment(written: string, nowMs: number, utc: boolean): number | null | undefined {
  const text = written.trim().toLowerCase();
  if (text === '' || text === 'now') return null;
  const ago = AGO.exec(text);
  if (ago !== null) {
    const ms = readDuration(ago[2]);
    return ms === undefined ? undefined : nowMs + (ago[1] === '-' ? -ms : ms);
  }
  if (UNIX_SECONDS.test(text)) return Math.round(Number(text) * 1000);
  if (UNIX_MS.test(text)) return Number(text);
  const ms = parseTime(CLOCK.test(text) ? `${formatTime(nowMs, utc).slice(0, DATE_LENGTH)} ${text}` : text, utc);
  return Number.isNaN(ms) ? undefined : ms;
}
