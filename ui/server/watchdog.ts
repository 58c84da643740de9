// Whether the server is still there while an answer is long in coming: a dead connection tells nothing by itself.
import { pathOf } from './address.ts';

/** After this time, and then as often, the server is asked whether it is there. */
const LOOK_EVERY_MS = 5_000;
const LOOK_TIMEOUT_MS = 3_000;
/** One look may fail by chance. */
const MOST_FAILURES = 2;

let answeredMs = Date.now();

/** The server has answered, whatever it was. */
export function noteAnswered(): void {
  answeredMs = Date.now();
}

/** By this browser's clock: when the server answered last, or this page began. */
export function lastAnsweredMs(): number {
  return answeredMs;
}

/** Aborted when the server has not answered several looks. `stop` ends the looking. */
export function watchServer(): { readonly gone: AbortSignal; stop(): void } {
  const gone = new AbortController();
  let failures = 0;
  const look = async (): Promise<void> => {
    try {
      // Answered by the server's main thread, whatever its queries are doing.
      await fetch(pathOf('/-/healthy'), { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS), cache: 'no-store' });
      failures = 0;
      noteAnswered();
    } catch {
      failures++;
      if (failures >= MOST_FAILURES) gone.abort();
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { gone: gone.signal, stop: () => clearInterval(timer) };
}
