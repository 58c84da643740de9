// Closed chunks leave memory for files (chunks_head/): a small record takes the chunk's place in its series' chain, and says where it lies.
// The writer's thread alone; readers that are at the chunk itself go on with it until they leave their epoch.
import { alloc } from './alloc';
import { chunkStart, isStored } from './chunk';
import { limboFree, reclaim, RETIRED_CHUNK, retire } from './epoch';
import * as L from './layout';
import { coldRecord, hotRecord, refToSlot } from './slots';

/** Of an entry: u32 ref of the series, u32 ordinal of the chunk's first sample, u32 file, u32 offset, i64 first and last timestamp. */
const ENTRY_BYTES: u32 = 32;
const ENTRY_ORDINAL: u32 = 4;
const ENTRY_PLACE: u32 = 8;
const ENTRY_TIMES: u32 = 16;
/** Longer than any usual interval between scrapes: ms. */
const IDLE_MS: i64 = 15 * 60 * 1000;

/**
 * Lets go of n chunks that are in files now; those of a series come oldest first. A chunk stays in memory when its older neighbour does, and
 * when memory or limbo is full; it is to be stored again then. Returns how many went.
 */
export function storeChunks(entries: u32, n: u32): u32 {
  let stored: u32 = 0;
  if (limboFree() < n) reclaim();
  for (let i: u32 = 0; i < n; i++) if (limboFree() > 0 && storeChunk(entries + i * ENTRY_BYTES)) stored++;
  store<u32>(L.CHUNKS_STORED, load<u32>(L.CHUNKS_STORED) + stored);
  return stored;
}

function storeChunk(entry: u32): bool {
  const slot = refToSlot(load<u32>(entry));
  if (slot == 0) return false;
  const ordinal = load<u32>(entry, ENTRY_ORDINAL);
  let newer = load<u32>(hotRecord(slot), L.HOT_CHUNK);
  if (newer == 0 || isStored(newer)) return false;
  if (load<u32>(newer, L.CHUNK_ORDINAL) == ordinal) return storeNewest(hotRecord(slot), entry);
  let chunk = load<u32>(newer, L.CHUNK_OLDER);
  while (chunk != 0 && !isStored(chunk) && load<u32>(chunk, L.CHUNK_ORDINAL) != ordinal) {
    newer = chunk;
    chunk = load<u32>(newer, L.CHUNK_OLDER);
  }
  if (chunk == 0 || isStored(chunk)) return false;
  return replace(newer + L.CHUNK_OLDER, chunk, entry);
}

/** The newest chunk of a series that is idle: the next sample, should there be one, begins another. A sample that came meanwhile keeps it. */
function storeNewest(hot: u32, entry: u32): bool {
  if (load<i64>(entry, ENTRY_TIMES + 8) != load<i64>(hot, L.HOT_T) || !replace(hot + L.HOT_CHUNK, load<u32>(hot, L.HOT_CHUNK), entry)) return false;
  store<u32>(hot, 0, L.HOT_BITS);
  store<u32>(hot, 0, L.HOT_BLOCK);
  return true;
}

/** A record takes the chunk's place behind that link, unless a chunk before it is in memory still. */
function replace(link: u32, chunk: u32, entry: u32): bool {
  const older = load<u32>(chunk, L.CHUNK_OLDER);
  if (older != 0 && !isStored(older)) return false;
  const record = alloc(L.STORED_BYTES);
  if (record == 0) return false;
  store<u32>(record, load<u32>(entry, ENTRY_ORDINAL), L.CHUNK_ORDINAL);
  store<u32>(record, older, L.CHUNK_OLDER);
  store<u64>(record, load<u64>(entry, ENTRY_PLACE), L.STORED_FILE);
  v128.store(record + L.STORED_MIN, v128.load(entry + ENTRY_TIMES));
  atomic.store<u32>(link, record | 1);
  retire(RETIRED_CHUNK, chunk, 0);
  return true;
}

/**
 * Refs of series that have chunks in memory which can be stored, from that slot on, at most `capacity`, to `out`: {u32 the slot to go on with, 0 at the end;
 * u32 refs}. Returns how many. For readers, inside an epoch; a slot that is being given to another series may be missed or come for nothing.
 */
export function closedSeries(slot: u32, out: u32, capacity: u32): u32 {
  const top = load<u32>(L.SLOT_TOP);
  let n: u32 = 0;
  for (; slot < top && n < capacity; slot++) {
    const ref = load<u32>(coldRecord(slot), L.COLD_REF);
    if (ref != 0 && (hasClosedChunk(slot) || isIdle(slot))) store<u32>(out + 4 + n++ * 4, ref);
  }
  store<u32>(out, slot < top ? slot : 0);
  return n;
}

/** Between two appends. */
function newestChunk(slot: u32): u32 {
  const hot = hotRecord(slot);
  while (true) {
    const seq = atomic.load<u32>(hot + L.HOT_SEQ);
    if (seq & 1) continue;
    const chunk = atomic.load<u32>(hot + L.HOT_CHUNK);
    if (atomic.load<u32>(hot + L.HOT_SEQ) == seq) return chunk;
  }
}

function hasClosedChunk(slot: u32): bool {
  const newest = newestChunk(slot);
  if (newest == 0 || isStored(newest)) return false;
  const older = atomic.load<u32>(newest + L.CHUNK_OLDER);
  return older != 0 && !isStored(older);
}

/** Whether no sample came for so long that none is to be expected. A series that ended otherwise keeps its last chunk in memory until a block has it. */
function isIdle(slot: u32): bool {
  const newest = newestChunk(slot);
  return newest != 0 && !isStored(newest) && load<i64>(L.MAX_TIME) - load<i64>(hotRecord(slot), L.HOT_T) > IDLE_MS;
}

/**
 * The time of the oldest sample in a chunk in memory, of all series from that slot on, `count` slots of them: i64 at `out`, which stays where it
 * is earlier. Returns the slot to go on with, 0 at the end. For readers, inside an epoch; samples that come meanwhile may be missed.
 */
export function oldestInMemory(slot: u32, count: u32, out: u32): u32 {
  const top = load<u32>(L.SLOT_TOP);
  const end = min(top, slot + count);
  for (; slot < end; slot++) {
    if (load<u32>(coldRecord(slot), L.COLD_REF) == 0) continue;
    let oldest: u32 = 0;
    for (let chunk = newestChunk(slot); chunk != 0 && !isStored(chunk); chunk = atomic.load<u32>(chunk + L.CHUNK_OLDER))
      oldest = chunk;
    if (oldest != 0) store<i64>(out, min(load<i64>(out), chunkStart(oldest)));
  }
  return slot < top ? slot : 0;
}
