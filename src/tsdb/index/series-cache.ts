// The series that were read last from the indexes of all blocks, as they stand there: what a dashboard asks for again and again is
// not decoded again. In two generations, so that a hit costs no more than a look.
import type { IndexedSeries } from './index-format.ts';

/** Of each generation. A series takes about 700 bytes: 6 to 12 MB. */
const MOST_SERIES = 8192;
/** Keys of different indexes do not meet: more series than an index has. */
const SERIES_AN_INDEX = 2 ** 32;

export class SeriesCache {
  readonly #most: number;
  #young = new Map<number, IndexedSeries>();
  #old = new Map<number, IndexedSeries>();
  #lastIndex = 0;

  constructor(most = MOST_SERIES) {
    this.#most = most;
  }

  /** A number for an index. What is kept of one that is closed goes when others come. */
  newIndex(): number {
    return ++this.#lastIndex;
  }

  get(index: number, ref: number): IndexedSeries | undefined {
    const key = index * SERIES_AN_INDEX + ref;
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#keep(key, old);
    return old;
  }

  set(index: number, ref: number, series: IndexedSeries): void {
    this.#keep(index * SERIES_AN_INDEX + ref, series);
  }

  #keep(key: number, series: IndexedSeries): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, series);
  }
}
