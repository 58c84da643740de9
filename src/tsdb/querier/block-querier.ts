// The blocks of a data folder as the read contract has them. Each selection looks for the blocks anew, and keeps them open until the querier
// is disposed of: what is compacted or deleted meanwhile stays readable.
import type { Labels } from '../../model/index.ts';
import { type LabelsQuery, type LabelTexts, labelTexts, type Querier, type SeriesQuery, type SeriesSet } from '../../storage/index.ts';
import type { BlockReader } from '../block/index.ts';
import type { BlockFolder } from '../block-folder.ts';
import { type BlocksQuery, type BlocksSeries, selectFromBlocks } from './blocks-series.ts';
import { storageErrorOf } from './errors.ts';

/** Their index entries are read and their labels compared: about 3 ms. */
const SERIES_A_BATCH = 256;

export class BlockQuerier implements Querier {
  readonly #folder: BlockFolder;
  readonly #pause: () => Promise<void>;
  readonly #releases: (() => void)[] = [];

  constructor(folder: BlockFolder, pause: () => Promise<void>) {
    this.#folder = folder;
    this.#pause = pause;
  }

  async select(queries: readonly SeriesQuery[]): Promise<readonly SeriesSet[]> {
    const blocks = this.#use();
    return queries.map(({ matchers, minTimeMs, maxTimeMs }) => this.#batches(blocks, { selectors: [matchers], minTimeMs, maxTimeMs }));
  }

  async *labelSets(query: LabelsQuery): AsyncGenerator<readonly Labels[]> {
    for await (const batch of this.#batches(this.#use(), query)) yield batch.map(({ labels }) => labels);
  }

  async labelNames(query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return this.#texts(query, limit, (block) => query.selectors.flatMap((matchers) => block.labelNames(matchers)));
  }

  async labelValues(name: string, query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return this.#texts(query, limit, (block) => query.selectors.flatMap((matchers) => block.labelValues(name, matchers)));
  }

  together<T>(work: () => T): T {
    return work();
  }

  dispose(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  #use(): readonly BlockReader[] {
    try {
      const { blocks, release } = this.#folder.use();
      this.#releases.push(release);
      return blocks;
    } catch (error) {
      throw storageErrorOf(error);
    }
  }

  async *#batches(blocks: readonly BlockReader[], query: BlocksQuery): AsyncGenerator<readonly BlocksSeries[]> {
    let batch: BlocksSeries[] = [];
    try {
      for (const series of selectFromBlocks(blocks, query)) {
        batch.push(series);
        if (batch.length < SERIES_A_BATCH) continue;
        yield batch;
        batch = [];
        await this.#pause();
      }
      if (batch.length > 0) yield batch;
    } catch (error) {
      throw storageErrorOf(error);
    }
  }

  async #texts(query: LabelsQuery, limit: number, ask: (block: BlockReader) => readonly string[]): Promise<LabelTexts> {
    const lists: (readonly string[])[] = [];
    try {
      for (const block of this.#use()) {
        if (block.meta.minTime > query.maxTimeMs || block.meta.maxTime <= query.minTimeMs) continue;
        lists.push(ask(block));
        await this.#pause();
      }
    } catch (error) {
      throw storageErrorOf(error);
    }
    return labelTexts(lists.flat(), limit);
  }
}
