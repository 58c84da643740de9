// The time, for texts such as `12 s ago`: one clock for the whole page, the server's, which stands while nobody looks.
import { useSyncExternalStore } from 'react';
import { serverNow } from '../server/clock.ts';

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let nowMs = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  nowMs = serverNow();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    nowMs = serverNow();
    timer = setInterval(tick, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** The time in ms, rounded down to `everyMs`: the component is drawn again when it changes. */
export function useNow(everyMs = TICK_MS): number {
  return useSyncExternalStore(subscribe, () => Math.floor(nowMs / everyMs) * everyMs);
}
