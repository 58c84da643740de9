// The entry of a query worker's thread.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ChunkFiles } from '../kernel/index.ts';
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

/** Where the head's closed chunks are. */
function lazyChunkFiles(dataFolder: string, module: WebAssembly.Module): ChunkFiles {
  let files: ChunkFiles | null = null;
  return {
    read(place, seriesRef) {
      if (files === null) {
        const { headChunkFiles } = createRequire(import.meta.url)('./stored-blocks.ts') as typeof import('./stored-blocks.ts');
        files = headChunkFiles(dataFolder, module);
      }
      return files.read(place, seriesRef);
    },
  };
}

if (parentPort === null) throw new Error('BUG: a query worker is started as a thread, by the pool');
const init = workerData as WorkerInit;
if (init.dataFolder === undefined) new QueryWorker(init, parentPort);
else new QueryWorker(init, parentPort, lazyBlocks(init.dataFolder, init.module), lazyChunkFiles(init.dataFolder, init.module));
