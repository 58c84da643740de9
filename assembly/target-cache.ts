// A target's cache, the record: the lines of its last good scrape as a sequence of entries (line-sequence.ts), the state of
// the running scrape, and what the kernel needs to make the target's series itself (direct-series.ts).
// The scan (scan.ts) predicts line after line by it; src/kernel/scan-exports.ts repeats the fields that the door reads.
import { alloc, allocZeroed, release } from './alloc';
import { COMMENT, dropSequence, ENTRY_BYTES, ENTRY_VALUE, ENTRY_WORD, entryAt, holds, isTracked, REPEAT, sequenceBytes } from './line-sequence';
import { unholdSeries } from './series';

export const ENTRIES: usize = 0;
export const COUNT: usize = 4;
export const CAPACITY: usize = 8;
export const NEW_ENTRIES: usize = 12;
export const NEW_COUNT: usize = 16;
export const NEW_CAPACITY: usize = 20;
/** u32: look-up table of u32: 0, or 1 + index, with IN_NEW when it is of the new sequence; 0 in the steady state. */
export const TABLE: usize = 24;
export const TABLE_SIZE: usize = 28;
export const TABLE_USED: usize = 32;
/** u32: bitmap of the old entries that this scrape had. */
export const SEEN: usize = 36;
/** u32: the old entry that is expected next. */
export const POSITION: usize = 40;
/** u32: 1 when the last good scrape's series are marked stale already. */
export const MARKED: usize = 44;
export const METADATA_CHANGED: usize = 48;
/** u32: 1 between begin and finish or abandon. */
export const RUNNING: usize = 52;
// the running scrape's
export const BATCH: usize = 56;
export const OPTIONS: usize = 60;
export const TIME: usize = 64;
export const MAX_TIME: usize = 72;
export const SAMPLE_LIMIT: usize = 80;
export const TYPE: usize = 84;
export const LINE: usize = 88;
export const SCRAPED: usize = 92;
export const KEPT: usize = 96;
export const ADDED: usize = 100;
export const DUPLICATES: usize = 104;
export const OUT_OF_BOUNDS: usize = 108;
/** u32: samples that count against the limit. */
export const TAKEN: usize = 112;
export const OVER_LIMIT: usize = 116;
export const VANISHED: usize = 120;
export const BYTES_SEEN: usize = 124;
// the window
export const CURSOR: usize = 128;
export const LIMIT: usize = 132;
export const DATA_END: usize = 136;
export const LAST_WINDOW: usize = 140;
export const CARRY_AT: usize = 144;
export const CARRY_LENGTH: usize = 148;
export const CARRY_CAPACITY: usize = 152;
/** u32: how much of the carry the scan has seen. */
export const CARRY_SCANNED: usize = 156;
// the event the door is asked about
export const EVENT_AT: usize = 160;
export const EVENT_LENGTH: usize = 164;
/** u32: of MISS_SERIES: 1 = the line's own timestamp is honoured; of BAD_LINE: what was expected. */
export const EVENT_CODE: usize = 168;
export const PENDING_HASH: usize = 176;
export const PENDING_TIME: usize = 184;
export const PENDING_BITS: usize = 192;
export const PENDING_WORD: usize = 200;
export const PENDING_NEXT: usize = 204;
/** A number that the door has read. */
export const NUMBER_AT: usize = 208;
export const NUMBER_BITS: usize = 216;
/** u32: 1 when a series that was tracked came with its own timestamp: seen, but to be marked stale. */
export const TRACKING_LOST: usize = 224;
/** u32: what this feed has done of the work that takes long, in units of about 2 µs, and how much it may. */
export const WORK: usize = 228;
export const WORK_LIMIT: usize = 232;
// a new sequence, or a larger one, in the making: table (0 = none), its size, entries, their capacity, how far it is
export const MAKING_TABLE: usize = 236;
export const MAKING_SIZE: usize = 240;
export const MAKING_ENTRIES: usize = 244;
export const MAKING_CAPACITY: usize = 248;
export const MAKING_AT: usize = 252;
/** u32: the target's own labels (direct-series.ts); 0 when only the door may make series. */
export const TARGET: usize = 256;
export const TARGET_BYTES: usize = 260;
/** u32: where the bytes that were fed last begin, behind the carry. */
export const FED_AT: usize = 264;
/** i64: the newest timestamp that a line of the running, or last, scrape carried, of those that are not too far ahead; NO_TIME where none did. */
export const NEWEST: usize = 272;
export const CACHE_BYTES: u32 = 280;

