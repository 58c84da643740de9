// The blocks as a query worker's other source of samples (worker/sample-source.ts).
import type { Matcher } from '../model/index.ts';
import { type BlockReader, selectFromBlocks } from '../tsdb/index.ts';
import type { SampleList, SampleSource, StoredSeries } from '../worker/index.ts';

export class BlockSource implements SampleSource {
  readonly #blocks: () => readonly BlockReader[];

  /** `blocks` is asked at each query; what it gives must stay open until the query is over. */
  constructor(blocks: () => readonly BlockReader[]) {
    this.#blocks = blocks;
  }

  *select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Generator<StoredSeries> {
    for (const series of selectFromBlocks(this.#blocks(), { selectors: [matchers], minTimeMs, maxTimeMs })) {
      const read = (fromMs: number, toMs: number, into: SampleList): void => {
        const { times, words, count } = series.samples();
        for (let i = 0; i < count; i++) if (times[i] >= fromMs && times[i] <= toMs) into.push(times[i], words, i * 2);
      };
      yield { labels: series.labels, read };
    }
  }
}
