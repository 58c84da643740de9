// One query worker's place: its arena, its epoch slot, and the thread that holds them now. When the thread crashes or
// hangs its jobs fail, its epoch is cleared, and another thread takes the place.
import { Worker } from 'node:worker_threads';
import type { Logger } from '../model/index.ts';
import { WorkerError } from './errors.ts';
import type { FromWorker, JobRequest, JobResult, ToWorker, WorkerInit } from './messages.ts';

export interface JobHandlers {
  /** All limits are kept: the answer begins, with so many series. */
  begin?(series: number): void;
  /** The next bytes of the answer, in shared memory: `release` must be called once they were sent or will not be. */
  piece?(bytes: Buffer, release: () => void): void;
  /** Headers of families, whole lines, in the order of the names. */
  headers?(names: readonly string[]): readonly string[];
}

export interface WorkerThreadOptions {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly buffer: Buffer;
  readonly entry: URL;
  readonly dataFolder?: string;
  readonly clearEpoch: (reader: number) => void;
  readonly logger: Logger;
}

interface RunningJob {
  readonly handlers: JobHandlers;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: WorkerError) => void;
}

/** A thread that ended sooner than this after its start is replaced after a rest. */
const SHORT_LIFE_MS = 1_000;
const REST_MS = 1_000;
/** Half of what V8 has by itself, twice 8 MB and as much again where they are full; the launcher gives the main thread much less. */
const YOUNG_GENERATION_MB = 24;

export class WorkerThread {
  readonly #index: number;
  readonly #options: WorkerThreadOptions;
  readonly #jobs = new Map<number, RunningJob>();
  #worker: Worker | null = null;
  #startedAt = 0;
  #heardAt = 0;
  #closed = false;
  #rest: NodeJS.Timeout | null = null;
  replacements = 0;
  #tombstones: SharedArrayBuffer | null = null;

  constructor(index: number, options: WorkerThreadOptions) {
    this.#index = index;
    this.#options = options;
  }

  get alive(): boolean {
    return this.#worker !== null;
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  start(job: number, request: JobRequest, handlers: JobHandlers): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      if (this.#jobs.size === 0) this.#heardAt = performance.now();
      this.#jobs.set(job, { handlers, resolve, reject });
      this.#post({ kind: 'start', job, request });
    });
  }

  /** Jobs that are started from now on leave out what is deleted of the head. */
  tombstones(shared: SharedArrayBuffer): void {
    this.#tombstones = shared;
    this.#post({ kind: 'tombstones', shared });
  }

  /** Fails the job for this reason, if it still runs. */
  giveUp(job: number, error: WorkerError): void {
    const running = this.#jobs.get(job);
    if (running === undefined) return;
    this.#jobs.delete(job);
    this.#post({ kind: 'cancel', job });
    running.reject(error);
  }

  /** Replaces the thread when it has jobs and was silent for `hangMs`. */
  watch(hangMs: number): void {
    const worker = this.#worker;
    if (worker === null || this.#jobs.size === 0) return;
    if (performance.now() - this.#heardAt < hangMs) {
      this.#post({ kind: 'ping', id: 0 });
      return;
    }
    this.#options.logger.error('A query worker hangs and is replaced', { worker: this.#index, jobs: this.#jobs.size });
    this.#lose(worker, new WorkerError('worker_died', 'the query worker hung and was ended'));
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#rest !== null) clearTimeout(this.#rest);
    const worker = this.#worker;
    if (worker === null) return;
    this.#worker = null;
    this.#failAll(new WorkerError('closed', 'the server is stopping'));
    await worker.terminate();
    this.#options.clearEpoch(this.#index);
  }

  /** Starts the thread, once by the pool, and again by itself when it was lost. */
  spawn(): void {
    const { memory, module, entry, dataFolder, logger } = this.#options;
    const workerData: WorkerInit = { memory, module, index: this.#index, dataFolder };
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    const worker = new Worker(entry, { workerData, resourceLimits, name: `query-${this.#index}` });
    this.#worker = worker;
    this.#startedAt = this.#heardAt = performance.now();
    worker.unref();
    if (this.#tombstones !== null) this.#post({ kind: 'tombstones', shared: this.#tombstones });
    worker.on('message', (message: FromWorker) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on('error', (error) => {
      if (worker !== this.#worker) return;
      logger.error('A query worker crashed and is replaced', { worker: this.#index, err: String(error?.stack ?? error) });
      this.#lose(worker, new WorkerError('worker_died', 'the query worker crashed', { cause: error }));
    });
    worker.on('exit', (code) => {
      if (worker !== this.#worker) return;
      logger.error('A query worker ended and is replaced', { worker: this.#index, code });
      this.#lose(worker, new WorkerError('worker_died', `the query worker ended with code ${code}`));
    });
  }

  /** The thread is no more of use: its jobs fail, and when it is really gone another takes its place. */
  #lose(worker: Worker, error: WorkerError): void {
    this.#worker = null;
    this.replacements++;
    this.#failAll(error);
    const lived = performance.now() - this.#startedAt;
    void worker.terminate().then(() => {
      this.#options.clearEpoch(this.#index);
      if (this.#closed) return;
      // Sockets of the failed jobs are being destroyed; nothing of the old thread's pieces is sent any more by then.
      this.#rest = setTimeout(() => this.spawn(), lived < SHORT_LIFE_MS ? REST_MS : 0);
    });
  }

  #failAll(error: WorkerError): void {
    const running = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const job of running) job.reject(error);
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromWorker): void {
    this.#heardAt = performance.now();
    if (message.kind === 'pong') return;
    const running = this.#jobs.get(message.job);
    switch (message.kind) {
      case 'begin':
        running?.handlers.begin?.(message.series);
        break;
      case 'piece':
        this.#passOn(message, running);
        break;
      case 'wanted':
        if (running !== undefined)
          this.#post({ kind: 'headers', job: message.job, headers: running.handlers.headers?.(message.names) ?? [] });
        break;
      case 'done':
        this.#jobs.delete(message.job);
        running?.resolve(message.result);
        break;
      case 'failed':
        this.#jobs.delete(message.job);
        if (message.code === 'failed')
          this.#options.logger.error('A job of a query worker failed', { worker: this.#index, err: message.message });
        running?.reject(new WorkerError(message.code, message.message));
    }
  }

  #passOn({ job, slot, address, length }: Extract<FromWorker, { kind: 'piece' }>, running: RunningJob | undefined): void {
    const worker = this.#worker;
    let released = false;
    const release = () => {
      // A later thread has pieces of its own.
      if (!released && worker === this.#worker) this.#post({ kind: 'free', job, slot });
      released = true;
    };
    if (running?.handlers.piece === undefined) release();
    else running.handlers.piece(this.#options.buffer.subarray(address, address + length), release);
  }
}
