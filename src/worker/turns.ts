// Whose turn it is in a worker: jobs that gave way go on one after the other, each in a turn of the event loop of its own, so that messages are
// heard in between. Those of a lower rank go first.

export class Turns {
  readonly #waiting: (() => void)[][] = [];
  #isScheduled = false;

  /** Resolves when it is the caller's turn. @param rank 0 goes first; a small number */
  wait(rank: number): Promise<void> {
    return new Promise((resolve) => {
      while (this.#waiting.length <= rank) this.#waiting.push([]);
      this.#waiting[rank].push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const next = this.#waiting.find((waiters) => waiters.length > 0)?.shift();
      next?.();
      if (this.#waiting.some((waiters) => waiters.length > 0)) this.#schedule();
    });
  }
}
