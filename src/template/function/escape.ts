// Texts made safe for where they go: HTML, JavaScript, a URL's query. As Go's text/template and net/url escape them.

import { isPrintable } from '../format/rune.ts';
import { toBytes } from '../value/byte-text.ts';

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => HTML_ESCAPES[character]);
}

export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, (character) => {
    if (character === '\\' || character === "'" || character === '"') return `\\${character}`;
    const code = character.codePointAt(0)!;
    if (code >= 0x80 && isPrintable(code)) return character;
    // A byte that is no UTF-8 is one character to Go, the replacement character.
    const shown = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    return code === shown ? `\\u${shown.toString(16).toUpperCase().padStart(4, '0')}` : '\ufffd';
  });
}

/** Go's url.QueryEscape: a space is `+`, and only letters, digits and `-_.~` stay. */
export function escapeQuery(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  let out = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && /[\w.~-]/.test(character)) out += character;
    else out += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
