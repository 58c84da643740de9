// Stored chunks at a start: a series that the log brings back gets the chunks that lie in files before its first sample is replayed, so
// that replay only adds what is newer. The door puts a table of them, ordered by series, into an arena; before any reader and any scrape.
import { alloc } from './alloc';
import * as L from './layout';
import { coldRecord, hotRecord } from './slots';

/** Of an entry: u32 ref of the series, u32 samples, u32 file, u32 offset, i64 first and last timestamp. */
const ENTRY_BYTES: u32 = 32;
const ENTRY_SAMPLES: u32 = 4;
const ENTRY_PLACE: u32 = 8;
const ENTRY_MIN: u32 = 16;
const ENTRY_MAX: u32 = 24;

/** Series that are made from here on look into the table; n = 0 ends it. */
export function replayChunks(table: u32, n: u32): void {
  store<u32>(L.REPLAY_CHUNKS, table);
  store<u32>(L.REPLAY_CHUNK_COUNT, n);
}

/** Gives a series without samples its stored chunks. Where memory is short the rest is replayed from the log. */
export function attachChunks(slot: u32): void {
  const n = load<u32>(L.REPLAY_CHUNK_COUNT);
  if (n == 0) return;
  const hot = hotRecord(slot);
  if (load<u32>(hot, L.HOT_SEQ) != 0) return;
  const ref = load<u32>(coldRecord(slot), L.COLD_REF);
  const table = load<u32>(L.REPLAY_CHUNKS);
  const end = table + n * ENTRY_BYTES;
  let newest: u32 = 0;
  let ordinal: u32 = 0;
  let count: u32 = 0;
  let newestT: i64 = 0;
  for (let entry = table + firstOf(ref, table, n) * ENTRY_BYTES; entry < end && load<u32>(entry) == ref; entry += ENTRY_BYTES) {
    // One that was written twice, since the server ended before it was let go of.
    if (newest != 0 && load<i64>(entry, ENTRY_MIN) <= newestT) continue;
    const record = alloc(L.STORED_BYTES);
    if (record == 0) break;
    store<u32>(record, ordinal, L.CHUNK_ORDINAL);
    store<u32>(record, newest, L.CHUNK_OLDER);
    store<u64>(record, load<u64>(entry, ENTRY_PLACE), L.STORED_FILE);
    v128.store(record + L.STORED_MIN, v128.load(entry + ENTRY_MIN));
    if (newest == 0) extendTo(max(load<i64>(entry, ENTRY_MIN), load<i64>(L.MIN_VALID_TIME)));
    newest = record | 1;
    ordinal += load<u32>(entry, ENTRY_SAMPLES);
    newestT = load<i64>(entry, ENTRY_MAX);
    count++;
  }
  if (count == 0) return;
  extendTo(newestT);
  store<u32>(hot, newest, L.HOT_CHUNK);
  store<i64>(hot, newestT, L.HOT_T);
  store<u32>(hot, load<u32>(L.COMMITTED), L.HOT_BATCH);
  store<u32>(hot, ordinal << 1, L.HOT_SEQ);
  add(L.CHUNKS, count);
  add(L.CHUNKS_CREATED, count);
  add(L.CHUNKS_STORED, count);
}

/** 1 when the newest sample of the series is in a stored chunk: its value is not known, and asked for by giveNewest. */
export function lacksNewest(slot: u32): u32 {
  const hot = hotRecord(slot);
  return (load<u32>(hot, L.HOT_CHUNK) & 1) != 0 ? 1 : 0;
}

/** The newest sample's value, whose bits stand at that address. */
export function giveNewest(slot: u32, value: u32): void {
  store<u64>(hotRecord(slot), load<u64>(value), L.HOT_V);
}

function firstOf(ref: u32, table: u32, n: u32): u32 {
  let low: u32 = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(table + middle * ENTRY_BYTES) < ref) low = middle + 1;
    else high = middle;
  }
  return low;
}

function extendTo(t: i64): void {
  if (t > load<i64>(L.MAX_TIME)) store<i64>(L.MAX_TIME, t);
  if (t < load<i64>(L.MIN_TIME)) store<i64>(L.MIN_TIME, t);
}

function add(counter: u32, n: u32): void {
  store<u32>(counter, load<u32>(counter) + n);
}
