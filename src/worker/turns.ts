// Whose turn it is in a worker: jobs that gave way go on one after the other, each in a turn of the event loop of its own, so that messages are
// heard in between. Those of a lower rank go first, but no rank waits for ever: after some turns of others it has one.

/** Turns of lower ranks that a rank waits for. */
const MOST_PASSED = 4;

interface Rank {
  readonly waiting: (() => void)[];
  /** Turns that others have had since it began to wait, or had one. */
  passed: number;
}

export class Turns {
  readonly #ranks: Rank[] = [];
  #isScheduled = false;

  /** Resolves when it is the caller's turn. @param rank 0 goes first; a small number */
  wait(rank: number): Promise<void> {
    return new Promise((resolve) => {
      while (this.#ranks.length <= rank) this.#ranks.push({ waiting: [], passed: 0 });
      this.#ranks[rank].waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#next()?.();
      if (this.#ranks.some(({ waiting }) => waiting.length > 0)) this.#schedule();
    });
  }

  #next(): (() => void) | undefined {
    const waiting = this.#ranks.filter((rank) => rank.waiting.length > 0);
    const chosen = waiting.find(({ passed }) => passed >= MOST_PASSED) ?? waiting.at(0);
    for (const rank of waiting) if (rank !== chosen) rank.passed++;
    if (chosen !== undefined) chosen.passed = 0;
    return chosen?.waiting.shift();
  }
}
