// The values of number tokens, as Go reads them: integers by their prefix (0x, and a leading 0 for octal), everything else as a float.

const FLOAT = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INT64_MAX = 2 ** 63;

/** Null where Go has no number for it. */
export function readNumber(token: string): number | null {
  const integer = readInteger(token);
  if (integer !== null && integer < INT64_MAX) return integer;
  const lower = token.toLowerCase();
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  if (!FLOAT.test(token)) return null;
  const value = Number(token);
  return Number.isFinite(value) ? value : null;
}

function readInteger(token: string): number | null {
  // An underscore stands between digits, or behind the prefix.
  const digits = token.replaceAll(/(?<=[\da-fA-FxX])_(?=[\da-fA-F])/g, '');
  if (/^0[xX][\da-fA-F]+$/.test(digits)) return Number(digits);
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  return /^(?:0|[1-9]\d*)$/.test(digits) ? Number(digits) : null;
}
