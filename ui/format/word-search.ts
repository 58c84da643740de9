// Search in what a page already has: every word has to be somewhere in the texts, in any case.

export type WordSearch = (texts: Iterable<string>) => boolean;

/** Words are separated by spaces; without any, everything is found. */
export function wordSearch(text: string): WordSearch {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (texts) => {
    const missing = new Set(words);
    for (const one of texts) {
      const lower = one.toLowerCase();
      for (const word of missing) if (lower.includes(word)) missing.delete(word);
      if (missing.size === 0) return true;
    }
    return false;
  };
}

/** Labels as they are searched: `job="api"`, so that both a name and a value are found, and both together. */
export function* labelTexts(labels: Readonly<Record<string, string>> | undefined): Generator<string> {
  for (const [name, value] of Object.entries(labels ?? {})) {
    yield `${name}="${value}"`;
    yield `${name}=${value}`;
  }
}
