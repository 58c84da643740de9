// The server's clock, which says what "now" is in all that is asked, however this browser's clock stands. Each answer tells it (its `Date`),
// and the document that this page began with does.
import { useSyncExternalStore } from 'react';

/** What came this long after the question tells too little. */
const LONGEST_WAY_MS = 5_000;
/** Clocks that differ by less are nobody's worry. */
const NOTABLE_MS = 30_000;

let skewMs = 0;
const listeners = new Set<() => void>();

/**
 * The skew of a server's clock (ms, positive when it is ahead of this browser's), where it showed a time from `server.fromMs` to `server.toMs` at some
 * moment between the two of this browser's clock: the one known where that can still be, else the smallest that can.
 */
export function skewOf(known: number, server: Span, here: Span): number {
  if (!(here.toMs - here.fromMs <= LONGEST_WAY_MS)) return known;
  const least = server.fromMs - here.toMs;
  const most = server.toMs - here.fromMs;
  if (!(least <= most) || (least <= known && known <= most)) return known;
  return least > 0 ? least : most < 0 ? most : 0;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `date`: a Date header, which has whole seconds. */
export function noteDate(date: string | null, here: Span): void {
  const fromMs = Date.parse(date ?? '');
  note({ fromMs, toMs: fromMs + 999 }, here);
}

/** Of the document: before the first answer has come. */
export function noteDocument(): void {
  const text = document.querySelector<HTMLMetaElement>('meta[name="server-time"]')?.content ?? '';
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (!/^\d+$/.test(text) || navigation === undefined) return;
  const { timeOrigin } = performance;
  note(
    { fromMs: Number(text), toMs: Number(text) },
    { fromMs: timeOrigin + navigation.requestStart, toMs: timeOrigin + navigation.responseEnd },
  );
}

function note(server: Span, here: Span): void {
  const next = skewOf(skewMs, server, here);
  if (next === skewMs) return;
  skewMs = next;
  for (const listener of listeners) listener();
}

/** ms: what the server's clock shows. */
export function serverNow(): number {
  return Date.now() + skewMs;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Seconds that the server's clock is ahead of this browser's (behind: below 0), 0 where it does not matter. */
export function useClockSkew(): number {
  return useSyncExternalStore(subscribe, () => (Math.abs(skewMs) < NOTABLE_MS ? 0 : Math.round(skewMs / 1000)));
}
