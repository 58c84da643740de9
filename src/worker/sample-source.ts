// Where a query worker finds samples beside the head: the blocks, and what of the head has left memory. The worker's entry gives
// it one (src/cli/query-worker.ts); this folder does not know the store.
import type { Labels, Matcher } from '../model/index.ts';
import type { SampleList } from './sample-list.ts';

export interface StoredSeries {
  readonly labels: Labels;
  /** Appends the samples of the interval, both ends included, in time order, those that are deleted left out. */
  read(minTimeMs: number, maxTimeMs: number, into: SampleList): void;
}

export type Selectors = readonly (readonly Matcher[])[];

export interface SampleSource {
  /** In label order (by name, then value, both by their UTF-8 bytes), no label set twice. A series may have no sample in the interval. */
  select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Iterable<StoredSeries>;
  /** The label sets that one of the selectors accepts (one without matchers accepts all), no set twice, in label order. */
  labelSets(selectors: Selectors, minTimeMs: number, maxTimeMs: number): Iterable<Labels>;
  /** Their label names, in any order; a name may come twice. */
  labelNames(selectors: Selectors, minTimeMs: number, maxTimeMs: number): Iterable<string>;
  /** Their values of that label, in any order; a value may come twice. */
  labelValues(name: string, selectors: Selectors, minTimeMs: number, maxTimeMs: number): Iterable<string>;
}
