// The read side's contract: what queries see of the store, be it the head, blocks or both. A querier is one job's. It selects the series of
// all selectors of a query at once, as of one moment, and hands them over a few at a time; samples are read series by series.
import { compareUtf8, type Labels, type Matcher } from '../model/index.ts';
import type { SeriesSamples } from './samples.ts';

export interface SeriesQuery {
  /** All of them must accept a series; without any, every series is selected. */
  readonly matchers: readonly Matcher[];
  /** ms, both ends included. Samples are read within. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

/** One series of a selection: good until its querier is disposed of, to be read as often as wanted. */
export interface StoredSeries {
  /** In order of the names' bytes. @throws StorageError `gone` */
  readonly labels: Labels;
  /** The value of one of them, '' when it has none such. @throws StorageError `gone` */
  label(name: string): string;
  /**
   * Fills `into` with the samples of the interval (ms, both ends included, within the query's), stale markers too, what is deleted left out:
   * in time order, no time twice. @throws StorageError
   */
  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void;
  /**
   * Fills it with the newest of these samples alone; false when there is none. With the lookback for an interval this is what an instant sees of
   * the series, and costs no more than that interval's chunks; nothing is decoded where it is the newest sample of all. @throws StorageError
   */
  readNewest(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): boolean;
}

/**
 * Series in label order (by name, then value, both by their UTF-8 bytes), no label set twice; one may turn out to have no sample in the
 * interval. They come in small batches, between which the event loop has had its turn: a promise a batch, none a series. To be gone through
 * once; leaving the loop early is right. @throws StorageError, and whatever ends the job
 */
export type SeriesSet = AsyncIterable<readonly StoredSeries[]>;

/** Series of which one of the selectors accepts all (one without matchers accepts every series), and that have a sample in the interval. */
export interface LabelsQuery {
  readonly selectors: readonly (readonly Matcher[])[];
  /** ms, both ends included. Blocks go by their chunks, and for names and values by their own time. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface LabelTexts {
  /** Each once, by their UTF-8 bytes. */
  readonly texts: readonly string[];
  /** There are more than the limit. */
  readonly truncated: boolean;
}

/** What a list of texts becomes. @param limit 0: none */
export function labelTexts(all: Iterable<string>, limit: number): LabelTexts {
  const texts = [...new Set(all)].sort(compareUtf8);
  const truncated = limit > 0 && texts.length > limit;
  return { texts: truncated ? texts.slice(0, limit) : texts, truncated };
}

export interface Querier {
  /** A set for each of the queries, all as of one moment: a batch of samples is in all of them or in none. @throws StorageError */
  select(queries: readonly SeriesQuery[]): Promise<readonly SeriesSet[]>;
  /** In label order, no set twice, in batches as a SeriesSet's. @throws StorageError */
  labelSets(query: LabelsQuery): AsyncIterable<readonly Labels[]>;
  /** At most `limit` of them (0: all). @throws StorageError */
  labelNames(query: LabelsQuery, limit: number): Promise<LabelTexts>;
  labelValues(name: string, query: LabelsQuery, limit: number): Promise<LabelTexts>;
  /** Runs `work`, synchronous and short, in which many series are read at less cost than one by one. */
  together<T>(work: () => T): T;
  /** Lets go of all that its sets hold. They and their series are not to be used any more. */
  dispose(): void;
}

/** `pause` is awaited between pieces of work of a few ms: it lets others have their turn, and throws to end the job. */
export type OpenQuerier = (pause: () => Promise<void>) => Querier;
