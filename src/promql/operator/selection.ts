// Which stored series a query reads. All selectors are registered while the plan is made, opened together, as of one moment, and equal ones
// are selected once.
import type { Matcher } from '../../model/index.ts';
import type { Querier, SeriesSet, StoredSeries } from '../../storage/index.ts';

export class Selection {
  readonly matchers: readonly Matcher[];
  minTimeMs: number;
  maxTimeMs: number;
  #set: SeriesSet | null = null;
  #series: Promise<readonly StoredSeries[]> | null = null;

  constructor(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number) {
    this.matchers = matchers;
    this.minTimeMs = minTimeMs;
    this.maxTimeMs = maxTimeMs;
  }

  open(set: SeriesSet): void {
    this.#set = set;
  }

  /** All of them, in label order. @throws StorageError */
  series(): Promise<readonly StoredSeries[]> {
    if (this.#set === null) throw new Error('BUG: a selection is read before it was opened');
    this.#series ??= gather(this.#set);
    return this.#series;
  }
}

async function gather(set: SeriesSet): Promise<readonly StoredSeries[]> {
  const all: StoredSeries[] = [];
  for await (const batch of set) for (const series of batch) all.push(series);
  return all;
}

export class Selections {
  readonly #byKey = new Map<string, Selection>();

  /** ms, both ends included. */
  add(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Selection {
    const key = matchers.map(({ name, op, value }) => `${name}\0${op}\0${value}`).join('\u0001');
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const selection = new Selection(matchers, minTimeMs, maxTimeMs);
      this.#byKey.set(key, selection);
      return selection;
    }
    known.minTimeMs = Math.min(known.minTimeMs, minTimeMs);
    known.maxTimeMs = Math.max(known.maxTimeMs, maxTimeMs);
    return known;
  }

  async open(querier: Querier): Promise<void> {
    const selections = [...this.#byKey.values()];
    if (selections.length === 0) return;
    const sets = await querier.select(selections);
    for (const [i, selection] of selections.entries()) selection.open(sets[i]);
  }
}
