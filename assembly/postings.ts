// Posting lists: the refs of a pair's series, ascending, in chained blocks that grow from 4 to 1,020 refs.
// Refs only grow, so lists are append-only; a deletion builds the list anew (sweep.ts). The count is written after the ref.
import { alloc, release } from './alloc';
import { LIST_CAPACITY, LIST_COUNT, LIST_NEXT, LIST_REFS, LIST_TAIL } from './layout';

/** Of a block that is not the first: how many refs stand before it (the first block has the list's count there). */
const BLOCK_START: u32 = 0;
const LARGEST: u32 = 1020;
/** Of a digit when a list is sorted. */
const DIGITS: u32 = 256;

export function listNew(): u32 {
  const list = alloc(LIST_REFS + 4 * 4);
  if (list == 0) return 0;
  store<u32>(list, 0, LIST_COUNT);
  store<u32>(list, list, LIST_TAIL);
  store<u32>(list, 0, LIST_NEXT);
  store<u32>(list, 4, LIST_CAPACITY);
  return list;
}

/** Appends a ref greater than all before (in replay any: see listSort); false when there is no memory, and the list is as it was. */
export function listAppend(list: u32, ref: u32): bool {
  const count = load<u32>(list, LIST_COUNT);
  let tail = load<u32>(list, LIST_TAIL);
  let start = tail == list ? 0 : load<u32>(tail, BLOCK_START);
  const capacity = load<u32>(tail, LIST_CAPACITY);
  if (count - start == capacity) {
    const more = min(capacity * 2 + 4, LARGEST);
    const block = alloc(LIST_REFS + more * 4);
    if (block == 0) return false;
    store<u32>(block, count, BLOCK_START);
    store<u32>(block, 0, LIST_NEXT);
    store<u32>(block, more, LIST_CAPACITY);
    atomic.store<u32>(tail + LIST_NEXT, block);
    store<u32>(list, block, LIST_TAIL);
    tail = block;
    start = count;
  }
  store<u32>(tail + LIST_REFS + (count - start) * 4, ref);
  atomic.store<u32>(list + LIST_COUNT, count + 1);
  return true;
}

/**
 * Brings a list in order to which refs were appended in any order; `scratch` has 8 bytes for each of them and 1 KiB. For replay alone: no reader
 * may be there.
 */
export function listSort(list: u32, scratch: u32): void {
  if (isAscending(list)) return;
  const count = load<u32>(list, LIST_COUNT);
  const refs = scratch + DIGITS * 4;
  copyRefs(list, refs, false);
  let from = refs;
  let to = refs + count * 4;
  // Least significant digit first; the fourth pass ends where the first began.
  for (let shift: u32 = 0; shift < 32; shift += 8) {
    memory.fill(scratch, 0, DIGITS * 4);
    for (let i: u32 = 0; i < count; i++) bump(scratch, load<u32>(from + i * 4) >> shift, 1);
    let start: u32 = 0;
    for (let digit: u32 = 0; digit < DIGITS; digit++) {
      const n = load<u32>(scratch + digit * 4);
      store<u32>(scratch + digit * 4, start);
      start += n;
    }
    for (let i: u32 = 0; i < count; i++) {
      const ref = load<u32>(from + i * 4);
      store<u32>(to + bump(scratch, ref >> shift, 1) * 4, ref);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  copyRefs(list, refs, true);
}

// @ts-ignore: decorator
@inline
function bump(counts: u32, digit: u32, by: u32): u32 {
  const at = counts + (digit & (DIGITS - 1)) * 4;
  const n = load<u32>(at);
  store<u32>(at, n + by);
  return n;
}

function isAscending(list: u32): bool {
  let rest = load<u32>(list, LIST_COUNT);
  let before: u32 = 0;
  for (let block = list; rest != 0; block = load<u32>(block, LIST_NEXT)) {
    const n = min(rest, load<u32>(block, LIST_CAPACITY));
    for (let i: u32 = 0; i < n; i++) {
      const ref = load<u32>(block + LIST_REFS + i * 4);
      if (ref < before) return false;
      before = ref;
    }
    rest -= n;
  }
  return true;
}

/** All refs of the list, one behind the other, to `refs`, or from there back. */
function copyRefs(list: u32, refs: u32, back: bool): void {
  let rest = load<u32>(list, LIST_COUNT);
  for (let block = list; rest != 0; block = load<u32>(block, LIST_NEXT)) {
    const n = min(rest, load<u32>(block, LIST_CAPACITY));
    if (back) memory.copy(block + LIST_REFS, refs, n * 4);
    else memory.copy(refs, block + LIST_REFS, n * 4);
    refs += n * 4;
    rest -= n;
  }
}

/** Takes back the last listAppend. A reader may have seen the ref; it does not resolve. */
export function listUnappend(list: u32): void {
  atomic.store<u32>(list + LIST_COUNT, load<u32>(list, LIST_COUNT) - 1);
  // Where the append opened a block it stays, empty: BLOCK_START equals the count then, which listAppend understands.
}

/** Empties a list whose refs are all withdrawn. Its blocks stay: a reader may stand in them, and appends go on behind. */
export function listEmpty(list: u32): void {
  const tail = load<u32>(list, LIST_TAIL);
  // listAppend goes on in the first block again; what is chained behind it is given back with the list.
  if (tail != list) return;
  atomic.store<u32>(list + LIST_COUNT, 0);
}

export function listFree(list: u32): void {
  let block = list;
  while (block != 0) {
    const next = load<u32>(block, LIST_NEXT);
    release(block, LIST_REFS + load<u32>(block, LIST_CAPACITY) * 4);
    block = next;
  }
}
