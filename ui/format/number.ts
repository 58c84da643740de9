// Numbers as a person reads them.

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** So many decimal digits a number of 64 bits always holds. */
const EXACT_DIGITS = 15;
const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `12,345`. */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** `1 target`, `2 targets`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `512 B`, `12.3 kB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 999.5 && unit < BYTES.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${bytes < 0 ? '−' : ''}${Number(size.toPrecision(3))} ${BYTES[unit]}`;
}

/** Short, for axes and legends: `1.5M`, `20k`, `0.0012`, `1e-9`. `digits`: significant ones, at most; 4, or 3 before a power of ten. */
export function formatShort(value: number, digits?: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0) return String(value).replace('Infinity', 'Inf');
  if (size >= 1e15 || size < 1e-4)
    return value
      .toExponential((digits ?? 3) - 1)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  for (const [unit, name] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (size >= unit) return `${Number((value / unit).toPrecision(digits ?? 4))}${name}`;
  }
  return String(Number(value.toPrecision(digits ?? 4)));
}

/** Ticks of one axis, with as many digits as it takes to say them exactly: `1.000000001G` beside `1.000000002G`. */
export function formatTicks(values: readonly number[]): string[] {
  let digits = 4;
  while (digits < EXACT_DIGITS && !values.every((value) => Number(value.toPrecision(digits)) === value)) digits++;
  return values.map((value) => formatShort(value, digits));
}
