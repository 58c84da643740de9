// The head's series of a selector, pinned: copies of what the horizon shows of each, in label order. All selections of a query are pinned
// in one pass as of one horizon; after that they hold nothing of the head. Labels are read when they are asked for, from the head.
import type { HeadReader, HeadTombstones, Selection } from '../kernel/index.ts';
import { type Labels, labelValue, type TimeInterval } from '../model/index.ts';
import { type SeriesQuery, type SeriesSamples, StorageError, type StoredSeries } from '../storage/index.ts';
import { type HeadSamples, timeAt } from './head-samples.ts';

const PIN_BYTES = 24;

/** What the arena holds of one, in label order: freed by its disposal. */
interface Pinned {
  /** {i64 t, value's bits, u32 ordinal, u32 chunk}; ordinal 0 for a series without a sample. */
  readonly pins: number;
  readonly refs: number;
  readonly count: number;
}

const NOTHING: Pinned = { pins: 0, refs: 0, count: 0 };

export class HeadSelection {
  readonly count: number;
  readonly reader: HeadReader;
  readonly samples: HeadSamples;
  /** As they are now: what is before this time comes from blocks, which may have forgotten later on what is deleted here. */
  readonly fromMs: number;
  readonly tombstones: HeadTombstones;
  readonly #pinned: Pinned;
  readonly #query: SeriesQuery;

  constructor(reader: HeadReader, pinned: Pinned, samples: HeadSamples, query: SeriesQuery) {
    this.count = pinned.count;
    this.reader = reader;
    this.samples = samples;
    this.fromMs = reader.minTimeMs;
    this.tombstones = reader.tombstones;
    this.#pinned = pinned;
    this.#query = query;
  }

  /**
   * The series at a place in label order; null when it has nothing in the query's interval. `withLabels`: they are read now, inside of an epoch,
   * and there is none when the series is no more.
   */
  series(place: number, withLabels: boolean): StoredSeries | null {
    const { words } = this.reader;
    const pin = this.pinOf(place);
    const fromMs = Math.max(this.#query.minTimeMs, this.fromMs);
    const newestMs = timeAt(words, pin / 4);
    if (words[pin / 4 + 4] === 0 || newestMs < fromMs) return null;
    const ref = this.refOf(place);
    const deleted = this.tombstones.of(ref);
    if (deleted.length > 0) {
      const toMs = Math.min(this.#query.maxTimeMs, newestMs);
      if (deleted.some(({ minTimeMs, maxTimeMs }) => minTimeMs <= fromMs && maxTimeMs >= toMs)) return null;
    }
    if (!withLabels) return new HeadSeries(this, place, null);
    const slot = this.reader.kernel.refToSlot(ref) >>> 0;
    return slot === 0 ? null : new HeadSeries(this, place, this.reader.labels(slot));
  }

  pinOf(place: number): number {
    return this.#pinned.pins + place * PIN_BYTES;
  }

  refOf(place: number): number {
    return this.reader.words[this.#pinned.refs / 4 + place];
  }

  dispose(): void {
    const { pins, refs } = this.#pinned;
    for (const address of [pins, refs]) if (address !== 0) this.reader.arena.free(address);
  }
}

class HeadSeries implements StoredSeries {
  readonly #selection: HeadSelection;
  readonly #place: number;
  #labels: Labels | null;

  constructor(selection: HeadSelection, place: number, labels: Labels | null) {
    this.#selection = selection;
    this.#place = place;
    this.#labels = labels;
  }

  get labels(): Labels {
    const { reader } = this.#selection;
    this.#labels ??= reader.inEpoch(() => reader.labels(this.#slot()));
    return this.#labels;
  }

  label(name: string): string {
    if (this.#labels !== null) return labelValue(this.#labels, name);
    const { reader } = this.#selection;
    return reader.inEpoch(() => reader.label(this.#slot(), name));
  }

  read(minT: number, maxT: number, into: SeriesSamples): void {
    this.#read(minT, maxT, false, into);
  }

  readNewest(minT: number, maxT: number, into: SeriesSamples): boolean {
    this.#read(minT, maxT, true, into);
    return into.floats.count > 0;
  }

  #slot(): number {
    const { reader } = this.#selection;
    const slot = reader.kernel.refToSlot(this.#selection.refOf(this.#place)) >>> 0;
    if (slot === 0) throw new StorageError('gone', 'cannot read the labels of a series: it went from the head meanwhile');
    return slot;
  }

  #read(minT: number, maxT: number, newestOnly: boolean, into: SeriesSamples): void {
    const { samples, fromMs, tombstones } = this.#selection;
    const ref = this.#selection.refOf(this.#place);
    into.clear();
    const interval = { minT: Math.max(minT, fromMs), maxT, newestOnly, deleted: tombstones.of(ref) as readonly TimeInterval[] };
    samples.read(ref, this.#selection.pinOf(this.#place), interval, into.floats);
  }
}

/**
 * Pins the series of all selections, a selection for each of the queries. Null when they are too old for that.
 * @throws KernelError `out_of_memory`
 */
export function pinSelections(
  reader: HeadReader,
  selections: readonly Selection[],
  queries: readonly SeriesQuery[],
  samples: HeadSamples,
): HeadSelection[] | null {
  const taken: number[] = [];
  const piece = (bytes: number): number => {
    taken.push(reader.alloc(bytes));
    return taken.at(-1)!;
  };
  let done = false;
  try {
    const all = selections.map(({ count }, i) => {
      // Samples of before are in blocks, which are looked for after this.
      if (count === 0 || queries[i].maxTimeMs < reader.minTimeMs) return NOTHING;
      return { refs: piece(count * 4), pins: piece(count * PIN_BYTES), count };
    });
    done = reader.inEpoch(() => selections.every((selection, i) => all[i].count === 0 || pinAll(reader, selection, all[i])));
    return done ? all.map((pinned, i) => new HeadSelection(reader, pinned, samples, queries[i])) : null;
  } finally {
    if (!done) for (const address of taken) reader.arena.free(address);
  }
}

function pinAll(
  { kernel }: HeadReader,
  { address, capacity, horizon, deletions, ranks }: Selection,
  { refs, pins, count }: Pinned,
): boolean {
  if (ranks === 0 || kernel.deletions() !== deletions) return false;
  return kernel.pinAll(address + capacity * 4, address, ranks, count, horizon, pins, refs) !== 0;
}
