// The head as the read contract has it. Selections are kept by the worker and brought up to date (kernel/selection-cache), their series
// pinned together; lists of labels are of what is visible. Waits where the arena is full of other jobs' copies.
import { KernelError, type VisibleSeries } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import {
  type LabelsQuery,
  type LabelTexts,
  labelTexts,
  type Querier,
  type SeriesQuery,
  type SeriesSet,
  StorageError,
  type StoredSeries,
} from '../storage/index.ts';
import { HeadSamples } from './head-samples.ts';
import { type HeadSelection, pinSelections } from './head-selection.ts';
import { headQuery, type Job } from './job.ts';

/** Series that are handed over at once, and that are looked at for them: at most some tenths of a millisecond. */
const SERIES_A_BATCH = 256;
const SERIES_LOOKED_AT = 4096;

export class HeadQuerier implements Querier {
  readonly #job: Job;
  readonly #samples: HeadSamples;
  readonly #selections: HeadSelection[] = [];
  readonly #labelsAtOnce: boolean;

  /** `labelsAtOnce`: labels are read with the series, which costs more, and none can be gone later on. */
  constructor(job: Job, labelsAtOnce = false) {
    this.#job = job;
    this.#labelsAtOnce = labelsAtOnce;
    this.#samples = new HeadSamples(job.parts.reader);
  }

  async select(queries: readonly SeriesQuery[]): Promise<readonly SeriesSet[]> {
    const { reader, memory } = this.#job.parts;
    const selectors = queries.map(({ matchers }) => ({ ...headQuery([matchers]), ranked: true }));
    const selections = await asStorage(() =>
      this.#job.selectSeries(selectors, (found) => pinSelections(reader, found, queries, this.#samples)),
    );
    this.#selections.push(...selections);
    memory.hold(this.#job.id);
    return selections.map((selection) => this.#batches(selection));
  }

  async *labelSets(query: LabelsQuery): AsyncGenerator<readonly Labels[]> {
    const { reader } = this.#job.parts;
    const refs = await this.#visible(query, (visible) => visible.sortedRefs());
    for (let from = 0; from < refs.length; from += SERIES_A_BATCH) {
      const end = Math.min(from + SERIES_A_BATCH, refs.length);
      yield reader.inEpoch(() => {
        const sets: Labels[] = [];
        for (let i = from; i < end; i++) {
          const slot = reader.kernel.refToSlot(refs[i]) >>> 0;
          if (slot !== 0) sets.push(reader.labels(slot));
        }
        return sets;
      });
      await this.#job.pause();
    }
  }

  async labelNames(query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return labelTexts(await this.#visible(query, (visible) => visible.labelNames()), limit);
  }

  async labelValues(name: string, query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return labelTexts(await this.#visible(query, (visible) => visible.labelValues(name)), limit);
  }

  together<T>(work: () => T): T {
    return this.#job.parts.reader.inEpoch(work);
  }

  dispose(): void {
    this.#samples.dispose();
    for (const selection of this.#selections.splice(0)) selection.dispose();
    this.#job.parts.memory.leave(this.#job.id);
  }

  async *#batches(selection: HeadSelection): AsyncGenerator<readonly StoredSeries[]> {
    for (let place = 0; place < selection.count; ) {
      const batch: StoredSeries[] = [];
      this.#job.parts.reader.inEpoch(() => {
        const end = Math.min(place + SERIES_LOOKED_AT, selection.count);
        while (place < end && batch.length < SERIES_A_BATCH) {
          const series = selection.series(place++, this.#labelsAtOnce);
          if (series !== null) batch.push(series);
        }
      });
      if (batch.length > 0) yield batch;
      await this.#job.pause();
    }
  }

  /** What `look` takes of the visible series, which are let go of then. A series counts when its newest sample in the head, a stale marker too, lies there. */
  #visible<T extends object>(
    { selectors, minTimeMs: minT, maxTimeMs: maxT }: LabelsQuery,
    look: (visible: VisibleSeries) => T,
  ): Promise<T> {
    const query = { ...headQuery(selectors), minT, maxT, withStale: true };
    return asStorage(() =>
      this.#job.select(query, (visible) => {
        try {
          return look(visible);
        } finally {
          visible.dispose();
        }
      }),
    );
  }
}

async function asStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KernelError && error.code === 'out_of_memory')
      throw new StorageError('out_of_memory', error.message, { cause: error });
    throw error;
  }
}
