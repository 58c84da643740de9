// What a query worker reads of the store's files: its blocks, and the head's closed chunks.
import { type ChunkFiles, createCodec } from '../kernel/index.ts';
import { BlockFolder, type BlockReader, HeadChunkFiles, selectFromBlocks } from '../tsdb/index.ts';
import type { SampleSource } from '../worker/index.ts';

export function headChunkFiles(dataFolder: string, module: WebAssembly.Module): ChunkFiles {
  return new HeadChunkFiles(dataFolder, createCodec(module));
}

/** The samples in blocks. They are looked for anew at each query, after the head was pinned. */
export function blockSamples(dataFolder: string, module: WebAssembly.Module): SampleSource {
  const folder = new BlockFolder(dataFolder, createCodec(module));
  const inWindow = <T>(minTimeMs: number, maxTimeMs: number, ask: (block: BlockReader) => Iterable<T>): T[] => {
    const { blocks, release } = folder.use();
    try {
      return blocks.filter(({ meta }) => meta.minTime <= maxTimeMs && meta.maxTime > minTimeMs).flatMap((block) => [...ask(block)]);
    } finally {
      release();
    }
  };
  return {
    labelNames: (selectors, min, max) => inWindow(min, max, (block) => selectors.flatMap((matchers) => block.labelNames(matchers))),
    labelValues: (name, selectors, min, max) =>
      inWindow(min, max, (block) => selectors.flatMap((matchers) => block.labelValues(name, matchers))),
    *labelSets(selectors, minTimeMs, maxTimeMs) {
      const { blocks, release } = folder.use();
      try {
        for (const { labels } of selectFromBlocks(blocks, { selectors, minTimeMs, maxTimeMs })) yield labels;
      } finally {
        release();
      }
    },
    *select(matchers, minTimeMs, maxTimeMs) {
      const query = { selectors: [matchers], minTimeMs, maxTimeMs };
      const { blocks, release } = folder.use();
      try {
        for (const series of selectFromBlocks(blocks, query)) {
          yield {
            labels: series.labels,
            read(_min, _max, into) {
              const { count, times, words } = series.samples();
              for (let i = 0; i < count; i++) into.push(times[i], words, i * 2);
            },
          };
        }
      } finally {
        release();
      }
    },
  };
}
