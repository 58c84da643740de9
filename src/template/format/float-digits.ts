// The decimal digits of a float64, exact and rounded half to even as Go rounds. JavaScript's toFixed and toPrecision
// round halves up (2.5 → 3), so they cannot be used.

export interface DecimalDigits {
  /** Without zeros at either end; '' for zero. */
  readonly digits: string;
  /** Where the decimal point stands: 0.digits × 10^point. */
  readonly point: number;
}

const ZERO: DecimalDigits = { digits: '', point: 0 };
const bits = new DataView(new ArrayBuffer(8));

/** `count` significant digits at most. */
export function significantDigits(value: number, count: number): DecimalDigits {
  if (value === 0) return ZERO;
  const exact = exactDigits(value);
  return rounded(exact, count);
}

/** `count` digits after the decimal point at most. */
export function fixedDigits(value: number, count: number): DecimalDigits {
  if (value === 0) return ZERO;
  const exact = exactDigits(value);
  return rounded(exact, exact.point + count);
}

/** value = mantissa × 2^exponent, with a mantissa of 53 bits but for the smallest numbers. */
export function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  return biased === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

function exactDigits(value: number): DecimalDigits {
  const { mantissa, exponent } = binaryParts(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  // mantissa / 2^n = mantissa × 5^n / 10^n
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

function rounded({ digits, point }: DecimalDigits, count: number): DecimalDigits {
  if (count < 0) return ZERO;
  if (count >= digits.length) return trimmed(digits, point);
  const kept = digits.slice(0, count);
  if (!roundsUp(digits, count)) return trimmed(kept, point);
  const carried = (BigInt(kept || '0') + 1n).toString();
  // A carry beyond the first digit, 9.99 → 10.0, moves the point.
  return trimmed(carried.padStart(count, '0'), point + (carried.length > count ? 1 : 0));
}

function roundsUp(digits: string, count: number): boolean {
  const next = digits.charCodeAt(count) - 48;
  if (next !== 5) return next > 5;
  for (let i = count + 1; i < digits.length; i++) if (digits[i] !== '0') return true;
  return count > 0 && digits.charCodeAt(count - 1) % 2 === 1;
}

function trimmed(digits: string, point: number): DecimalDigits {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return end === 0 ? ZERO : { digits: digits.slice(0, end), point };
}
