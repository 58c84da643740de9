// Jobs that hold copied samples in the arena, and jobs that wait for one of those to end because there is no room for
// theirs: a full arena delays an answer, and only one that does not fit by itself is refused.
import { KernelError } from '../kernel/index.ts';
import { WorkerError } from './errors.ts';

interface Waiter {
  readonly job: number;
  readonly resolve: () => void;
  readonly reject: (error: WorkerError) => void;
}

export class MemoryQueue {
  readonly #holders = new Set<number>();
  readonly #waiters: Waiter[] = [];

  hold(job: number): void {
    this.#holders.add(job);
  }

  /** The job holds nothing more, and waits no more; of one that did neither nothing happens. */
  leave(job: number): void {
    const index = this.#waiters.findIndex((waiter) => waiter.job === job);
    if (index >= 0) this.#waiters.splice(index, 1)[0].reject(new WorkerError('cancelled', 'the request was given up'));
    if (!this.#holders.delete(job)) return;
    // All try again, in their order: those that still find no room wait for the next one.
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  /**
   * Does what takes memory, as often as it takes until there is room. A job that holds some already does not wait: two of that kind would
   * wait for each other. @throws KernelError `out_of_memory` when no job is left to wait for
   */
  async withRoom<T>(job: number, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isFull = error instanceof KernelError && error.code === 'out_of_memory';
        if (!isFull || this.#holders.size === 0 || this.#holders.has(job)) throw error;
      }
      await new Promise<void>((resolve, reject) => this.#waiters.push({ job, resolve, reject }));
    }
  }
}
