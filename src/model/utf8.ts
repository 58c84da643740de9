// UTF-8 of texts whose lone surrogates stand for single bytes (quote.ts), by what browsers have too.

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of `text` in UTF-8; a lone surrogate counts as the replacement character, 3. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    length += code < 0x800 ? 1 : 2;
    // The second half of a pair: the two are 4 bytes together.
    if (code >= 0xdc00 && code <= 0xdfff && isHighSurrogate(text.charCodeAt(i - 1))) length -= 2;
  }
  return length;
}

export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes that are no UTF-8 become the lone surrogates that stand for them. */
export function utf8Text(bytes: Uint8Array): string {
  const whole = decode(bytes);
  if (whole !== null) return whole;
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const character = [1, 2, 3, 4].map((n) => (i + n <= bytes.length ? decode(bytes.subarray(i, i + n)) : null)).find((c) => c !== null);
    text += character ?? String.fromCharCode(0xdc00 + bytes[i]);
    i += character === undefined ? 1 : utf8Length(character);
  }
  return text;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
