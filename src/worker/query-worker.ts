// A query worker: attaches to the head and does jobs, many at a time and none for long without giving way. It is started
// and ended by the pool (worker-pool.ts); src/cli/query-worker.ts is its entry.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { type ChunkFiles, HeadReader, HeadTombstones, SelectionCache } from '../kernel/index.ts';
import type { OpenQuerier } from '../storage/index.ts';
import { runCost } from './cost-job.ts';
import { failureOf } from './failure.ts';
import { runFederate } from './federate-job.ts';
import { Job, type WorkerParts } from './job.ts';
import { runLabelNames, runLabelValues, runSeries } from './list-jobs.ts';
import { MemoryQueue } from './memory-queue.ts';
import type { JobRequest, JobResult, ToWorker, WorkerInit } from './messages.ts';
import { runNewest } from './newest-job.ts';
import { runOwners } from './owners-job.ts';
import { runQuery } from './query-job.ts';
import { runRules } from './rule-job.ts';
import { SlotRing } from './slot-ring.ts';
import { runTsdbStatus } from './status-job.ts';
import { TextWindow } from './text-window.ts';
import { Turns } from './turns.ts';

/** Below the main thread, which must never wait for a worker. */
const NICENESS = 10;
const SLOT_BYTES = 256 * 1024;
const MOST_SLOTS = 32;
/** Selections that are kept up to date, one a selector of a rule; the arena bounds their size. */
const MOST_SELECTIONS = 16_384;

/** /federate goes first: a server above waits for it, and scrapes time out. Then rules: their time is not their own choice. */
const RANKS: Readonly<Partial<Record<JobRequest['type'], number>>> = { federate: 0, rules: 1, newest: 1 };
const LAST_RANK = 2;

/** What runs each kind of job. Further kinds join here and in messages.ts. */
const RUNNERS: { [K in JobRequest['type']]: (job: Job, request: Extract<JobRequest, { type: K }>) => Promise<JobResult> } = {
  federate: runFederate,
  federateCost: runCost,
  owners: runOwners,
  series: runSeries,
  labelNames: runLabelNames,
  labelValues: runLabelValues,
  query: runQuery,
  rules: runRules,
  newest: runNewest,
  tsdbStatus: runTsdbStatus,
};

export class QueryWorker {
  readonly #port: MessagePort;
  readonly #parts: WorkerParts;
  readonly #jobs = new Map<number, Job>();

  /** `openBlocks`: what is stored beside the head; `chunkFiles`: where the head's closed chunks are. */
  constructor(init: WorkerInit, port: MessagePort, openBlocks: OpenQuerier | null = null, chunkFiles: ChunkFiles | null = null) {
    lowerPriority();
    this.#port = port;
    const reader = new HeadReader(init);
    reader.chunkFiles = chunkFiles;
    const { slots, bytes } = ringShape(reader.arena.bytes);
    const ring = new SlotRing(reader.alloc(slots * bytes), slots, bytes);
    this.#parts = {
      reader,
      selections: new SelectionCache(reader, MOST_SELECTIONS),
      ring,
      memory: new MemoryQueue(),
      turns: new Turns(),
      window: new TextWindow(reader.alloc(bytes), bytes - 64),
      openBlocks,
      post: (message, transfer) => port.postMessage(message, transfer ?? []),
    };
    port.on('message', (message: ToWorker) => this.#receive(message));
  }

  #receive(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        void this.#run(message.job, message.request);
        break;
      case 'cancel':
        this.#jobs.get(message.job)?.cancel();
        break;
      case 'free':
        this.#parts.ring.free(message.job, message.slot);
        break;
      case 'headers':
        this.#jobs.get(message.job)?.giveHeaders(message.headers);
        break;
      case 'tombstones':
        this.#parts.reader.tombstones = new HeadTombstones(message.shared);
        break;
      case 'ping':
        this.#port.postMessage({ kind: 'pong', id: message.id });
    }
  }

  async #run(id: number, request: JobRequest): Promise<void> {
    const job = new Job(id, this.#parts, RANKS[request.type] ?? LAST_RANK);
    this.#jobs.set(id, job);
    try {
      const run = RUNNERS[request.type] as (job: Job, request: JobRequest) => Promise<JobResult>;
      const result = await run(job, request);
      // Large arrays are handed over instead of copied.
      const handed = 'pages' in result ? [result.numbers.buffer, result.pages.buffer, result.values.buffer] : [];
      this.#parts.post({ kind: 'done', job: id, result }, handed);
    } catch (error) {
      const { code, message } = failureOf(error);
      this.#parts.post({ kind: 'failed', job: id, code, message });
      // A trap of the kernel leaves its registers in any state: the thread ends, and the pool starts another.
      if (error instanceof WebAssembly.RuntimeError) throw error;
    } finally {
      this.#jobs.delete(id);
    }
  }
}

/** A quarter of the arena at most, in pieces of 256 KiB, or smaller ones where that would be fewer than four. */
function ringShape(arenaBytes: number): { slots: number; bytes: number } {
  let bytes = SLOT_BYTES;
  while (bytes > 16 * 1024 && arenaBytes / 4 < bytes * 8) bytes /= 2;
  return { slots: Math.max(2, Math.min(MOST_SLOTS, Math.floor(arenaBytes / 4 / bytes))), bytes };
}

/** Of this thread alone. Where the system does not tell its id, all threads are equal. */
function lowerPriority(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch (error) {
    if (process.platform === 'linux') process.emitWarning(`cannot lower the priority of a query worker: ${String(error)}`);
  }
}
