// Single characters as Go names them.

import { quoteRune } from '../../model/index.ts';

/** Go's `%#U`: `U+0040 '@'`, without the character where it does not print. */
export function describeRune(code: number): string {
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrintable(code) ? `${number} '${String.fromCodePoint(code)}'` : number;
}

/** Go's unicode.IsPrint. */
export function isPrintable(code: number): boolean {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
  const character = String.fromCodePoint(code);
  return character === "'" || character === '\\' || !quoteRune(character).startsWith("'\\");
}

/** How many characters a text has to Go: code points, where a byte that is no UTF-8 counts as one. */
export function runeCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}
