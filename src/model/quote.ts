// Quoting as Go's strconv.Quote does it, which is how Prometheus prints label values, matchers and the tokens of
// its error messages. A JavaScript string cannot hold the lone bytes that a Go string can, so a byte that is not part
// of valid UTF-8 is carried as the low surrogate U+DC80..U+DCFF (as Python's "surrogateescape" does): it never
// equals a character of valid text, and it prints as `\x80`..`\xff` here.

/** What Go writes as a backslash and a letter, by that letter. */
export const GO_LETTER_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const LETTER_ESCAPES = new Map(Object.entries(GO_LETTER_ESCAPES).map(([letter, character]) => [character.charCodeAt(0), `\\${letter}`]));
/** What Go's unicode.IsPrint accepts: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const NOTHING_TO_ESCAPE = /^[ !#-[\]-~]*$/;

/** `text` between double quotes, escaped as Go's strconv.Quote. */
export function quoteGo(text: string): string {
  return NOTHING_TO_ESCAPE.test(text) ? `"${text}"` : `"${escapeFor(text, '"')}"`;
}

/** One character between single quotes, escaped as Go's `%q` of a rune. */
export function quoteRune(character: string): string {
  return `'${escapeFor(character, "'")}'`;
}

/** Whether a lone surrogate of `text` stands for a byte that is no UTF-8 (see above), or is simply ill-formed. */
export function isValidUtf8(text: string): boolean {
  return text.isWellFormed();
}

function escapeFor(text: string, quote: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (character === quote || character === '\\') out += `\\${character}`;
    else if (PRINTABLE.test(character)) out += character;
    else out += LETTER_ESCAPES.get(code) ?? escapeCode(code);
  }
  return out;
}

function escapeCode(code: number): string {
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