/** No line's timestamp: they have no sign. */
export const NO_TIME: i64 = -1;

export function cacheNew(): u32 {
  const cache = allocZeroed(CACHE_BYTES);
  if (cache != 0) store<i64>(cache, NO_TIME, NEWEST);
  return cache;
}

/** Gives the cache the target's labels, `length` bytes at `block` (see direct-series.ts), once. 0 when there is no memory. */
export function cacheTarget(cache: u32, block: u32, length: u32): u32 {
  assert(load<u32>(cache, TARGET) == 0);
  const target = alloc(length);
  if (target == 0) return 0;
  memory.copy(target, block, length);
  store<u32>(cache, target, TARGET);
  store<u32>(cache, length, TARGET_BYTES);
  return 1;
}

// @ts-ignore: decorator
@inline
export function add(field: u32, n: u32): void {
  store<u32>(field, load<u32>(field) + n);
}

/** A line carries the timestamp `t`. */
// @ts-ignore: decorator
@inline
export function noteTime(cache: u32, t: i64): void {
  if (t > load<i64>(cache, NEWEST) && t <= load<i64>(cache, MAX_TIME)) store<i64>(cache, t, NEWEST);
}

/** Whether this feed has worked enough: the door is to give others their turn. */
// @ts-ignore: decorator
@inline
export function isSpent(cache: u32): bool {
  return load<u32>(cache, WORK) >= load<u32>(cache, WORK_LIMIT);
}

/** Ends a scrape that gave nothing: the old sequence stays. */
export function abandon(cache: u32): void {
  dropSequence(cache);
  endScrape(cache);
}

export function endScrape(cache: u32): void {
  const carry = load<u32>(cache, CARRY_AT);
  if (carry != 0) release(carry, load<u32>(cache, CARRY_CAPACITY));
  store<u32>(cache, 0, CARRY_AT);
  store<u32>(cache, 0, CARRY_LENGTH);
  store<u32>(cache, 0, CARRY_CAPACITY);
  store<u32>(cache, 0, POSITION);
  store<u32>(cache, 0, RUNNING);
}

/** Gives everything back and lets go of the series. */
export function cacheFree(cache: u32): void {
  abandon(cache);
  const entries = load<u32>(cache, ENTRIES);
  const count = load<u32>(cache, COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const entry = entryAt(entries, i);
    if (holds(load<u32>(entry, ENTRY_WORD))) unholdSeries(load<u32>(entry, ENTRY_VALUE));
  }
  if (entries != 0) release(entries, load<u32>(cache, CAPACITY) * ENTRY_BYTES);
  const target = load<u32>(cache, TARGET);
  if (target != 0) release(target, load<u32>(cache, TARGET_BYTES));
  release(cache, CACHE_BYTES);
}

/** Bytes of the memory that the cache has now. */
export function cacheMemory(cache: u32): u32 {
  const kept = load<u32>(cache, CAPACITY) * ENTRY_BYTES + load<u32>(cache, CARRY_CAPACITY) + load<u32>(cache, TARGET_BYTES);
  return CACHE_BYTES + kept + sequenceBytes(cache);
}

/** Kinds of values: ids of metadata lines, slots of tracked series, slots of all series. */
const METADATA: u32 = 0;
const TRACKED: u32 = 1;

/**
 * Puts values of the last good scrape's entries at `out`, each entry once, from entry `from` on, at most `limit`.
 * Returns the entry to go on with; how many there are stands at `out` + 4 × limit.
 */
export function cacheValues(cache: u32, kind: u32, from: u32, out: u32, limit: u32): u32 {
  const entries = load<u32>(cache, ENTRIES);
  const count = load<u32>(cache, COUNT);
  let n: u32 = 0;
  while (from < count && n < limit) {
    const entry = entryAt(entries, from++);
    const word = load<u32>(entry, ENTRY_WORD);
    if (kind == METADATA ? (word & (COMMENT | REPEAT)) != COMMENT : kind == TRACKED ? !isTracked(word) : !holds(word)) continue;
    store<u32>(out + (n << 2), load<u32>(entry, ENTRY_VALUE));
    n++;
  }
  store<u32>(out + (limit << 2), n);
  return from;
}
