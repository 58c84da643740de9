// Finding and creating series by their labels. The writer alone; rare: a steady scrape never comes here.
import { alloc, heapFree, release } from './alloc';
import { compareBytes, finishHash } from './bytes';
import * as L from './layout';
import { findName, findPair, internName, internPair, nameRecord, pairRecord } from './pairs';
import { listAppend, listUnappend } from './postings';
import { coldRecord, publishRef, putBackSlot, takeSlot, withdrawRef } from './slots';
import { partOf, tableAt, tableInsert, tableMask, tableOf, tableRemove, TOMBSTONE } from './table';

/** Why seriesFor gave 0. */
export const NO_MEMORY: u32 = 1;
export const TOO_MANY_NAMES: u32 = 2;
export const NO_MORE_REFS: u32 = 3;
export const TOO_MANY_LABELS: u32 = 4;
export const DUPLICATE_NAME: u32 = 5;

const MOST_LABELS: u32 = 1024;
/** Pair ids while a series is looked up: right behind the scratch area's last labels. */
export const IDS: u32 = L.SCRATCH + L.SCRATCH_BYTES;

export function seriesError(): u32 {
  return load<u32>(L.SERIES_ERROR);
}

function fail(reason: u32): u32 {
  store<u32>(L.SERIES_ERROR, reason);
  return 0;
}

/** Sorts the pair ids at IDS by their names' bytes (insertion sort: a series has about ten). False when a name is there twice. */
function sortByName(count: u32): bool {
  for (let i: u32 = 1; i < count; i++) {
    const id = load<u32>(IDS + i * 4);
    const name = nameRecord(load<u32>(pairRecord(id), L.PAIR_NAME));
    let j = i;
    for (; j > 0; j--) {
      const other = nameRecord(load<u32>(pairRecord(load<u32>(IDS + j * 4 - 4)), L.PAIR_NAME));
      const order = compareBytes(load<u32>(name), load<u32>(name, L.NAME_LENGTH), load<u32>(other), load<u32>(other, L.NAME_LENGTH));
      if (order == 0) return false;
      if (order > 0) break;
      store<u32>(IDS + j * 4, load<u32>(IDS + j * 4 - 4));
    }
    store<u32>(IDS + j * 4, id);
  }
  return true;
}

function hashIds(count: u32): u32 {
  let h: u64 = load<u64>(L.HASH_SEED) ^ count;
  for (let i: u32 = 0; i < count; i++) {
    h = (h ^ load<u32>(IDS + i * 4)) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
  }
  return finishHash(h);
}

function lookUp(count: u32, hash: u32): u32 {
  const table = tableOf(partOf(L.SERIES_PARTS, hash));
  if (table == 0) return 0;
  const mask = tableMask(table);
  let i = hash & mask;
  while (true) {
    const slot = tableAt(table, i);
    i = (i + 1) & mask;
    if (slot == 0) return 0;
    if (slot == TOMBSTONE) continue;
    const cold = coldRecord(slot);
    if (load<u32>(cold, L.COLD_HASH) != hash || load<u16>(cold, L.COLD_PAIR_COUNT) != count) continue;
    if (memory.compare(load<u32>(cold, L.COLD_PAIRS), IDS, count * 4) == 0) return slot;
  }
}

/** Fills IDS with the pairs of the labels; false when one of them does not exist (so the series does not either). */
function findIds(labels: u32, count: u32): bool {
  let p = labels;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(p);
    const valueLength = load<u32>(p, 4);
    const name = findName(p + 8, nameLength);
    if (name == 0) return false;
    const pair = findPair(name, p + 8 + nameLength, valueLength);
    if (pair == 0) return false;
    store<u32>(IDS + i * 4, pair);
    p += 8 + nameLength + valueLength;
  }
  return true;
}

function internIds(labels: u32, count: u32): u32 {
  let p = labels;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(p);
    const valueLength = load<u32>(p, 4);
    const name = internName(p + 8, nameLength);
    if (name == 0) return TOO_MANY_NAMES;
    const pair = internPair(name, p + 8 + nameLength, valueLength);
    if (pair == 0) return NO_MEMORY;
    store<u32>(IDS + i * 4, pair);
    p += 8 + nameLength + valueLength;
  }
  return 0;
}

/**
 * Whether a new series may be created: what it leaves free is for the chunks of those that live. Urgent ones (a target's
 * `up` and its companions, which matter most when memory ends) may take half of that, and the last slots.
 */
export function roomForSeries(urgent: bool): bool {
  const reserve = load<u32>(L.RESERVE_BYTES);
  const slots = load<u32>(L.SLOT_LIMIT);
  if (heapFree() < (urgent ? reserve >> 1 : reserve)) return false;
  const last = urgent ? slots : slots - (slots >> 6);
  if (load<u32>(L.FREE_SLOT) == 0 && load<u32>(L.SLOT_TOP) >= last) return false;
  return load<u32>(L.FREE_PAIR) != 0 || load<u32>(L.PAIR_TOP) < last; // there are as many pairs as slots
}

/**
 * Finds or creates the series with `count` labels encoded at `labels` (each: u32 nameLength, u32 valueLength, name, value; any order).
 * Returns its slot, or 0 and seriesError() says why. A new series has no sample, so no reader sees it yet.
 */
