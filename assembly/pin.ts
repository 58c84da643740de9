// What a reader may see of a series: its state at a horizon, copied under the seqlock, and the chunks up to there.
// Call inside an epoch; the horizon is taken first, then all series are pinned in one quick pass (docs/kernel-memory.md).
import { chunkStart, decodeChunk, GATHER_BYTES, gatherChunk, isStored } from './chunk';
import * as L from './layout';
import { hotRecord } from './slots';

export const PINNED: u32 = 1;
export const NOTHING: u32 = 0;
/** Two newer batches have passed: take a new horizon and pin everything again. */
export const NEWER_HORIZON: u32 = 2;

/** Of a pin: i64 t, value's bits, u32 ordinal (samples up to there), u32 newest chunk. */
export const PIN_BYTES: u32 = 24;

export function pinSample(slot: u32, horizon: u32, out: u32): u32 {
  const hot = hotRecord(slot);
  while (true) {
    const seq = atomic.load<u32>(hot + L.HOT_SEQ);
    if (seq & 1) continue; // the writer is in the middle of one append: some tens of nanoseconds
    const batch = load<u32>(hot, L.HOT_BATCH);
    const t = load<i64>(hot, L.HOT_T);
    const v = load<u64>(hot, L.HOT_V);
    const previousT = load<i64>(hot, L.HOT_PREV_T);
    const previousV = load<u64>(hot, L.HOT_PREV_V);
    const previousOrdinal = load<u32>(hot, L.HOT_PREV_ORDINAL);
    const previousBatch = load<u32>(hot, L.HOT_PREV_BATCH);
    const chunk = load<u32>(hot, L.HOT_CHUNK);
    if (atomic.load<u32>(hot + L.HOT_SEQ) != seq) continue;
    const ordinal = seq >> 1;
    if (ordinal == 0) return NOTHING;
    // Batch numbers are compared by difference, so that they may wrap.
    if (<i32>(batch - horizon) <= 0) {
      store<i64>(out, t);
      store<u64>(out, v, 8);
      store<u32>(out, ordinal, 16);
    } else if (previousOrdinal == 0) {
      // Nothing before this batch, or two batches since a horizon when there was nothing: both are nothing as of the horizon.
      return NOTHING;
    } else if (<i32>(previousBatch - horizon) <= 0) {
      store<i64>(out, previousT);
      store<u64>(out, previousV, 8);
      store<u32>(out, previousOrdinal, 16);
    } else return NEWER_HORIZON;
    store<u32>(out, chunk, 20);
    return PINNED;
  }
}

/**
 * Pins n series: of the i-th, the pin is the one at its rank, as its ref is; ordinal 0 for one without a sample. False when a newer horizon
 * is needed.
 */
export function pinAll(slots: u32, refs: u32, ranks: u32, n: u32, horizon: u32, pins: u32, rankedRefs: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    const rank = load<u32>(ranks + i * 4);
    const pin = pins + rank * PIN_BYTES;
    store<u32>(rankedRefs + rank * 4, load<u32>(refs + i * 4));
    store<u32>(pin, 0, 16);
    if (pinSample(load<u32>(slots + i * 4), horizon, pin) == NEWER_HORIZON) return false;
  }
  return true;
}

/** i64 times to f64, where they lie. */
export function timesToFloats(times: u32, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<f64>(times + i * 8, <f64>load<i64>(times + i * 8));
}

/**
 * Copies the samples of a pinned series with min <= t <= max, oldest first: i64 times and values' bits, at most `limit`, the newest ones.
 * `scratch` has GATHER_BYTES + 512 * 16 bytes. Returns how many. Only chunks in memory are read: where stored ones may have more, `scratch`
 * begins with {u32 link to the newest of them, u32 ordinal behind its last sample}, otherwise with 0.
 */
export function pinnedSamples(pin: u32, minT: f64, maxT: f64, times: u32, values: u32, limit: u32, scratch: u32): u32 {
  const from = <i64>minT;
  const to = <i64>maxT;
  let end = load<u32>(pin, 16);
  let chunk = load<u32>(pin, 20);
  const decodedTimes = scratch + GATHER_BYTES;
  const decodedValues = decodedTimes + 256 * 8;
  let kept: u32 = 0; // they are filled from the back of the limit and moved to the front at the end
  while (chunk != 0 && !isStored(chunk) && kept < limit) {
    const start = load<u32>(chunk, L.CHUNK_ORDINAL);
    const older = atomic.load<u32>(chunk + L.CHUNK_OLDER);
    if (start < end) {
      const n = min(end - start, 255);
      if (chunkStart(chunk) <= to) {
        gatherChunk(chunk, scratch);
        decodeChunk(scratch, n, decodedTimes, decodedValues);
        for (let i = n; i > 0 && kept < limit; i--) {
          const t = load<i64>(decodedTimes + (i - 1) * 8);
          if (t < from) break;
          if (t > to) continue;
          kept++;
          store<i64>(times + (limit - kept) * 8, t);
          store<u64>(values + (limit - kept) * 8, load<u64>(decodedValues + (i - 1) * 8));
        }
        if (load<i64>(decodedTimes) < from) {
          chunk = 0;
          break;
        }
      }
      end = start;
    }
    chunk = older;
  }
  store<u32>(scratch, kept < limit && isStored(chunk) ? chunk : 0);
  store<u32>(scratch, end, 4);
  memory.copy(times, times + (limit - kept) * 8, kept * 8);
  memory.copy(values, values + (limit - kept) * 8, kept * 8);
  return kept;
}

/**
 * The newest sample at or before `now` of a series whose pinned sample is ahead of it: 1 and {i64 t, value's bits} at `out`, or 0. Of the chunks
 * in memory: whether others may have one, `scratch` tells as that of pinnedSamples does.
 */
export function newestAtOrBefore(pin: u32, now: f64, out: u32, scratch: u32): u32 {
  const one = scratch + GATHER_BYTES + 512 * 16;
  if (pinnedSamples(pin, -9e15, now, one, one + 8, 1, scratch) == 0) return 0;
  store<i64>(out, load<i64>(one));
  store<u64>(out, load<u64>(one, 8), 8);
  return 1;
}
