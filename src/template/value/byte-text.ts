// Texts as the bytes that they are to Go. A byte that is no part of valid UTF-8 is carried in a JavaScript string as
// the low surrogate U+DC80..U+DCFF (see model/quote.ts); such bytes come from escapes like "\xff", and from `slice`
// where it cuts a character in two.

import { isUtf8 } from 'node:buffer';

const ASCII = /^[\x00-\x7f]*$/;
const BYTE_OR_TEXT = /[\udc80-\udcff]|[^\udc80-\udcff]+/gu;

export function byteLength(text: string): number {
  if (ASCII.test(text)) return text.length;
  return text.isWellFormed() ? Buffer.byteLength(text) : toBytes(text).length;
}

export function toBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const pieces: Buffer[] = [];
  for (const [piece] of text.matchAll(BYTE_OR_TEXT)) {
    const code = piece.charCodeAt(0);
    pieces.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

export function fromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const length = characterLength(bytes, i);
    text += length === 0 ? String.fromCharCode(0xdc00 + bytes[i]) : bytes.toString('utf8', i, i + length);
    i += length || 1;
  }
  return text;
}

/** How many bytes the character at `at` has, 0 where there is no valid one. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at];
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
