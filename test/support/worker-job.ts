// A query worker's job on a test head, without the worker.
import { SelectionCache } from '../../src/kernel/index.ts';
import type { OpenQuerier } from '../../src/storage/index.ts';
import { Job, type WorkerParts } from '../../src/worker/job.ts';
import { MemoryQueue } from '../../src/worker/memory-queue.ts';
import { Turns } from '../../src/worker/turns.ts';
import type { TestHead } from './head.ts';

export function jobOn({ reader }: TestHead, openBlocks: OpenQuerier | null = null, parts: Partial<WorkerParts> = {}): Job {
  return new Job(1, {
    reader,
    openBlocks,
    selections: new SelectionCache(reader, 8),
    memory: new MemoryQueue(),
    ring: { join: () => undefined, leave: () => undefined } as never,
    turns: new Turns(),
    window: null as never,
    post: () => undefined,
    ...parts,
  });
}
