// The entry of a query worker's thread.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { OpenQuerier } from '../storage/index.ts';
import { QueryWorker, type WorkerInit } from '../worker/index.ts';

/** The store's modules take some MB in each thread: a worker that only answers /federate never loads them. */
function lazyBlocks(dataFolder: string, module: WebAssembly.Module): OpenQuerier {
  let open: OpenQuerier | null = null;
  return (pause) => {
    if (open === null) {
      const { openBlocks } = createRequire(import.meta.url)('./stored-blocks.ts') as typeof import('./stored-blocks.ts');
      open = openBlocks(dataFolder, module);
    }
    return open(pause);
  };
}

if (parentPort === null) throw new Error('BUG: a query worker is started as a thread, by the pool');
const init = workerData as WorkerInit;
new QueryWorker(init, parentPort, init.dataFolder === undefined ? null : lazyBlocks(init.dataFolder, init.module));
