// Series slots (hot and cold records) and the directory from refs to slots. A slot is used again; a ref never is.
// The directory has three levels (6, 12 and 14 bits): pages whose refs are all gone are freed, so churn leaves nothing.
import { allocZeroed, freeChain, release } from './alloc';
import { isStored, recordOf } from './chunk';
import { RETIRED_BYTES, tryRetire } from './epoch';
import * as L from './layout';

/** A page of refs: u32 live entries, 12 bytes unused, then u32[]. */
const PAGE_ENTRIES: u32 = 16;
const LEAF_BYTES: u32 = PAGE_ENTRIES + 64 * 4;
const MIDDLE_BYTES: u32 = PAGE_ENTRIES + 4096 * 4;

// @ts-ignore: decorator
@inline
export function hotRecord(slot: u32): u32 {
  return load<u32>(L.HOT_BASE) + slot * L.HOT_BYTES;
}

// @ts-ignore: decorator
@inline
export function coldRecord(slot: u32): u32 {
  return load<u32>(L.COLD_BASE) + slot * L.COLD_BYTES;
}

/** A slot with zeroed records, or 0 when all are taken. */
export function takeSlot(): u32 {
  let slot = load<u32>(L.FREE_SLOT);
  if (slot != 0) {
    store<u32>(L.FREE_SLOT, load<u32>(coldRecord(slot), L.COLD_PAIRS));
    memory.fill(hotRecord(slot), 0, L.HOT_BYTES);
    memory.fill(coldRecord(slot), 0, L.COLD_BYTES);
  } else {
    slot = load<u32>(L.SLOT_TOP);
    if (slot >= load<u32>(L.SLOT_LIMIT)) return 0;
    store<u32>(L.SLOT_TOP, slot + 1);
  }
  return slot;
}

/** Gives back a slot that no reader can reach, with its pair list and chunks; called by reclaim(). */
export function freeSlot(slot: u32): void {
  const cold = coldRecord(slot);
  let chunk = load<u32>(hotRecord(slot), L.HOT_CHUNK);
  while (chunk != 0) {
    const older = load<u32>(recordOf(chunk), L.CHUNK_OLDER);
    if (isStored(chunk)) {
      release(recordOf(chunk), L.STORED_BYTES);
      store<u32>(L.CHUNKS_STORED, load<u32>(L.CHUNKS_STORED) - 1);
    } else freeChain(chunk);
    store<u32>(L.CHUNKS, load<u32>(L.CHUNKS) - 1);
    store<u32>(L.CHUNKS_REMOVED, load<u32>(L.CHUNKS_REMOVED) + 1);
    chunk = older;
  }
  release(load<u32>(cold, L.COLD_PAIRS), <u32>load<u16>(cold, L.COLD_PAIR_COUNT) * 4);
  store<u32>(cold, 0, L.COLD_REF);
  store<u32>(cold, load<u32>(L.FREE_SLOT), L.COLD_PAIRS);
  store<u32>(L.FREE_SLOT, slot);
}

/** Puts a slot back that was never published. */
export function putBackSlot(slot: u32): void {
  store<u32>(coldRecord(slot), 0, L.COLD_REF);
  store<u32>(coldRecord(slot), load<u32>(L.FREE_SLOT), L.COLD_PAIRS);
  store<u32>(L.FREE_SLOT, slot);
}

/** Makes the ref resolve to the slot; false when there is no memory. */
export function publishRef(ref: u32, slot: u32): bool {
  const top = load<u32>(L.REF_DIRECTORY) + (ref >> 18) * 4;
  let middle = load<u32>(top);
  if (middle == 0) {
    middle = allocZeroed(MIDDLE_BYTES);
    if (middle == 0) return false;
    atomic.store<u32>(top, middle);
  }
  const entry = middle + PAGE_ENTRIES + ((ref >> 6) & 4095) * 4;
  let leaf = load<u32>(entry);
  if (leaf == 0) {
    leaf = allocZeroed(LEAF_BYTES);
    if (leaf == 0) return false;
    store<u32>(middle, load<u32>(middle) + 1);
    atomic.store<u32>(entry, leaf);
  }
  store<u32>(leaf, load<u32>(leaf) + 1);
  atomic.store<u32>(leaf + PAGE_ENTRIES + (ref & 63) * 4, slot);
  return true;
}

/** The ref resolves to nothing from now on, for ever. */
export function withdrawRef(ref: u32): void {
  const top = load<u32>(L.REF_DIRECTORY) + (ref >> 18) * 4;
  const middle = load<u32>(top);
  const entry = middle + PAGE_ENTRIES + ((ref >> 6) & 4095) * 4;
  const leaf = load<u32>(entry);
  atomic.store<u32>(leaf + PAGE_ENTRIES + (ref & 63) * 4, 0);
  const live = load<u32>(leaf) - 1;
  store<u32>(leaf, live);
  const last = load<u32>(L.LAST_REF);
  if (live != 0 || ref >> 6 == last >> 6) return; // the page of the newest refs still gets more
  if (!tryRetire(RETIRED_BYTES, leaf, LEAF_BYTES)) return;
  atomic.store<u32>(entry, 0);
  const leaves = load<u32>(middle) - 1;
  store<u32>(middle, leaves);
  if (leaves != 0 || ref >> 18 == last >> 18) return;
  if (tryRetire(RETIRED_BYTES, middle, MIDDLE_BYTES)) atomic.store<u32>(top, 0);
}

/** The slot of a ref, or 0 when the series is gone. For readers inside an epoch, and the writer. */
export function refToSlot(ref: u32): u32 {
  const middle = atomic.load<u32>(load<u32>(L.REF_DIRECTORY) + (ref >> 18) * 4);
  if (middle == 0) return 0;
  const leaf = atomic.load<u32>(middle + PAGE_ENTRIES + ((ref >> 6) & 4095) * 4);
  return leaf == 0 ? 0 : atomic.load<u32>(leaf + PAGE_ENTRIES + (ref & 63) * 4);
}
