// Jobs in the thread that also writes the head, for commands that fill a head of their own and then ask it: one job after the other, each
// over before more is written. A server has query workers for this.
import { type HeadMemoryShare, HeadReader, SelectionCache } from '../kernel/index.ts';
import type { EngineOptions, QueryAnswer } from '../promql/index.ts';
import { Job, type WorkerParts } from './job.ts';
import { openQuerier } from './job-querier.ts';
import { MemoryQueue } from './memory-queue.ts';
import { runRules } from './rule-job.ts';
import type { RulesRequest, RulesResult } from './rule-messages.ts';
import { SlotRing } from './slot-ring.ts';
import { evaluateStored } from './stored-evaluation.ts';
import { TextWindow } from './text-window.ts';
import { Turns } from './turns.ts';

const MOST_SELECTIONS = 256;
/** Of the places for answers to clients, which nobody asks for here. */
const TEXT_BYTES = 4096;

export class LocalWorker {
  readonly #parts: WorkerParts;
  #jobs = 0;

  /** @throws KernelError */
  constructor({ memory, module }: HeadMemoryShare) {
    const reader = new HeadReader({ memory, module, index: 0 });
    this.#parts = {
      reader,
      openBlocks: null,
      selections: new SelectionCache(reader, MOST_SELECTIONS),
      memory: new MemoryQueue(),
      ring: new SlotRing(reader.alloc(TEXT_BYTES), 1, TEXT_BYTES),
      turns: new Turns(),
      window: new TextWindow(reader.alloc(TEXT_BYTES), TEXT_BYTES - 64),
      post: () => undefined,
    };
  }

  rules(request: RulesRequest): Promise<RulesResult> {
    return runRules(this.#job(), request);
  }

  /** An instant query; `take` as evaluateStored's. @throws PromqlParseError, EvaluationError, StorageError */
  query<T>(query: string, timeMs: number, options: EngineOptions, take: (answer: QueryAnswer) => T): Promise<T> {
    const job = this.#job();
    const data = { open: (labelsAtOnce: boolean) => openQuerier(job, labelsAtOnce), breathe: () => null };
    return evaluateStored(query, { startMs: timeMs, endMs: timeMs, stepMs: 0 }, data, options, take);
  }

  #job(): Job {
    return new Job(++this.#jobs, this.#parts);
  }
}
