// How many queries run at once (--query.max-concurrency): others wait for their turn, in their order.

interface Waiter {
  readonly go: () => void;
}

export class QueryQueue {
  readonly #most: number;
  readonly #waiters: Waiter[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** Resolves when it is the caller's turn; false when the signal or the time came first. Whoever got it must leave(). */
  async enter(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#running < this.#most) {
      this.#running++;
      return true;
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        go: () => {
          end();
          this.#running++;
          resolve(true);
        },
      };
      const giveUp = (): void => {
        end();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        resolve(false);
      };
      const timer = setTimeout(giveUp, timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.push(waiter);
    });
  }

  leave(): void {
    this.#running--;
    this.#waiters.shift()?.go();
  }
}
