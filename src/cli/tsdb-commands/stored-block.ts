// A block as the commands see it.
import type { Matcher } from '../../model/index.ts';
import type { BlockSeries } from '../../tsdb/index.ts';

export interface StoredBlock {
  readonly meta: {
    readonly ulid: string;
    /** ms; the first included, the second not. */
    readonly minTime: number;
    readonly maxTime: number;
    readonly stats: { readonly numSamples: number; readonly numSeries: number; readonly numChunks: number };
  };
  /** Of all its files. */
  readonly sizeBytes: number;
  /** In label order, each with its chunks, what is deleted still in them. */
  allSeries(): Iterable<BlockSeries>;
  /** Those that the matchers select, with the samples that are not deleted, in label order. */
  select(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Iterable<SampledSeries>;
  close(): void;
}

export interface SampledSeries {
  readonly labels: BlockSeries['labels'];
  /** In time order; as many values as times. */
  samples(): { readonly times: Float64Array; readonly values: Float64Array };
}
