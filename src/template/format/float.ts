// float64 to text as Go's strconv.FormatFloat: decimal with and without exponent, hexadecimal, and binary exponents.

import { formatG, formatPlain } from '../../model/index.ts';
import { binaryParts, fixedDigits, significantDigits } from './float-digits.ts';

export type FloatVerb = 'E' | 'G' | 'X' | 'b' | 'e' | 'f' | 'g' | 'x';

/** No float64 has more digits than this after its point, or before it; further ones are zeros. */
const MOST_DIGITS = 1100;

/** `precision` -1 stands for the fewest digits that give the number back. */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  switch (verb) {
    case 'f':
      return sign + (precision < 0 ? formatPlain(size) : plain(size, precision));
    case 'e':
    case 'E':
      return sign + cased(precision < 0 ? shortestExponent(size) : exponential(size, precision), verb);
    case 'g':
    case 'G':
      return sign + cased(precision < 0 ? formatG(size) : general(size, precision), verb);
    case 'x':
    case 'X':
      return sign + cased(hexadecimal(size, precision), verb);
    case 'b': {
      const { mantissa, exponent } = binaryParts(size);
      return `${sign}${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
    }
  }
}

function cased(text: string, verb: FloatVerb): string {
  return verb >= 'a' ? text : text.toUpperCase();
}

function plain(size: number, precision: number): string {
  const { digits, point } = fixedDigits(size, Math.min(precision, MOST_DIGITS));
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision === 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : digits === '' ? '' : '0'.repeat(-point) + digits;
  return `${whole}.${fraction.padEnd(precision, '0')}`;
}

function exponential(size: number, precision: number): string {
  const { digits, point } = significantDigits(size, Math.min(precision, MOST_DIGITS) + 1);
  const fraction = precision === 0 ? '' : `.${digits.slice(1).padEnd(precision, '0')}`;
  return `${digits[0] ?? '0'}${fraction}${exponentText(digits === '' ? 0 : point - 1)}`;
}

function shortestExponent(size: number): string {
  const [mantissa, exponent] = size.toExponential().split('e');
  return mantissa + exponentText(Number(exponent));
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** With an exponent where that is below -4 or not below the precision; no zeros at the end. */
function general(size: number, precision: number): string {
  const count = precision === 0 ? 1 : precision;
  const { digits, point } = significantDigits(size, Math.min(count, MOST_DIGITS));
  if (digits === '') return '0';
  const limit = count > digits.length && digits.length >= point ? digits.length : count;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) {
    return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}${exponentText(exponent)}`;
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return digits.length <= point ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** `0x1.8p+01`: one bit before the point, rounded half to even. */
function hexadecimal(size: number, precision: number): string {
  if (size === 0) return `0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`;
  let { mantissa, exponent } = binaryParts(size);
  while (mantissa < 0x10000000000000n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 13) {
    const dropped = BigInt(52 - precision * 4);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >= 0x20000000000000n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  let fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0');
  fraction = precision < 0 ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  const power = exponent + 52;
  return `0x1${fraction === '' ? '' : `.${fraction}`}p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
