// What is deleted of the head's series, and is left out wherever they are read. Never changed: a deletion makes new ones. Flat and in shared
// memory, so that every thread has the same without a copy.
import { addInterval, type TimeInterval } from '../model/index.ts';

/** What is deleted of a series. */
export interface Tombstone extends TimeInterval {
  readonly ref: number;
}

/** f64: ref, first and last deleted ms; ordered by ref, then by time. */
const FIELDS = 3;
const NOTHING: readonly TimeInterval[] = [];
/** Bits of refs whose lowest ones they are: nearly every series is known to have none at a glance. */
const FILTER_BITS = 16;

export class HeadTombstones {
  /** What another thread makes the same ones of. */
  readonly shared: SharedArrayBuffer;
  readonly #fields: Float64Array;
  readonly #filter = new Uint8Array(2 ** FILTER_BITS);

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(0)) {
    this.shared = shared;
    this.#fields = new Float64Array(shared);
    for (let i = 0; i < this.#fields.length; i += FIELDS) this.#filter[lowBits(this.#fields[i])] = 1;
  }

  /** Intervals, of all series together. */
  get size(): number {
    return this.#fields.length / FIELDS;
  }

  /** Of one series, in order, not touching. */
  of(ref: number): readonly TimeInterval[] {
    if (this.#filter[lowBits(ref)] === 0) return NOTHING;
    const fields = this.#fields;
    let low = 0;
    for (let high = this.size; low < high; ) {
      const middle = (low + high) >>> 1;
      if (fields[middle * FIELDS] < ref) low = middle + 1;
      else high = middle;
    }
    const intervals: TimeInterval[] = [];
    for (let at = low * FIELDS; fields[at] === ref; at += FIELDS) intervals.push({ minTimeMs: fields[at + 1], maxTimeMs: fields[at + 2] });
    return intervals;
  }

  with(stones: readonly Tombstone[]): HeadTombstones {
    const byRef = new Map<number, readonly TimeInterval[]>();
    for (const { ref, ...interval } of this.#all()) byRef.set(ref, [...(byRef.get(ref) ?? []), interval]);
    for (const { ref, minTimeMs, maxTimeMs } of stones) byRef.set(ref, addInterval(byRef.get(ref) ?? NOTHING, { minTimeMs, maxTimeMs }));
    const refs = [...byRef.keys()].sort((a, b) => a - b);
    return made(refs.flatMap((ref) => byRef.get(ref)!.map((interval) => ({ ref, ...interval }))));
  }

  /** Those alone that reach that time (ms) or a later one; these themselves when that is all of them. */
  reaching(timeMs: number): HeadTombstones {
    const left = [...this.#all()].filter(({ maxTimeMs }) => maxTimeMs >= timeMs);
    return left.length === this.size ? this : made(left);
  }

  *#all(): Generator<Tombstone> {
    const fields = this.#fields;
    for (let at = 0; at < fields.length; at += FIELDS) yield { ref: fields[at], minTimeMs: fields[at + 1], maxTimeMs: fields[at + 2] };
  }
}

function made(ordered: readonly Tombstone[]): HeadTombstones {
  const shared = new SharedArrayBuffer(ordered.length * FIELDS * 8);
  const fields = new Float64Array(shared);
  for (const [i, { ref, minTimeMs, maxTimeMs }] of ordered.entries()) fields.set([ref, minTimeMs, maxTimeMs], i * FIELDS);
  return new HeadTombstones(shared);
}

function lowBits(ref: number): number {
  return ref & (2 ** FILTER_BITS - 1);
}
