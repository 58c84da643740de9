import type { ReactNode } from 'react';
import classes from './state-badge.module.css';

/** `good`, `bad`, `odd`: to be looked at; `quiet`: nothing to say. */
export type Tone = 'good' | 'bad' | 'odd' | 'quiet';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', odd: '!', quiet: '·' };

/** A state in a word, with a sign and a colour. A plain element: it stands in long lists. */
export function StateBadge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span aria-hidden>{SIGNS[tone]}</span> {children}
    </span>
  );
}
