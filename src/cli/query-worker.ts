// The entry of a query worker's thread.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ChunkFiles } from '../kernel/index.ts';
import { QueryWorker, type SampleSource, type WorkerInit } from '../worker/index.ts';

/** The store's modules take some MB in each thread: a worker that only answers /federate never loads them. */
function lazyBlocks(dataFolder: string, module: WebAssembly.Module): SampleSource {
  let loaded: SampleSource | null = null;
  const source = (): SampleSource => {
    if (loaded === null) {
      const { blockSamples } = createRequire(import.meta.url)('./block-samples.ts') as typeof import('./block-samples.ts');
      loaded = blockSamples(dataFolder, module);
    }
    return loaded;
  };
  return {
    select: (...query) => source().select(...query),
    labelSets: (...query) => source().labelSets(...query),
    labelNames: (...query) => source().labelNames(...query),
    labelValues: (...query) => source().labelValues(...query),
  };
}

/** Where the head's closed chunks are. */
function lazyChunkFiles(dataFolder: string, module: WebAssembly.Module): ChunkFiles {
  let files: ChunkFiles | null = null;
  return {
    read(place, seriesRef) {
      if (files === null) {
        const { headChunkFiles } = createRequire(import.meta.url)('./block-samples.ts') as typeof import('./block-samples.ts');
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
