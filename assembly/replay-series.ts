// Replay of the log's series records: each series is made under the ref that it has in the log, so that the samples behind find it.
// Before any reader and any scrape. A series that the log has under two refs is one series; the other ref leads to it until endReplay.
import { reclaim } from './epoch';
import * as L from './layout';
import { attachChunks } from './replay-chunks';
import { pairRecord } from './pairs';
import { listAppend, listFree, listNew, listSort } from './postings';
import { seriesWithRef } from './series';
import { coldRecord, publishRef, refToSlot, withdrawRef } from './slots';

const SERIES_RECORD: u32 = 1;
export const MALFORMED: u32 = 0xffffffff;
export const NO_MEMORY: u32 = 0xfffffffe;
const MOST_LABELS: u32 = 1024;

// The varint reader's state: where it stands, and 0 after a malformed one.
let cursor: u32 = 0;

function uvarint(end: u32): u32 {
  let value: u32 = 0;
  for (let shift: u32 = 0; shift < 35 && cursor < end; shift += 7) {
    const byte = <u32>load<u8>(cursor++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  cursor = 0;
  return 0;
}

/**
 * One series record (its type byte included) of `length` bytes. Returns how many series it has, MALFORMED, or NO_MEMORY: then the head is
 * full. Series with refs beyond u32 or with labels that no series can have are passed over and counted in REPLAY_REFUSED.
 */
export function replaySeries(address: u32, length: u32): u32 {
  const end = address + length;
  if (length == 0 || load<u8>(address) != SERIES_RECORD) return MALFORMED;
  let p = address + 1;
  let n: u32 = 0;
  while (p < end) {
    if (end - p < 9) return MALFORMED;
    const ref = bswap(load<u64>(p));
    cursor = p + 8;
    const count = uvarint(end);
    if (cursor == 0 || count > end - cursor) return MALFORMED;
    let out = L.SCRATCH;
    let kept: u32 = 0;
    let fits = count <= MOST_LABELS;
    for (let i: u32 = 0; i < count; i++) {
      const nameLength = uvarint(end);
      if (cursor == 0 || nameLength > end - cursor) return MALFORMED;
      const name = cursor;
      cursor += nameLength;
      const valueLength = uvarint(end);
      if (cursor == 0 || valueLength > end - cursor) return MALFORMED;
      if (valueLength != 0 && fits) {
        if (out + 8 + nameLength + valueLength > L.SCRATCH + L.SCRATCH_BYTES) fits = false;
        else {
          store<u32>(out, nameLength);
          store<u32>(out, valueLength, 4);
          memory.copy(out + 8, name, nameLength);
          memory.copy(out + 8 + nameLength, cursor, valueLength);
          out += 8 + nameLength + valueLength;
          kept++;
        }
      }
      cursor += valueLength;
    }
    p = cursor;
    n++;
    if (ref == 0 || ref >= 0xffffffff || !fits) {
      store<u32>(L.REPLAY_REFUSED, load<u32>(L.REPLAY_REFUSED) + 1);
      continue;
    }
    if (refToSlot(<u32>ref) != 0) continue; // a checkpoint and a segment may both have it
    const slot = seriesWithRef(L.SCRATCH, kept, <u32>ref);
    if (slot == 0) {
      if (load<u32>(L.SERIES_ERROR) == 1) return NO_MEMORY;
      store<u32>(L.REPLAY_REFUSED, load<u32>(L.REPLAY_REFUSED) + 1);
    } else if (load<u32>(coldRecord(slot), L.COLD_REF) == <u32>ref) attachChunks(slot);
    else if (!addAlias(<u32>ref, slot)) return NO_MEMORY;
  }
  return n;
}

function addAlias(ref: u32, slot: u32): bool {
  let list = load<u32>(L.REPLAY_ALIASES);
  if (list == 0) {
    list = listNew();
    if (list == 0) return false;
    store<u32>(L.REPLAY_ALIASES, list);
  }
  if (ref > load<u32>(L.LAST_REF)) atomic.store<u32>(L.LAST_REF, ref); // nobody else is given it
  return listAppend(list, ref) && publishRef(ref, slot);
}

/** Copies the refs that are other names of series to `out`, at most `capacity` of them; returns how many there are. */
export function replayAliases(out: u32, capacity: u32): u32 {
  const list = load<u32>(L.REPLAY_ALIASES);
  if (list == 0) return 0;
  const count = load<u32>(list, L.LIST_COUNT);
  let block = list;
  let inBlock: u32 = 0;
  for (let i: u32 = 0; i < min(count, capacity); i++, inBlock++) {
    if (inBlock == load<u32>(block, L.LIST_CAPACITY)) {
      block = load<u32>(block, L.LIST_NEXT);
      inBlock = 0;
    }
    store<u32>(out + i * 4, load<u32>(block + L.LIST_REFS + inBlock * 4));
  }
  return count;
}

/**
 * The log is read: refs that were other names of a series lead nowhere from now on, and lists are in order. `scratch` has 8 bytes for each
 * series and 1 KiB.
 */
export function endReplay(scratch: u32): void {
  withdrawAliases();
  if (load<u32>(L.REPLAY_UNORDERED) == 0) return;
  listSort(load<u32>(L.ALL_POSTINGS), scratch);
  const top = load<u32>(L.PAIR_TOP);
  for (let pair: u32 = 1; pair < top; pair++) {
    const list = load<u32>(pairRecord(pair), L.PAIR_POSTINGS);
    if (list != 0) listSort(list, scratch);
  }
  store<u32>(L.REPLAY_UNORDERED, 0);
}

function withdrawAliases(): void {
  const list = load<u32>(L.REPLAY_ALIASES);
  if (list == 0) return;
  let block = list;
  let inBlock: u32 = 0;
  const count = load<u32>(list, L.LIST_COUNT);
  for (let i: u32 = 0; i < count; i++, inBlock++) {
    if (inBlock == load<u32>(block, L.LIST_CAPACITY)) {
      block = load<u32>(block, L.LIST_NEXT);
      inBlock = 0;
    }
    withdrawRef(load<u32>(block + L.LIST_REFS + inBlock * 4));
  }
  listFree(list);
  store<u32>(L.REPLAY_ALIASES, 0);
  reclaim();
}
