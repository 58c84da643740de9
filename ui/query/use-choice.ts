// Which series the legend shows: in the address as far as it has room, the rest for as long as the graph stands.
import { useRef, useState } from 'react';
import { chosenOf } from '../panels/panel-address.ts';
import type { SeriesChoice } from '../panels/series-choice.ts';

/** @param inAddress what the address says @param onChange for what is to be in the address */
export function useChoice(
  inAddress: SeriesChoice,
  onChange: (choice: SeriesChoice) => void,
): readonly [SeriesChoice, (choice: SeriesChoice) => void] {
  const [choice, setChoice] = useState(inAddress);
  const written = useRef(JSON.stringify(inAddress));
  const now = JSON.stringify(inAddress);
  // Another address than this graph has written: a link, or the browser's way back.
  if (now !== written.current) {
    written.current = now;
    setChoice(inAddress);
  }
  return [
    choice,
    (next) => {
      const kept = chosenOf(next);
      written.current = JSON.stringify(kept.texts.length === 0 ? { kind: 'hidden', texts: [] } : kept);
      setChoice(next);
      onChange(kept);
    },
  ];
}
