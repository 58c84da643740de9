// Which series of a graph are shown: all, some alone, or all but some. By their text, since that stays when others come and go.

export interface SeriesChoice {
  readonly kind: 'only' | 'hidden';
  readonly texts: readonly string[];
}

export const ALL_SERIES: SeriesChoice = { kind: 'hidden', texts: [] };

export function isShown({ kind, texts }: SeriesChoice, text: string): boolean {
  return texts.includes(text) === (kind === 'only');
}

/** That series alone; all of them where it is alone already. */
export function isolated(choice: SeriesChoice, text: string): SeriesChoice {
  const alone = choice.kind === 'only' && choice.texts.length === 1 && choice.texts[0] === text;
  return alone ? ALL_SERIES : { kind: 'only', texts: [text] };
}

/** Shown where it was hidden, and the other way round. */
export function toggled(choice: SeriesChoice, text: string): SeriesChoice {
  const { kind, texts } = choice;
  const after = texts.includes(text) ? texts.filter((other) => other !== text) : [...texts, text];
  return kind === 'only' && after.length === 0 ? { kind: 'hidden', texts: [] } : { kind, texts: after };
}
