// What is deleted of the head's series, and is left out wherever they are read. Never changed: a deletion makes new ones. Flat and in shared
// memory, so that every thread has the same without a copy.
import { addInterval, type TimeInterval } from '../model/index.ts';

/** What is deleted of a series. */
export interface Tombstone extends TimeInterval {
  readonly ref: number;
}

/** f64: ref, first and last deleted ms; ordered by ref, then by time. */
export const TOMBSTONE_FIELDS = 3;
const FIELDS = TOMBSTONE_FIELDS;
const NOTHING: readonly TimeInterval[] = [];
/** Bits of refs whose lowest ones they are: nearly every series is known to have none at a glance. */
const FILTER_BITS = 16;

export class HeadTombstones {
  /** What another thread makes the same ones of. */
  readonly shared: SharedArrayBuffer;
  /** Nothing later is deleted, ms. */
  readonly latestMs: number;
  readonly #fields: Float64Array;
  readonly #filter = new Uint8Array(2 ** FILTER_BITS);

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(0)) {
    this.shared = shared;
    const fields = new Float64Array(shared);
    this.#fields = fields;
    let latestMs = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < fields.length; at += FIELDS) {
      this.#filter[lowBits(fields[at])] = 1;
      latestMs = Math.max(latestMs, fields[at + 2]);
    }
    this.latestMs = latestMs;
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
    if (fields[low * FIELDS] !== ref) return NOTHING;
    const intervals: TimeInterval[] = [];
    for (let at = low * FIELDS; fields[at] === ref; at += FIELDS) intervals.push({ minTimeMs: fields[at + 1], maxTimeMs: fields[at + 2] });
    return intervals;
  }

  /** Takes some tenths of a second for a million. @param stones ref, first and last ms of each */
  with(stones: Float64Array): HeadTombstones {
    const byRef = new Map<number, readonly TimeInterval[]>();
    for (const fields of [this.#fields, stones]) {
      for (let at = 0; at < fields.length; at += FIELDS) {
        const known = byRef.get(fields[at]);
        const interval = { minTimeMs: fields[at + 1], maxTimeMs: fields[at + 2] };
        byRef.set(fields[at], known === undefined ? [interval] : addInterval(known, interval));
      }
    }
    const refs = Float64Array.from(byRef.keys()).sort();
    let size = 0;
    for (const intervals of byRef.values()) size += intervals.length;
    const shared = new SharedArrayBuffer(size * FIELDS * 8);
    const merged = new Float64Array(shared);
    let at = 0;
    for (const ref of refs) {
      for (const { minTimeMs, maxTimeMs } of byRef.get(ref)!) {
        merged[at] = ref;
        merged[at + 1] = minTimeMs;
        merged[at + 2] = maxTimeMs;
        at += FIELDS;
      }
    }
    return new HeadTombstones(shared);
  }

  /** Those alone that reach that time (ms) or a later one; these themselves when that is all of them. */
  reaching(timeMs: number): HeadTombstones {
    const fields = this.#fields;
    let left = 0;
    for (let at = 0; at < fields.length; at += FIELDS) if (fields[at + 2] >= timeMs) left++;
    if (left === this.size) return this;
    const shared = new SharedArrayBuffer(left * FIELDS * 8);
    const kept = new Float64Array(shared);
    for (let at = 0, to = 0; at < fields.length; at += FIELDS) {
      if (fields[at + 2] < timeMs) continue;
      kept.set(fields.subarray(at, at + FIELDS), to);
      to += FIELDS;
    }
    return new HeadTombstones(shared);
  }
}

/** As HeadTombstones takes them. */
export function flatTombstones(stones: readonly Tombstone[]): Float64Array {
  const fields = new Float64Array(stones.length * FIELDS);
  for (const [i, { ref, minTimeMs, maxTimeMs }] of stones.entries()) fields.set([ref, minTimeMs, maxTimeMs], i * FIELDS);
  return fields;
}

function lowBits(ref: number): number {
  return ref & (2 ** FILTER_BITS - 1);
}
