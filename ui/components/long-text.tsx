import { useState } from 'react';
import { formatCount } from '../format/number.ts';
import { beginningOf } from '../format/short-text.ts';
import { RowButton } from './row-button.tsx';

interface Props {
  readonly text: string;
  /** Whose text it is, for those who do not see where it stands. */
  readonly of: string;
  /** What stands behind it, before the button: a quote. */
  readonly end?: string;
}

/** A text, of which too long a one is shortened until a person asks for it. */
export function LongText({ text, of, end = '' }: Props) {
  const [whole, setWhole] = useState(false);
  const beginning = beginningOf(text);
  if (beginning === null) return text + end;
  const what = whole ? 'Show less' : `Show all ${formatCount(text.length)} characters`;
  return (
    <>
      {whole ? text : `${beginning}…`}
      {end}{' '}
      <RowButton aria-label={`${what} of ${of}`} aria-expanded={whole} onClick={() => setWhole(!whole)}>
        {what}
      </RowButton>
    </>
  );
}
