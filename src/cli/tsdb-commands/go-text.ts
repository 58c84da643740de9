// Numbers, durations and tables as Go prints them, so that the commands' output can be read by what reads promtool's.

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Go's time.Duration: 2h0m0s, 1m0.5s, 20ms, 0s. */
export function formatGoDuration(ms: number): string {
  if (ms < 0) return `-${formatGoDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor(ms / MINUTE_MS) % 60;
  const seconds = `${(ms % MINUTE_MS) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** Go's time.Time in UTC, whole seconds. */
export function formatGoTime(ms: number): string {
  const date = new Date(Math.floor(ms / 1000) * 1000);
  if (Number.isNaN(date.getTime())) return String(ms);
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

const LEAST_WIDTH = 13;
const PADDING = 2;

/** Lines of cells in columns, as Go's tabwriter with promtool's settings; the last column has no padding. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(LEAST_WIDTH, PADDING + Math.max(...rows.map((row) => (row[i] ?? '').length))),
  );
  const line = (row: readonly string[]) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]))).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}
