// The end of the server, step by step. One that takes too long is told of and left behind: whoever ends a server waits for it, and what it has
// written is safe by then. It goes with the process.
import type { Clock, Logger } from '../model/index.ts';

/** Longer than any step takes by its own limits. */
const STEP_MS = 15_000;

export class LastSteps {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #logger: Logger;
  /** One was left behind, and may hold the process. */
  isLate = false;

  constructor(clock: Pick<Clock, 'after'>, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @param what for the log @throws as the work does in its time */
  async take(what: string, work: Promise<unknown>): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<true>();
    const cancel = this.#clock.after(STEP_MS, () => resolve(true));
    try {
      if ((await Promise.race([work.then(() => false), over])) === false) return;
    } finally {
      cancel();
    }
    this.isLate = true;
    this.#logger.error('Ending takes too long, going on without', { what });
  }
}
