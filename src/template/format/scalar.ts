// Bools, numbers and texts under the verbs of a format. Each gives null for a verb that does not fit its value.

import { quoteGo, quoteRune } from '../../model/index.ts';
import { toBytes } from '../value/byte-text.ts';
import { type Directive, pad, padWithSpaces } from './directive.ts';
import { type FloatVerb, formatFloat } from './float.ts';
import { describeRune, isPrintable } from './rune.ts';

const MAX_RUNE = 0x10ffffn;
const BASES: Readonly<Record<string, number>> = { b: 2, d: 10, o: 8, O: 8, v: 10, x: 16, X: 16 };

export function formatBool(value: boolean, verb: string, directive: Directive): string | null {
  return verb === 't' || verb === 'v' ? pad(String(value), directive) : null;
}

export function formatText(text: string, verb: string, directive: Directive): string | null {
  switch (verb) {
    case 'v':
      return directive.asSource ? quoted(text, directive) : pad(truncated(text, directive), directive);
    case 's':
      return pad(truncated(text, directive), directive);
    case 'q':
      return quoted(text, directive);
    case 'x':
      return hexBytes(text, directive);
    case 'X':
      return hexBytes(text, directive).toUpperCase();
    default:
      return null;
  }
}

function truncated(text: string, { precision }: Directive): string {
  if (precision < 0 || text.length <= precision) return text;
  let end = 0;
  for (let count = 0; count < precision && end < text.length; count++) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

function quoted(text: string, directive: Directive): string {
  const kept = truncated(text, directive);
  if (directive.sharp && canBackquote(kept)) return pad(`\`${kept}\``, directive);
  return pad(directive.plus ? asciiOnly(quoteGo(kept)) : quoteGo(kept), directive);
}

/** Go's strconv.CanBackquote: the text can stand in `…` as it is. */
export function canBackquote(text: string): boolean {
  return text.isWellFormed() && !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(text);
}

function asciiOnly(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
}

function hexBytes(text: string, directive: Directive): string {
  let bytes = toBytes(text);
  if (directive.precision >= 0) bytes = bytes.subarray(0, directive.precision);
  if (bytes.length === 0) return pad('', directive);
  const prefix = directive.sharp ? '0x' : '';
  if (!directive.space) return pad(prefix + bytes.toString('hex'), directive);
  return pad(Array.from(bytes, (byte) => prefix + byte.toString(16).padStart(2, '0')).join(' '), directive);
}

export function formatInteger(value: bigint, isSigned: boolean, verb: string, directive: Directive): string | null {
  switch (verb) {
    case 'c':
      return pad(String.fromCodePoint(runeOf(value)), directive);
    case 'q': {
      const character = quoteRune(String.fromCodePoint(runeOf(value)));
      return pad(directive.plus ? asciiOnly(character) : character, directive);
    }
    case 'U':
      return padWithSpaces(unicode(BigInt.asUintN(64, value), directive), directive);
  }
  if (!Object.hasOwn(BASES, verb)) return null;
  if (verb === 'v' && directive.asSource && !isSigned) return digits(value, 16, 'v', { ...directive, sharp: true });
  return digits(value, BASES[verb], verb, directive);
}

function runeOf(value: bigint): number {
  return value < 0n || value > MAX_RUNE || (value >= 0xd800n && value <= 0xdfffn) ? 0xfffd : Number(value);
}

function unicode(value: bigint, { sharp, precision }: Directive): string {
  const number = `U+${value.toString(16).toUpperCase().padStart(Math.max(precision, 4), '0')}`;
  return sharp && value <= MAX_RUNE && isPrintable(Number(value)) ? number + describeRune(Number(value)).replace(/^\S+/, '') : number;
}

function digits(value: bigint, base: number, verb: string, directive: Directive): string {
  const { minus, plus, sharp, space, zero, width, precision } = directive;
  if (precision === 0 && value === 0n) return ' '.repeat(Math.max(width, 0));
  const sign = value < 0n ? '-' : plus ? '+' : space ? ' ' : '';
  let least = precision;
  if (precision < 0 && zero && !minus && width > 0) least = width - sign.length;
  let text = (value < 0n ? -value : value).toString(base).padStart(least, '0');
  if (sharp && base === 2) text = `0b${text}`;
  else if (sharp && base === 8 && text[0] !== '0') text = `0${text}`;
  else if (sharp && base === 16) text = `0x${text}`;
  if (verb === 'O') text = `0o${text}`;
  if (verb === 'X') text = text.toUpperCase();
  return padWithSpaces(sign + text, directive);
}

const FLOAT_VERBS: Readonly<Record<string, readonly [verb: FloatVerb, precision: number]>> = {
  v: ['g', -1],
  b: ['b', -1],
  g: ['g', -1],
  G: ['G', -1],
  x: ['x', -1],
  X: ['X', -1],
  f: ['f', 6],
  F: ['f', 6],
  e: ['e', 6],
  E: ['E', 6],
};

export function formatNumber(value: number, verb: string, directive: Directive): string | null {
  if (!Object.hasOwn(FLOAT_VERBS, verb)) return null;
  const [floatVerb, usualPrecision] = FLOAT_VERBS[verb];
  const precision = directive.precision >= 0 ? directive.precision : usualPrecision;
  let text = formatFloat(value, floatVerb, precision);
  const { plus, space } = directive;
  if (Number.isNaN(value)) return padWithSpaces(`${plus ? '+' : space ? ' ' : ''}${text}`, directive);
  let sign = /^[+-]/.test(text) ? text[0] : '+';
  text = text.replace(/^[+-]/, '');
  if (sign === '+' && space && !plus) sign = ' ';
  const isInfinite = !Number.isFinite(value);
  const showsSign = plus || sign !== '+' || isInfinite;
  if (isInfinite) return padWithSpaces(sign + text, directive);
  if (directive.sharp && floatVerb !== 'b') text = withPoint(text, floatVerb, precision);
  if (!showsSign) return pad(text, directive);
  // Zeros stand between the sign and the digits.
  if (directive.zero && !directive.minus && directive.width > text.length + 1)
    return sign + pad(text, { ...directive, width: directive.width - 1 });
  return pad(sign + text, directive);
}

/** The `#` flag: a decimal point always, and the zeros that %g would leave out. */
function withPoint(text: string, verb: FloatVerb, precision: number): string {
  const [, mantissa, exponent] = (verb === 'x' || verb === 'X' ? /^([^pP]*)(.*)$/ : /^([^eE]*)(.*)$/).exec(text)!;
  let missing = 0;
  if (verb === 'g' || verb === 'G' || verb === 'x') {
    missing = precision < 0 ? 6 : precision;
    // Go counts the x of 0x as a digit, and so it has one zero less.
    const significant = mantissa.replace('.', '').replace(/^0+/, '');
    missing -= mantissa === '0' ? 1 : significant.length;
  }
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`;
  return pointed + '0'.repeat(Math.max(missing, 0)) + exponent;
}
