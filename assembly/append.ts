// The one append path: a batch's samples go into their series under the seqlock, and the batch is committed as a whole.
// A hot record keeps its state as of the previous batch, so a reader with an older horizon still finds its sample.
import { heapFree, reserveBlocks } from './alloc';
import {
  beginChunk,
  chunkBlocks,
  chunkStart,
  isStored,
  LONGEST_DELTA,
  loadRegisters,
  putNext,
  putSecond,
  recordOf,
  registerBits,
  registerBlock,
} from './chunk';
import { limboFree, reclaim, RETIRED_BYTES, RETIRED_CHUNK, tryRetire } from './epoch';
import * as L from './layout';
import { coldRecord, hotRecord } from './slots';

/** A chunk aims at 120 samples and ends at twice as many, or at 1,005 bytes (Prometheus, tsdb/head_append.go). */
const SAMPLES_PER_CHUNK: u32 = 120;
const MOST_CHUNK_BLOCKS: u32 = 17;

function endOfRange(t: i64): i64 {
  const range = load<i64>(L.CHUNK_RANGE_MS);
  return (t / range) * range + range;
}

/** At a quarter of a chunk its end is predicted, so that the chunks up to the range's boundary are equally long. */
function predictedEnd(start: i64, newest: i64, end: i64): i64 {
  const n = <f64>(end - start) / (<f64>(newest - start + 1) * 4);
  if (n <= 1) return end;
  return <i64>(<f64>start + <f64>(end - start) / floor(n));
}

/**
 * Drops closed chunks that lie wholly before the retention. Where memory is short history goes first, before a series or a
 * sample is refused: all but the chunk before the one that begins at t.
 */
function dropOldChunks(newest: u32, t: i64): void {
  const early = heapFree() < load<u32>(L.RESERVE_BYTES) * 2;
  const retention = load<i64>(L.RETENTION_MS);
  // Without a retention of its own the head keeps what no block has yet (truncateBefore).
  const cutoff = early ? t - 1 : retention == 0 ? load<i64>(L.MIN_VALID_TIME) : load<i64>(L.MAX_TIME) - retention;
  let chunk = newest;
  while (chunk != 0 && chunkStart(chunk) > cutoff) chunk = load<u32>(recordOf(chunk), L.CHUNK_OLDER);
  if (chunk == 0) return;
  let old = load<u32>(recordOf(chunk), L.CHUNK_OLDER);
  if (old == 0) return;
  let n: u32 = 0;
  for (let o = old; o != 0; o = load<u32>(recordOf(o), L.CHUNK_OLDER)) n++;
  if (limboFree() < n) {
    reclaim();
    if (limboFree() < n) return; // readers hold on: these chunks go at the next cut
  }
  atomic.store<u32>(recordOf(chunk) + L.CHUNK_OLDER, 0);
  while (old != 0) {
    const older = load<u32>(recordOf(old), L.CHUNK_OLDER);
    if (isStored(old)) {
      tryRetire(RETIRED_BYTES, recordOf(old), L.STORED_BYTES);
      store<u32>(L.CHUNKS_STORED, load<u32>(L.CHUNKS_STORED) - 1);
    } else tryRetire(RETIRED_CHUNK, old, 0);
    store<u32>(L.CHUNKS, load<u32>(L.CHUNKS) - 1);
    store<u32>(L.CHUNKS_REMOVED, load<u32>(L.CHUNKS_REMOVED) + 1);
    if (early) store<u32>(L.CHUNKS_DROPPED_EARLY, load<u32>(L.CHUNKS_DROPPED_EARLY) + 1);
    old = older;
  }
}

// @ts-ignore: decorator
@inline
function count(counter: u32): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

