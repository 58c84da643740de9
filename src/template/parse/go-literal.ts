// Constants as Go writes them: quoted texts, characters, numbers. Which of Go's number types a constant may become is
// decided where it is used, so a number keeps all that it could be.

import { GO_LETTER_ESCAPES, parseGoFloat, quoteGo } from '../../model/index.ts';
import { MAX_NUMBER_LENGTH } from '../bounds.ts';
import { fromBytes } from '../value/byte-text.ts';

/** What a number constant may stand for: null where it cannot. */
export interface NumberLiteral {
  /** As int64. */
  readonly integer: bigint | null;
  /** As uint64, for the one case that a constant is one and no int64. */
  readonly unsigned: bigint | null;
  readonly float: number | null;
}

const INTEGER = /^([+-]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9]\d*|0))$/;
/** Between digits, or between a base's prefix and the first digit. */
const MISPLACED_UNDERSCORE = /^[+-]?_|_(?![\da-fA-F])|(?<![\da-fA-FxXoO])_/;
const MAX_INT64 = (1n << 63n) - 1n;
const MAX_UINT64 = (1n << 64n) - 1n;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  ...GO_LETTER_ESCAPES,
  '\\': '\\',
};
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([abfnrtv\\"']))/y;

/** The text of a literal in `"…"` or `` `…` ``; null where Go's strconv.Unquote fails. */
export function unquoteGo(literal: string): string | null {
  const body = literal.slice(1, -1);
  if (literal[0] === '`') return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body;
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const backslash = body.indexOf('\\', at);
    const plainEnd = backslash < 0 ? body.length : backslash;
    if (plainEnd > at) pieces.push(Buffer.from(body.slice(at, plainEnd)));
    if (backslash < 0) break;
    const escaped = readEscape(body, backslash, '"');
    if (escaped === null) return null;
    pieces.push(escaped.bytes);
    at = escaped.end;
  }
  return fromBytes(Buffer.concat(pieces));
}

/** The code point of a constant in '…', or the sentence of its error. */
export function readCharacter(literal: string): number | string {
  const body = literal.slice(1, -1);
  const malformed = `malformed character constant: ${literal}`;
  if (body === '') return 'invalid syntax';
  if (body[0] !== '\\') {
    const code = body.codePointAt(0)!;
    return body.length === String.fromCodePoint(code).length ? code : malformed;
  }
  const escaped = readEscape(body, 0, "'");
  if (escaped === null) return 'invalid syntax';
  return escaped.end === body.length ? escaped.code : malformed;
}

function readEscape(text: string, at: number, quote: string): { bytes: Buffer; code: number; end: number } | null {
  ESCAPE.lastIndex = at;
  const found = ESCAPE.exec(text);
  if (found === null) return null;
  const [, hex, short, long, octal, simple] = found;
  const end = ESCAPE.lastIndex;
  if (simple !== undefined) {
    if (simple === '"' || simple === "'") return simple === quote ? { bytes: Buffer.from(simple), code: simple.charCodeAt(0), end } : null;
    const character = SIMPLE_ESCAPES[simple];
    return { bytes: Buffer.from(character), code: character.charCodeAt(0), end };
  }
  if (hex !== undefined || octal !== undefined) {
    const byte = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    return byte > 255 ? null : { bytes: Buffer.of(byte), code: byte, end };
  }
  const code = Number.parseInt(short ?? long, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
  return { bytes: Buffer.from(String.fromCodePoint(code)), code, end };
}

/** What `text` may stand for, or the sentence of its error. Complex numbers are refused, which Go would take. */
export function readNumber(text: string): NumberLiteral | string {
  if (text.endsWith('i')) return `complex numbers are not supported: ${quoteGo(text)}`;
  if (text.length > MAX_NUMBER_LENGTH) return `illegal number syntax: ${quoteGo(text)}`;
  const whole = readInteger(text);
  if (whole !== null) {
    const integer = whole >= -MAX_INT64 - 1n && whole <= MAX_INT64 ? whole : null;
    const unsigned = whole >= 0n && whole <= MAX_UINT64 && (whole === 0n || !/^[+-]/.test(text)) ? whole : null;
    if (integer !== null || unsigned !== null) return { integer, unsigned, float: Number(integer ?? unsigned) };
  }
  const float = parseGoFloat(text);
  if (float === null) return `illegal number syntax: ${quoteGo(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteGo(text)}`;
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { integer: isWhole ? BigInt(float) : null, unsigned: null, float };
}

function readInteger(text: string): bigint | null {
  if (text.includes('_') && MISPLACED_UNDERSCORE.test(text)) return null;
  const found = INTEGER.exec(text.replaceAll('_', ''));
  if (found === null) return null;
  const [, sign, hex, binary, octal, decimal] = found;
  // Octals are only those with more than one digit: a lone 0 is taken by the last form, which is as good.
  const magnitude = BigInt(
    hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : octal !== undefined ? `0o${octal}` : decimal,
  );
  return sign === '-' ? -magnitude : magnitude;
}
