// Search in what a page already has: every word has to be somewhere in the texts, in any case. Where that finds nothing, its letters in
// order are enough: `hierrate` is short for HighErrorRate.

export type WordSearch = (texts: Iterable<string>) => boolean;

/** Lower case, both. */
type Holds = (text: string, word: string) => boolean;

/**
 * Words are separated by spaces; without any, everything is found.
 * `all`: the texts of all that the page has, whatever else it is filtered by. They are looked at once, until one has the words.
 */
export function wordSearch(text: string, all: Iterable<Iterable<string>>): WordSearch {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  const byWords = searchFor(words, (one, word) => one.includes(word));
  for (const texts of all) if (byWords(texts)) return byWords;
  return searchFor(words, holdsLetters);
}

function searchFor(words: readonly string[], holds: Holds): WordSearch {
  return (texts) => {
    const missing = new Set(words);
    for (const one of texts) {
      const lower = one.toLowerCase();
      for (const word of missing) if (holds(lower, word)) missing.delete(word);
      if (missing.size === 0) return true;
    }
    return false;
  };
}

/** Spaces and brackets end a name or a word: the letters have to be in one of these, since a whole sentence has nearly any. */
const PIECE_ENDS = /[\s()[\]{},]+/;

function holdsLetters(text: string, word: string): boolean {
  // Who quotes a value means this one.
  if (word.includes('"')) return text.includes(word);
  return text.split(PIECE_ENDS).some((piece) => {
    let at = 0;
    for (const letter of word) {
      const found = piece.indexOf(letter, at);
      if (found < 0) return false;
      at = found + letter.length;
    }
    return true;
  });
}

/** Labels as they are searched: `job="api"`, so that both a name and a value are found, and both together. */
export function* labelTexts(labels: Readonly<Record<string, string>> | undefined): Generator<string> {
  for (const [name, value] of Object.entries(labels ?? {})) {
    yield `${name}="${value}"`;
    yield `${name}=${value}`;
  }
}
