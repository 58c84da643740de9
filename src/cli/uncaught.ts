// An error that nobody expected, a trap of the kernel among them, leaves the head in an unknown state: the process must end, and
// a supervisor start it again, rather than answer from it. Whoever catches errors on the main thread passes such ones on (isFatal).
import type { Logger } from '../model/index.ts';

/** From now on what is thrown or rejected and not caught is logged, and ends the process with exit code 1. */
export function endOnUncaught(logger: Logger): void {
  process.on('uncaughtException', (error: unknown) => {
    const err = error instanceof Error ? (error.stack ?? error.message) : String(error);
    logger.error('An unexpected error: this is a bug, and what the head holds cannot be trusted any more', { err });
    process.exit(1);
  });
}
