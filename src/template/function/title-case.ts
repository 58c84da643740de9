// The first letter of each word in title case, the others as they are. Words are those of golang.org/x/text's cases:
// `don't`, `foo_bar` and `a.b` are one, `foo-bar` are two; a digit before the letter does not count: `3rd` → `3Rd`.

const WORD =
  /[\p{Alphabetic}\p{M}\p{N}\p{Pc}\u00ad\u200d]+(?:['.:\u00b7\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a][\p{Alphabetic}\p{M}\p{N}\p{Pc}\u00ad\u200d]+)*/gu;
const CASED = /\p{Cased}/u;
/** Digraphs that are one character: their title case is neither upper nor lower. */
const DIGRAPHS: Readonly<Record<string, string>> = {
  Ǆ: 'ǅ',
  ǅ: 'ǅ',
  ǆ: 'ǅ',
  Ǉ: 'ǈ',
  ǈ: 'ǈ',
  ǉ: 'ǈ',
  Ǌ: 'ǋ',
  ǋ: 'ǋ',
  ǌ: 'ǋ',
  Ǳ: 'ǲ',
  ǲ: 'ǲ',
  ǳ: 'ǲ',
};

export function titleCase(text: string): string {
  return text.replace(WORD, (word) => word.replace(CASED, titleOf));
}

function titleOf(letter: string): string {
  if (Object.hasOwn(DIGRAPHS, letter)) return DIGRAPHS[letter];
  // Georgian has upper case letters but writes no title in them.
  if (letter >= '\u10d0' && letter <= '\u10ff') return letter;
  const [first, ...rest] = letter.toUpperCase();
  return first + rest.join('').toLowerCase();
}
