// How many parts of waves are evaluated at once: each group has a lane of its own, and some more are there for all groups together
// (--rules.max-concurrent-evals).

export class Lanes {
  #free: number;

  /** @param shared lanes beside the groups' own */
  constructor(shared: number) {
    this.#free = shared;
  }

  /** Does all the work, one after the other in each lane that is to be had. @throws what `work` throws */
  async run<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const shared = Math.min(this.#free, items.length - 1);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < items.length) await work(items[next++]);
    };
    this.#free -= shared;
    try {
      await Promise.all(Array.from({ length: shared + 1 }, lane));
    } finally {
      this.#free += shared;
    }
  }
}
