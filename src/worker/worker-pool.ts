// The query workers, as the main thread sees them: starts them, gives them jobs, passes their bytes on, and replaces one
// that crashed or hangs, whose jobs fail alone. Jobs of the same selection go to the same worker, which has it ready.
import type { HeadTombstones } from '../kernel/index.ts';
import type { Logger } from '../model/index.ts';
import { WorkerError } from './errors.ts';
import type { JobRequest, JobResults } from './messages.ts';
import { type JobHandlers, WorkerThread, type WorkerThreadOptions } from './worker-thread.ts';

export interface WorkerPoolOptions {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** Over the whole memory. */
  readonly buffer: Buffer;
  /** As many as there are arenas. */
  readonly workers: number;
  /** The worker's entry: src/cli/query-worker.ts. */
  readonly entry: URL;
  /** For what a worker reads beside the head. */
  readonly dataFolder?: string;
  /** Lets go of what a reader that is no more held in the head. */
  readonly clearEpoch: (reader: number) => void;
  readonly logger: Logger;
  /** A worker that has jobs and is silent for so long is replaced. Default 30 s. */
  readonly hangMs?: number;
}

export interface JobOptions {
  /** The job is given up, and the promise rejected with code `timeout`, after so long. 0: never. */
  readonly timeoutMs?: number;
  /** The promise is rejected with code `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface PoolStatistics {
  /** Workers that take jobs. */
  readonly running: number;
  readonly jobs: number;
  readonly replacements: number;
}

const HANG_MS = 30_000;
/** What setTimeout takes at most; above that it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How many jobs more than the idlest one a worker may have and still be preferred. */
const PREFERENCE = 2;
const MOST_PREFERENCES = 1024;

export class WorkerPool {
  readonly #threads: WorkerThread[];
  /** Which worker a selection was last given to, the least recent first. */
  readonly #preferred = new Map<string, WorkerThread>();
  readonly #watch: NodeJS.Timeout;
  readonly #running = new Set<Promise<unknown>>();
  #nextJob = 1;
  /** Threads that were begun. */
  #started = 0;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    const hangMs = options.hangMs ?? HANG_MS;
    const threadOptions: WorkerThreadOptions = options;
    this.#threads = Array.from({ length: options.workers }, (_, index) => new WorkerThread(index, threadOptions));
    this.#watch = setInterval(() => {
      for (const thread of this.#threads) thread.watch(hangMs);
    }, hangMs / 4).unref();
  }

  /**
   * Jobs can be run from now on, by one thread; others begin when all that are there have jobs. One takes 12 MB, and some tens of milliseconds
   * to begin.
   */
  start(): void {
    this.#threads[0].spawn();
    this.#started = 1;
  }

  get statistics(): PoolStatistics {
    return {
      running: this.#threads.filter((thread) => thread.alive).length,
      jobs: this.#threads.reduce((sum, thread) => sum + thread.jobs, 0),
      replacements: this.#threads.reduce((sum, thread) => sum + thread.replacements, 0),
    };
  }

  /** Runs a job. @throws WorkerError */
  async run<R extends JobRequest>(request: R, handlers: JobHandlers = {}, options: JobOptions = {}): Promise<JobResults[R['type']]> {
    if (this.#closed) throw new WorkerError('closed', 'the server is stopping');
    options.signal?.throwIfAborted();
    const thread = this.#choose(request);
    if (thread === null) throw new WorkerError('worker_died', 'no query worker is running');
    const job = this.#nextJob++;
    const result = thread.start(job, request, handlers);
    this.#running.add(result);
    const giveUp = (error: WorkerError) => thread.giveUp(job, error);
    const timer =
      options.timeoutMs === undefined || options.timeoutMs === 0
        ? null
        : setTimeout(
            () => giveUp(new WorkerError('timeout', `the answer took longer than ${options.timeoutMs} ms`)),
            Math.min(options.timeoutMs, LONGEST_TIMER_MS),
          );
    const onAbort = () => giveUp(new WorkerError('cancelled', 'the request was given up'));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return (await result) as JobResults[R['type']];
    } finally {
      this.#running.delete(result);
      if (timer !== null) clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves when the jobs that run now have ended, well or not, at the latest after so long (ms). Later ones are not waited for. Returns whether they have. */
  async settled(timeoutMs: number): Promise<boolean> {
    const jobs = Promise.allSettled([...this.#running]).then(() => true);
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), Math.min(timeoutMs, LONGEST_TIMER_MS)).unref();
    return Promise.race([jobs, late]).finally(() => clearTimeout(timer));
  }

  /** What is deleted of the head: jobs that are run from now on leave it out. */
  tombstones({ shared }: HeadTombstones): void {
    for (const thread of this.#threads) thread.tombstones(shared);
  }

  /** Ends all workers; their jobs fail. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** A thread that is not there yet is idler than all that have jobs. Null when there is none. */
  #idlest(alive: readonly WorkerThread[]): WorkerThread | null {
    const idlest = alive.reduce<WorkerThread | null>((best, thread) => (best !== null && best.jobs <= thread.jobs ? best : thread), null);
    const mayGrow = this.#started > 0 && this.#started < this.#threads.length;
    if (!mayGrow || idlest?.jobs === 0) return idlest;
    const fresh = this.#threads[this.#started++];
    fresh.spawn();
    return fresh;
  }

  #choose(request: JobRequest): WorkerThread | null {
    const alive = this.#threads.filter((thread) => thread.alive);
    const idlest = this.#idlest(alive);
    if (idlest === null) return null;
    const key = keyOf(request);
    if (key === null) return idlest;
    const before = this.#preferred.get(key);
    // Rules come in such numbers that they would keep others waiting where one worker idles.
    const preference = request.type === 'rules' ? 0 : PREFERENCE;
    const thread = before?.alive && before.jobs <= idlest.jobs + preference ? before : idlest;
    this.#preferred.delete(key);
    this.#preferred.set(key, thread);
    if (this.#preferred.size > MOST_PREFERENCES) this.#preferred.delete(this.#preferred.keys().next().value!);
    return thread;
  }
}

/** Jobs of the same key look at the same series; null: at none in particular. */
function keyOf(request: JobRequest): string | null {
  switch (request.type) {
    case 'tsdbStatus':
    case 'newest':
      return null;
    case 'query':
      return request.query;
    case 'rules':
      return `rules of ${request.group}`;
    default:
      return JSON.stringify([request.all, request.selectors]);
  }
}
