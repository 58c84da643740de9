// Time as whatever repeats itself sees it: intervals and waits run on the monotonic clock, timestamps come from the wall clock, which may jump.
// Tests bring a clock of their own.

export interface Clock {
  /** The wall clock, whole milliseconds since the epoch. */
  wallMs(): number;
  /** The monotonic clock in milliseconds; only differences mean something. */
  monotonicMs(): number;
  /** Calls back once after `delayMs` (0 or more). @returns what cancels it; harmless after the call */
  after(delayMs: number, callback: () => void): () => void;
}

/** What setTimeout takes at most; above that it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clocks. A timer keeps the process alive: a server without targets is held up by its listening socket. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : callback()), stepMs);
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};
