// How the main thread's longer pieces of work let others have their turn.
import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 3;

/** A promise where work has gone on for some ms: it is to be awaited. */
export type GiveWay = () => Promise<void> | null;

export function givesWay(): GiveWay {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < SLICE_MS) return null;
    return nextTurn().then(() => {
      sinceMs = performance.now();
    });
  };
}
