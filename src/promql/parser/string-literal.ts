// String literals of PromQL: '…' and "…" with Go's escapes, `…` raw. Scanning checks an escape where it stands, so that
// an error has its words and position; unquoting then cannot fail. Escapes such as \xff can make bytes that are no
// UTF-8: they become the lone surrogates that model/quote.ts describes, and match no label value.

import { GO_LETTER_ESCAPES, quoteRune, utf8Bytes, utf8Text } from '../../model/index.ts';

/** Either the index after the closing quote, or what is wrong. */
export type StringScan = { readonly end: number } | { readonly problem: string };

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  ...GO_LETTER_ESCAPES,
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const REPLACEMENT_CHARACTER = 0xfffd;
const MAX_CODE_POINT = 0x10ffff;

/** Scans the literal whose opening quote stands at `start`. */
export function scanString(text: string, start: number): StringScan {
  const quote = text[start]!;
  const raw = quote === '`';
  let at = start + 1;
  for (;;) {
    const code = text.codePointAt(at);
    if (code === undefined) return { problem: raw ? 'unterminated raw string' : 'unterminated quoted string' };
    const character = String.fromCodePoint(code);
    // Prometheus cannot tell a replacement character in the text from a byte that was replaced.
    if (code === REPLACEMENT_CHARACTER || isSurrogate(code)) return { problem: 'invalid UTF-8 rune' };
    at += character.length;
    if (character === quote) return { end: at };
    if (raw) continue;
    if (character === '\n') return { problem: 'unterminated quoted string' };
    if (character === '\\') {
      const escaped = scanEscape(text, at, quote);
      if ('problem' in escaped) return escaped;
      at = escaped.end;
    }
  }
}

/** Scans what follows a backslash. */
function scanEscape(text: string, start: number, quote: string): StringScan {
  const first = characterAt(text, start);
  if (first === '') return { problem: 'escape sequence not terminated' };
  if (first === quote || (first !== "'" && first !== '"' && Object.hasOwn(SIMPLE_ESCAPES, first))) return { end: start + 1 };
  const form = numericForm(first);
  if (form === null) return { problem: `unknown escape sequence ${describeCharacter(first)}` };
  const digitsAt = start + form.skip;
  let value = 0;
  for (let i = 0; i < form.digits; i++) {
    const character = characterAt(text, digitsAt + i);
    if (character === '') return { problem: 'escape sequence not terminated' };
    const digit = /^[0-9a-fA-F]$/.test(character) ? Number.parseInt(character, 16) : 16;
    if (digit >= form.base) return { problem: `illegal character ${describeCharacter(character)} in escape sequence` };
    value = value * form.base + digit;
  }
  if (value > form.max || isSurrogate(value)) return { problem: 'escape sequence is an invalid Unicode code point' };
  return { end: digitsAt + form.digits };
}

interface NumericForm {
  readonly skip: number;
  readonly digits: number;
  readonly base: number;
  readonly max: number;
}

function numericForm(first: string): NumericForm | null {
  if (first === 'x') return { skip: 1, digits: 2, base: 16, max: 255 };
  if (first === 'u') return { skip: 1, digits: 4, base: 16, max: MAX_CODE_POINT };
  if (first === 'U') return { skip: 1, digits: 8, base: 16, max: MAX_CODE_POINT };
  return first >= '0' && first <= '7' ? { skip: 0, digits: 3, base: 8, max: 255 } : null;
}

/** The text that a literal, scanned before, stands for. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal[0] === '`' || !body.includes('\\')) return body;
  const bytes: number[] = [];
  const pieces = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^xuU0-7]))|[^\\]+/g;
  for (const [piece, hex, short, long, octal, simple] of body.matchAll(pieces)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (short !== undefined || long !== undefined) pushText(bytes, String.fromCodePoint(Number.parseInt(short ?? long!, 16)));
    else pushText(bytes, simple === undefined ? piece : SIMPLE_ESCAPES[simple]!);
  }
  return utf8Text(Uint8Array.from(bytes));
}

function pushText(bytes: number[], text: string): void {
  for (const byte of utf8Bytes(text)) bytes.push(byte);
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Go's `%#U`: `U+0064 'd'`, without the character when it does not print. */
function describeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const quoted = quoteRune(character);
  return quoted.startsWith("'\\") && character !== '\\' && character !== "'" ? number : `${number} '${character}'`;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
