// Lays the regions out at start. Everything else finds them through the header (layout.ts).
import { allocZeroed } from './alloc';
import { internName } from './pairs';
import { limboInit } from './epoch';
import * as L from './layout';

function align(p: u64, to: u64): u64 {
  return (p + to - 1) & ~(to - 1);
}

/**
 * Prepares a fresh (zeroed) memory of `pages` pages of 64 KiB. Returns 1, or 0 when it is too small for these arenas.
 * Slots and pairs get address space for one each in 480 bytes: series of few labels and short chunks fill records and heap alike, and pages that are never touched cost nothing.
 */
export function init(pages: u32, arenas: u32, arenaBytes: u32, seedLow: u32, seedHigh: u32): u32 {
  assert(<u32>__heap_base <= L.HEADER, 'BUG: the data segments reach into the header');
  const end = min(<u64>pages << 16, 0xffff0000);
  const slots: u64 = end / 480;
  const names: u64 = min(max(end / 4096, 4096), 1 << 20);
  let p: u64 = L.ARENAS_START;
  store<u32>(L.ARENA_BASE, <u32>p);
  store<u32>(L.ARENA_BYTES, arenaBytes);
  store<u32>(L.ARENAS, arenas);
  p = align(p + <u64>arenas * arenaBytes + 4096, 4096);
  store<u32>(L.LIMBO_BASE, <u32>p);
  p = align(p + limboInit(), 4096);
  store<u32>(L.REF_DIRECTORY, <u32>p);
  p = align(p + 16384 * 4, 4096);
  store<u32>(L.HOT_BASE, <u32>p);
  p = align(p + slots * L.HOT_BYTES, 4096);
  store<u32>(L.COLD_BASE, <u32>p);
  p = align(p + slots * L.COLD_BYTES, 4096);
  store<u32>(L.PAIR_BASE, <u32>p);
  p = align(p + slots * L.PAIR_BYTES, 4096);
  store<u32>(L.NAME_BASE, <u32>p);
  p = align(p + names * L.NAME_BYTES, 4096);
  store<u32>(L.SWEEP_BITMAP, <u32>p);
  p = align(p + slots / 8 + 16, 4096);
  if (p + 4 * L.MIB > end) return 0;
  store<u32>(L.SLOT_LIMIT, <u32>slots);
  store<u32>(L.PAIR_LIMIT, <u32>slots);
  store<u32>(L.NAME_LIMIT, <u32>names);
  store<u32>(L.HEAP_BASE, <u32>p);
  store<u32>(L.HEAP_TOP, <u32>p);
  store<u32>(L.HEAP_END, <u32>end - 4096); // slack for vector reads past the last object
  store<u32>(L.SLOT_TOP, 1);
  store<u32>(L.PAIR_TOP, 1);
  store<u32>(L.NAME_TOP, 1);
  store<u32>(L.EPOCH, 1);
  store<u64>(L.HASH_SEED, (<u64>seedHigh << 32) | seedLow);
  store<u32>(L.RESERVE_BYTES, <u32>((end - p) / 16));
  store<i64>(L.MAX_TIME, i64.MIN_VALUE);
  store<i64>(L.MIN_TIME, i64.MAX_VALUE);
  store<i64>(L.MIN_VALID_TIME, i64.MIN_VALUE);
  store<i64>(L.CHUNK_RANGE_MS, 7200000);
  store<i64>(L.RETENTION_MS, 10800000);
  store<u32>(L.ALL_POSTINGS, allocZeroed(L.LIST_REFS + 4 * 4));
  store<u32>(load<u32>(L.ALL_POSTINGS), 4, L.LIST_CAPACITY);
  store<u32>(load<u32>(L.ALL_POSTINGS), load<u32>(L.ALL_POSTINGS), L.LIST_TAIL);
  const at = L.SCRATCH;
  store<u64>(at, 0x5f5f656d616e5f5f); // "__name__"
  store<u32>(L.METRIC_NAME_ID, internName(at, 8));
  return 1;
}

/** Older samples than this (ms) are refused from now on: blocks have them. */
export function truncateBefore(time: f64): void {
  store<i64>(L.MIN_VALID_TIME, max(load<i64>(L.MIN_VALID_TIME), <i64>time));
  if (load<i64>(L.MIN_TIME) < <i64>time && load<i64>(L.MIN_TIME) != i64.MAX_VALUE) store<i64>(L.MIN_TIME, <i64>time);
}

/** Retention and chunk range in ms; f64 because a BigInt argument would cost more than the call. */
export function configure(retentionMs: f64, chunkRangeMs: f64): void {
  store<i64>(L.RETENTION_MS, <i64>retentionMs);
  store<i64>(L.CHUNK_RANGE_MS, <i64>chunkRangeMs);
}