// Inlined at its two places: as a call it costs half as much again.
// @ts-ignore: decorator
@inline
export function appendSample(slot: u32, t: i64, v: u64, batch: u32, minValid: i64): void {
  const hot = hotRecord(slot);
  const seq = load<u32>(hot, L.HOT_SEQ);
  const ordinal = seq >> 1;
  const lastT = load<i64>(hot, L.HOT_T);
  if (t < minValid) return count(L.OUT_TOO_OLD);
  if (ordinal != 0 && t <= lastT) {
    // The very same sample again is no error, and nothing: federation and retries send it.
    if (t == lastT) {
      if (load<u64>(hot, L.HOT_V) != v) count(L.OUT_DUPLICATE);
      return;
    }
    return count(L.OUT_OUT_OF_ORDER);
  }
  if (load<u32>(L.FREE_BLOCKS) < 2 && !reserveBlocks(2)) return count(L.OUT_NO_MEMORY);

  atomic.store<u32>(hot + L.HOT_SEQ, seq | 1);
  if (load<u32>(hot, L.HOT_BATCH) != batch) {
    v128.store(hot + L.HOT_PREV_T, v128.load(hot + L.HOT_T));
    store<u32>(hot, ordinal, L.HOT_PREV_ORDINAL);
    store<u32>(hot, load<u32>(hot, L.HOT_BATCH), L.HOT_PREV_BATCH);
    store<u32>(hot, batch, L.HOT_BATCH);
  }
  const bits = load<u32>(hot, L.HOT_BITS);
  let n = bits & 0xff;
  const cold = coldRecord(slot);
  const delta = t - lastT;
  if (n == SAMPLES_PER_CHUNK / 4) {
    store<i64>(cold, predictedEnd(chunkStart(load<u32>(hot, L.HOT_CHUNK)), lastT, load<i64>(cold, L.COLD_NEXT_AT)), L.COLD_NEXT_AT);
  }
  if (
    n == 0 ||
    t >= load<i64>(cold, L.COLD_NEXT_AT) ||
    n >= SAMPLES_PER_CHUNK * 2 ||
    delta > LONGEST_DELTA ||
    (n >= 48 && (n & 7) == 0 && chunkBlocks(load<u32>(hot, L.HOT_CHUNK)) >= MOST_CHUNK_BLOCKS)
  ) {
    const chunk = beginChunk(ordinal, load<u32>(hot, L.HOT_CHUNK), t, v);
    store<u32>(hot, chunk, L.HOT_CHUNK);
    store<i32>(hot, 0, L.HOT_DELTA);
    store<i64>(cold, endOfRange(t), L.COLD_NEXT_AT);
    count(L.CHUNKS);
    count(L.CHUNKS_CREATED);
    if (ordinal != 0) dropOldChunks(chunk, t);
    n = 0;
  } else {
    loadRegisters(load<u32>(hot, L.HOT_BLOCK), bits);
    const xor = v ^ load<u64>(hot, L.HOT_V);
    if (n == 1) putSecond(delta, xor);
    else putNext(delta - load<i32>(hot, L.HOT_DELTA), xor);
    store<i32>(hot, <i32>delta, L.HOT_DELTA);
  }
  store<u32>(hot, registerBlock(), L.HOT_BLOCK);
  store<u32>(hot, registerBits() | (n + 1), L.HOT_BITS);
  store<i64>(hot, t, L.HOT_T);
  store<u64>(hot, v, L.HOT_V);
  atomic.store<u32>(hot + L.HOT_SEQ, (ordinal + 1) << 1);
  count(L.OUT_APPENDED);
}

/** Older samples than this are refused while the newest is at maxTime: half a chunk range before it, or in a block (tsdb/head.go, appendableMinValidTime). */
export function oldestAppendable(maxTime: i64): i64 {
  const notInBlock = load<i64>(L.MIN_VALID_TIME);
  return maxTime == i64.MIN_VALUE ? notInBlock : max(notInBlock, maxTime - load<i64>(L.CHUNK_RANGE_MS) / 2);
}

/**
 * Appends up to `pieces` pieces of the batch, from `piece` on (0: from the first), as batch number COMMITTED + 1.
 * Returns the next piece, or 0 at the end. Between two calls for one batch no other batch may be appended.
 */
export function appendPieces(batch: u32, piece: u32, pieces: u32): u32 {
  const number = load<u32>(L.COMMITTED) + 1;
  if (piece == 0) {
    piece = load<u32>(batch, L.BATCH_FIRST);
    store<u32>(L.OUT_APPENDED, 0);
    store<u32>(L.OUT_OUT_OF_ORDER, 0);
    store<u32>(L.OUT_DUPLICATE, 0);
    store<u32>(L.OUT_TOO_OLD, 0);
    store<u32>(L.OUT_NO_MEMORY, 0);
  }
  let maxTime = load<i64>(L.MAX_TIME);
  let minTime = load<i64>(L.MIN_TIME);
  const minValid = oldestAppendable(maxTime);
  while (piece != 0 && pieces != 0) {
    const n = load<u32>(piece, L.PIECE_COUNT);
    for (let i: u32 = 0; i < n; i++) {
      const t = load<i64>(piece + i * 8, L.PIECE_TIMES);
      const appended = load<u32>(L.OUT_APPENDED);
      appendSample(load<u32>(piece + i * 4, L.PIECE_SLOTS), t, load<u64>(piece + i * 8, L.PIECE_VALUES), number, minValid);
      if (load<u32>(L.OUT_APPENDED) == appended) continue;
      if (t > maxTime) maxTime = t;
      if (t < minTime) minTime = t;
    }
    piece = load<u32>(piece, L.PIECE_NEXT);
    pieces--;
  }
  store<i64>(L.MAX_TIME, maxTime);
  store<i64>(L.MIN_TIME, minTime);
  return piece;
}

/** Makes the batch visible. Returns its number. */
export function commitBatch(): u32 {
  const number = load<u32>(L.COMMITTED) + 1;
  atomic.store<u32>(L.COMMITTED, number);
  return number;
}

/** Tells the sweep that a batch was opened; returns its tick. */
export function openTick(): u32 {
  const tick = load<u32>(L.BATCH_TICK) + 1;
  store<u32>(L.BATCH_TICK, tick);
  return tick;
}
