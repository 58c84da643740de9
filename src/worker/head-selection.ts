// The head's series of a selector, pinned: copies of what the horizon shows of each, in label order. All selections of a query are pinned
// in one pass as of one horizon; after that they hold nothing of the head.
import type { HeadReader, HeadTombstones, Selection } from '../kernel/index.ts';
import type { TimeInterval } from '../model/index.ts';
import type { SeriesQuery, SeriesSamples, StoredSeries } from '../storage/index.ts';
import { type HeadSamples, timeAt } from './head-samples.ts';

const PIN_BYTES = 24;
const NEWER_HORIZON = 2;

/** What the arena holds of one: freed by its disposal. */
interface Pinned {
  /** Entries {u32 slot, u32 index} in label order. */
  readonly order: number;
  /** By index: {i64 t, value's bits, u32 ordinal, u32 chunk}; ordinal 0 for a series without a sample. */
  readonly pins: number;
  /** By index. */
  readonly refs: number;
  readonly count: number;
}

const NOTHING: Pinned = { order: 0, pins: 0, refs: 0, count: 0 };

export class HeadSelection {
  readonly count: number;
  readonly #reader: HeadReader;
  readonly #pinned: Pinned;
  readonly #samples: HeadSamples;
  readonly #query: SeriesQuery;
  /** As they are now: what is before this time comes from blocks, which may have forgotten later on what is deleted here. */
  readonly #fromMs: number;
  readonly #tombstones: HeadTombstones;

  constructor(reader: HeadReader, pinned: Pinned, samples: HeadSamples, query: SeriesQuery) {
    this.count = pinned.count;
    this.#reader = reader;
    this.#pinned = pinned;
    this.#samples = samples;
    this.#query = query;
    this.#fromMs = reader.minTimeMs;
    this.#tombstones = reader.tombstones;
  }

  /** The series at a place in label order; null when it has nothing in the query's interval, or is no more. Inside an epoch. */
  series(place: number): StoredSeries | null {
    const { kernel, words } = this.#reader;
    const { order, pins, refs } = this.#pinned;
    const index = words[order / 4 + place * 2 + 1];
    const pin = pins + index * PIN_BYTES;
    const fromMs = Math.max(this.#query.minTimeMs, this.#fromMs);
    const newestMs = timeAt(words, pin / 4);
    if (words[pin / 4 + 4] === 0 || newestMs < fromMs) return null;
    const ref = words[refs / 4 + index];
    const toMs = Math.min(this.#query.maxTimeMs, newestMs);
    const deleted = this.#tombstones.of(ref);
    if (deleted.some(({ minTimeMs, maxTimeMs }) => minTimeMs <= fromMs && maxTimeMs >= toMs)) return null;
    const slot = kernel.refToSlot(ref) >>> 0;
    if (slot === 0) return null;
    return new HeadSeries(this.#reader.labels(slot), this.#samples, { ref, pin, fromMs: this.#fromMs, deleted });
  }

  dispose(): void {
    const { order, pins, refs } = this.#pinned;
    for (const address of [order, pins, refs]) if (address !== 0) this.#reader.arena.free(address);
  }
}

interface HeadSeriesFields {
  readonly ref: number;
  readonly pin: number;
  /** What is older is none of the head's any more. */
  readonly fromMs: number;
  readonly deleted: readonly TimeInterval[];
}

class HeadSeries implements StoredSeries {
  readonly labels: StoredSeries['labels'];
  readonly #samples: HeadSamples;
  readonly #fields: HeadSeriesFields;

  constructor(labels: StoredSeries['labels'], samples: HeadSamples, fields: HeadSeriesFields) {
    this.labels = labels;
    this.#samples = samples;
    this.#fields = fields;
  }

  read(minT: number, maxT: number, into: SeriesSamples): void {
    this.#read(minT, maxT, false, into);
  }

  readNewest(minT: number, maxT: number, into: SeriesSamples): boolean {
    this.#read(minT, maxT, true, into);
    return into.floats.count > 0;
  }

  #read(minT: number, maxT: number, newestOnly: boolean, into: SeriesSamples): void {
    const { ref, pin, fromMs, deleted } = this.#fields;
    into.clear();
    this.#samples.read(ref, pin, { minT: Math.max(minT, fromMs), maxT, newestOnly, deleted }, into.floats);
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
  const spares: number[] = [];
  const piece = (list: number[], bytes: number): number => {
    list.push(reader.alloc(bytes));
    return list.at(-1)!;
  };
  let done = false;
  try {
    const rooms = selections.map(({ count }, i) => {
      // Samples of before are in blocks, which are looked for after this.
      if (queries[i].maxTimeMs < reader.minTimeMs) return { pinned: NOTHING, spare: 0 };
      const [order, refs, pins] = [piece(taken, count * 8), piece(taken, count * 4), piece(taken, count * PIN_BYTES)];
      return { pinned: { order, refs, pins, count }, spare: piece(spares, count * 8) };
    });
    done = reader.inEpoch(() => {
      // Pins first, all of them while the horizon is young; then they are sorted.
      if (!selections.every((selection, i) => pinAll(reader, selection, rooms[i].pinned))) return false;
      for (const { pinned, spare } of rooms) if (pinned.count > 0) reader.kernel.sortSeries(pinned.order, spare, pinned.count);
      return true;
    });
    return done ? rooms.map(({ pinned }, i) => new HeadSelection(reader, pinned, samples, queries[i])) : null;
  } finally {
    for (const address of done ? spares : [...taken, ...spares]) reader.arena.free(address);
  }
}

function pinAll(reader: HeadReader, { address, capacity, horizon, deletions }: Selection, { order, refs, pins, count }: Pinned): boolean {
  const { kernel, words } = reader;
  if (kernel.deletions() !== deletions) return false;
  for (let i = 0; i < count; i++) {
    const slot = words[(address + capacity * 4) / 4 + i];
    words[order / 4 + i * 2] = slot;
    words[order / 4 + i * 2 + 1] = i;
    words[refs / 4 + i] = words[address / 4 + i];
    const pin = pins + i * PIN_BYTES;
    words[pin / 4 + 4] = 0;
    if (kernel.pinSample(slot, horizon, pin) === NEWER_HORIZON) return false;
  }
  return true;
}
