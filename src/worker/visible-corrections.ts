// What the kernel copies of a selection knows nothing of deletions, nor of stored chunks, where a series whose clock is ahead may have what is
// visible of it. Both are rare: it is put right here, before anybody looks at it.
import { type HeadReader, type Selection, UNRESOLVED_MS, VISIBLE_BYTES, type VisibleQuery, VisibleSeries } from '../kernel/index.ts';
import type { TimeInterval } from '../model/index.ts';
import { FloatSamples } from '../storage/index.ts';
import { HeadSamples, timeAt } from './head-samples.ts';

const WORDS = VISIBLE_BYTES / 4;
const PIN_BYTES = 64;
const PINNED = 1;
const NEWER_HORIZON = 2;
const NOTHING: readonly TimeInterval[] = [];

export function needsCorrection(reader: HeadReader, { unresolved }: VisibleSeries): boolean {
  return unresolved > 0 || reader.tombstones.size > 0;
}

/**
 * The same series, each with its newest sample that is not deleted, wherever it lies; `visible` itself is gone then. Null when the selection
 * is too old for that. Inside the epoch they were copied in. @throws KernelError `out_of_memory`
 */
export function corrected(reader: HeadReader, visible: VisibleSeries, selection: Selection, query: VisibleQuery): VisibleSeries | null {
  const { words, arena } = reader;
  let entries: VisibleEntries | null = null;
  let out = 0;
  try {
    entries = new VisibleEntries(reader, query, selection.horizon);
    out = reader.alloc(selection.count * VISIBLE_BYTES);
    let to = out / 4;
    // The visible ones come in the selection's order.
    let from = visible.address / 4;
    const end = from + visible.count * WORDS;
    for (let i = 0; i < selection.count; i++) {
      const ref = words[selection.address / 4 + i];
      const entry = from < end && words[from + 1] === ref ? from : 0;
      if (entry !== 0) from += WORDS;
      const state = entries.put(to, entry, ref, words[selection.address / 4 + selection.capacity + i]);
      if (state === 'too old') return null;
      if (state === 'visible') to += WORDS;
    }
    const count = (to - out / 4) / WORDS;
    arena.shrink(out, count * VISIBLE_BYTES);
    const result = new VisibleSeries(reader, { address: out, count, selected: visible.selected });
    out = 0;
    return result;
  } finally {
    entries?.dispose();
    visible.dispose();
    if (out !== 0) arena.free(out);
  }
}

class VisibleEntries {
  readonly #reader: HeadReader;
  readonly #query: VisibleQuery;
  readonly #horizon: number;
  readonly #pin: number;
  readonly #samples: HeadSamples;
  readonly #newest = new FloatSamples();

  constructor(reader: HeadReader, query: VisibleQuery, horizon: number) {
    this.#reader = reader;
    this.#query = query;
    this.#horizon = horizon;
    this.#pin = reader.alloc(PIN_BYTES);
    this.#samples = new HeadSamples(reader);
  }

  dispose(): void {
    this.#samples.dispose();
    this.#reader.arena.free(this.#pin);
  }

  /** Writes the entry of a series to `to` (in words) if it is visible; `entry` is the one that the kernel made, or 0. */
  put(to: number, entry: number, ref: number, slot: number): 'visible' | 'hidden' | 'too old' {
    const { words, tombstones } = this.#reader;
    const newestMs = entry === 0 ? Number.NaN : timeAt(words, entry + 2);
    // Samples that came after the last deletion are not asked for one by one.
    const deleted = newestMs > tombstones.latestMs ? NOTHING : tombstones.of(ref);
    if (newestMs === UNRESOLVED_MS) return this.#putNewest(to, ref, slot, deleted);
    if (entry !== 0 && !deleted.some(({ minTimeMs, maxTimeMs }) => newestMs >= minTimeMs && newestMs <= maxTimeMs)) {
      words.copyWithin(to, entry, entry + WORDS);
      return 'visible';
    }
    // Nothing that is deleted hides what is before it, be it a stale marker.
    return deleted.length === 0 ? 'hidden' : this.#putNewest(to, ref, slot, deleted);
  }

  #putNewest(to: number, ref: number, slot: number, deleted: readonly TimeInterval[]): 'visible' | 'hidden' | 'too old' {
    const { words, buffer, kernel } = this.#reader;
    const { minT, maxT, withStale } = this.#query;
    const newest = this.#newest;
    const state = kernel.pinSample(slot, this.#horizon, this.#pin);
    if (state === NEWER_HORIZON) return 'too old';
    newest.clear();
    if (state === PINNED) this.#samples.read(ref, this.#pin, { minT, maxT, newestOnly: true, deleted }, newest);
    if (newest.count === 0 || (newest.isStale(0) && !withStale)) return 'hidden';
    words[to] = slot;
    words[to + 1] = ref;
    buffer.writeBigInt64LE(BigInt(newest.times[0]), (to + 2) * 4);
    words[to + 4] = newest.words[0];
    words[to + 5] = newest.words[1];
    return 'visible';
  }
}
