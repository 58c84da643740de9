// The entry of a query worker's thread.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
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

if (parentPort === null) throw new Error('BUG: a query worker is started as a thread, by the pool');
const init = workerData as WorkerInit;
new QueryWorker(init, parentPort, init.dataFolder === undefined ? null : lazyBlocks(init.dataFolder, init.module));
