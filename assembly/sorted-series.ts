// All series in label order, as blocks want them: by label name, then value, a series whose labels end first before the others
// (Prometheus, model/labels, Compare). Merge sort over the caller's memory, in one epoch: about 1 s for a million series.
import { compareBytes } from './bytes';
import * as L from './layout';
import { nameRecord, pairRecord } from './pairs';
import { coldRecord, refToSlot } from './slots';

function compareSeries(a: u32, b: u32): i32 {
  const coldA = coldRecord(a);
  const coldB = coldRecord(b);
  const pairsA = load<u32>(coldA, L.COLD_PAIRS);
  const pairsB = load<u32>(coldB, L.COLD_PAIRS);
  const countA = <u32>load<u16>(coldA, L.COLD_PAIR_COUNT);
  const countB = <u32>load<u16>(coldB, L.COLD_PAIR_COUNT);
  const shorter = min(countA, countB);
  for (let i: u32 = 0; i < shorter; i++) {
    const idA = load<u32>(pairsA + i * 4);
    const idB = load<u32>(pairsB + i * 4);
    if (idA == idB) continue;
    const pairA = pairRecord(idA);
    const pairB = pairRecord(idB);
    const nameA = load<u32>(pairA, L.PAIR_NAME);
    const nameB = load<u32>(pairB, L.PAIR_NAME);
    if (nameA != nameB) {
      const a = nameRecord(nameA);
      const b = nameRecord(nameB);
      return compareBytes(load<u32>(a), load<u32>(a, L.NAME_LENGTH), load<u32>(b), load<u32>(b, L.NAME_LENGTH));
    }
    return compareBytes(load<u32>(pairA, L.PAIR_VALUE), load<u32>(pairA, L.PAIR_VALUE_LENGTH), load<u32>(pairB, L.PAIR_VALUE), load<u32>(pairB, L.PAIR_VALUE_LENGTH));
  }
  return <i32>countA - <i32>countB;
}

/**
 * Entries {u32 slot, u32 ref} of all series to `out`, at most `capacity`; `spare` is as large. Returns how many, or 0xffffffff when they are
 * more. Inside an epoch.
 */
export function sortedSeries(out: u32, spare: u32, capacity: u32): u32 {
  const list = load<u32>(L.ALL_POSTINGS);
  const listed = atomic.load<u32>(list + L.LIST_COUNT);
  let block = list;
  let inBlock: u32 = 0;
  let n: u32 = 0;
  for (let i: u32 = 0; i < listed; i++, inBlock++) {
    if (inBlock == load<u32>(block, L.LIST_CAPACITY)) {
      block = atomic.load<u32>(block + L.LIST_NEXT);
      inBlock = 0;
    }
    const ref = load<u32>(block + L.LIST_REFS + inBlock * 4);
    const slot = refToSlot(ref);
    if (slot == 0) continue;
    if (n == capacity) return 0xffffffff;
    store<u32>(out + n * 8, slot);
    store<u32>(out + n * 8, ref, 4);
    n++;
  }
  sortSeries(out, spare, n);
  return n;
}

/** Sorts n entries {u32 slot, u32 anything}; `spare` is as large. */
export function sortSeries(entries: u32, spare: u32, n: u32): void {
  let from = entries;
  let to = spare;
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let begin: u32 = 0; begin < n; begin += width << 1) merge(from, to, begin, min(begin + width, n), min(begin + (width << 1), n));
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != entries) memory.copy(entries, from, n * 8);
}

/** Where each of n series comes in label order: a u32 for each slot, to `ranks`. Two pieces of n entries to work in. Inside an epoch. */
export function rankSeries(slots: u32, n: u32, entries: u32, spare: u32, ranks: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(entries + i * 8, load<u32>(slots + i * 4));
    store<u32>(entries + i * 8, i, 4);
  }
  sortSeries(entries, spare, n);
  for (let i: u32 = 0; i < n; i++) store<u32>(ranks + load<u32>(entries + i * 8, 4) * 4, i);
}

function merge(from: u32, to: u32, begin: u32, middle: u32, end: u32): void {
  let i = begin;
  let j = middle;
  // Series of one target come in order mostly: then a run is copied as it is.
  if (j == end || compareSeries(load<u32>(from + (j - 1) * 8), load<u32>(from + j * 8)) <= 0) {
    memory.copy(to + begin * 8, from + begin * 8, (end - begin) * 8);
    return;
  }
  for (let k = begin; k < end; k++) {
    const left = j == end || (i < middle && compareSeries(load<u32>(from + i * 8), load<u32>(from + j * 8)) <= 0);
    const p = left ? i++ : j++;
    store<u64>(to + k * 8, load<u64>(from + p * 8));
  }
}
