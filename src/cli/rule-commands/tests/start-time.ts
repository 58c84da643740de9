// When a test begins, as it is written in its file: seconds since the epoch, or RFC 3339. Source: parseTime of promtool.
import { parseGoFloat } from '../../../model/index.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** What is beyond is no time of a sample. */
const MOST_MS = 8.64e15;

/** ms since the epoch; null where the text is no time. */
export function parseStartTime(text: string): number | null {
  const seconds = parseGoFloat(text);
  const timeMs = seconds === null ? (RFC3339.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN) : Math.round(seconds * 1000);
  return Math.abs(timeMs) <= MOST_MS ? timeMs : null;
}