export function seriesFor(labels: u32, count: u32, owner: u32, urgent: bool): u32 {
  if (count == 0 || count > MOST_LABELS) return fail(TOO_MANY_LABELS);
  if (findIds(labels, count)) {
    if (!sortByName(count)) return fail(DUPLICATE_NAME);
    const hash = hashIds(count);
    const slot = lookUp(count, hash);
    if (slot != 0) {
      touch(slot, owner);
      return slot;
    }
  }
  if (!roomForSeries(urgent)) return fail(NO_MEMORY);
  const reason = internIds(labels, count);
  if (reason != 0) return fail(reason);
  if (!sortByName(count)) return fail(DUPLICATE_NAME);
  return create(count, hashIds(count), owner, load<u32>(L.LAST_REF) + 1);
}

/** The same for labels whose pair ids stand at IDS, in any order. */
export function seriesOfPairs(count: u32, owner: u32): u32 {
  if (!sortByName(count)) return fail(DUPLICATE_NAME);
  const hash = hashIds(count);
  const slot = lookUp(count, hash);
  if (slot == 0) return roomForSeries(false) ? create(count, hash, owner, load<u32>(L.LAST_REF) + 1) : fail(NO_MEMORY);
  touch(slot, owner);
  return slot;
}

/** The series was looked up by its labels. */
// @ts-ignore: decorator
@inline
function touch(slot: u32, owner: u32): void {
  const cold = coldRecord(slot);
  store<u32>(cold, owner, L.COLD_OWNER);
  store<u32>(cold, load<u32>(L.BATCH_TICK), L.COLD_TOUCHED);
}

/**
 * A series of the log, under the ref that it has there; other refs may be given already. A series that is there under another ref keeps
 * that. Returns its slot, or 0. For replay alone.
 */
export function seriesWithRef(labels: u32, count: u32, ref: u32): u32 {
  if (count == 0 || count > MOST_LABELS) return fail(TOO_MANY_LABELS);
  const reason = internIds(labels, count);
  if (reason != 0) return fail(reason);
  if (!sortByName(count)) return fail(DUPLICATE_NAME);
  const hash = hashIds(count);
  const slot = lookUp(count, hash);
  if (slot != 0) return slot;
  return roomForSeries(true) ? create(count, hash, 0, ref) : fail(NO_MEMORY);
}

/** `ref`: greater than all before, but in replay. */
function create(count: u32, hash: u32, owner: u32, ref: u32): u32 {
  const newest = max(ref, load<u32>(L.LAST_REF));
  if (ref != newest) store<u32>(L.REPLAY_UNORDERED, 1);
  if (ref == 0xffffffff) return fail(NO_MORE_REFS);
  const slot = takeSlot();
  if (slot == 0) return fail(NO_MEMORY);
  const pairs = alloc(count * 4);
  if (pairs == 0) {
    putBackSlot(slot);
    return fail(NO_MEMORY);
  }
  memory.copy(pairs, IDS, count * 4);
  const cold = coldRecord(slot);
  store<u32>(cold, ref, L.COLD_REF);
  store<u32>(cold, pairs, L.COLD_PAIRS);
  store<u32>(cold, hash, L.COLD_HASH);
  store<u32>(cold, owner, L.COLD_OWNER);
  store<u16>(cold, <u16>count, L.COLD_PAIR_COUNT);
  store<u32>(cold, load<u32>(L.BATCH_TICK), L.COLD_TOUCHED);

  let listed: u32 = 0;
  let published = false;
  let inTable = false;
  if (tableInsert(L.SERIES_PARTS, hash, slot, load<u32>(L.COLD_BASE), L.COLD_BYTES, L.COLD_HASH)) {
    inTable = true;
    if (publishRef(ref, slot)) {
      published = true;
      while (listed < count && listAppend(load<u32>(pairRecord(load<u32>(pairs + listed * 4)), L.PAIR_POSTINGS), ref)) listed++;
      if (listed == count && listAppend(load<u32>(L.ALL_POSTINGS), ref)) {
        atomic.store<u32>(L.LAST_REF, newest);
        store<u32>(L.LIVE_SERIES, load<u32>(L.LIVE_SERIES) + 1);
        store<u32>(L.SERIES_CREATED, load<u32>(L.SERIES_CREATED) + 1);
        return slot;
      }
    }
  }
  // No memory half-way: take back what was done. Pairs without series stay until a series wants them.
  for (let i: u32 = 0; i < listed; i++) listUnappend(load<u32>(pairRecord(load<u32>(pairs + i * 4)), L.PAIR_POSTINGS));
  if (published) withdrawRef(ref);
  if (inTable) tableRemove(L.SERIES_PARTS, hash, slot);
  release(pairs, count * 4);
  putBackSlot(slot);
  atomic.store<u32>(L.LAST_REF, newest); // the ref may have been seen: it is not given again
  return fail(NO_MEMORY);
}

/** Another holder (a target cache's entry) names the slot: it is not removed while it has any. */
export function holdSeries(slot: u32): void {
  const cold = coldRecord(slot);
  const holders = load<u16>(cold, L.COLD_HOLDERS);
  if (holders != 0xffff) store<u16>(cold, holders + 1, L.COLD_HOLDERS); // saturated: held for ever
}

export function unholdSeries(slot: u32): void {
  const cold = coldRecord(slot);
  const holders = load<u16>(cold, L.COLD_HOLDERS);
  assert(holders > 0, 'BUG: a series is let go that nobody holds');
  if (holders != 0xffff && holders != 0) store<u16>(cold, holders - 1, L.COLD_HOLDERS);
}
