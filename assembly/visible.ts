// The visible samples of a selection: one quick pass under one horizon copies what is newest in the window; what is
// rendered later comes out of the copies, so a slow client holds nothing. Also: which names and pairs those series have.
import * as L from './layout';
import { pairRecord } from './pairs';
import { NEWER_HORIZON, newestAtOrBefore, PINNED, pinSample } from './pin';
import { coldRecord, refToSlot } from './slots';

/** A visible sample, 24 bytes: u32 slot, u32 ref, i64 t, value's bits. */
export const VISIBLE_BYTES: u32 = 24;
export const VISIBLE_SLOT: usize = 0;
export const VISIBLE_REF: usize = 4;
export const VISIBLE_T: usize = 8;
export const VISIBLE_V: usize = 16;

/** The time of an entry whose sample is in a stored chunk, if anywhere; and where in the scratch it stands how many there are. */
const UNRESOLVED_T: i64 = i64.MIN_VALUE;
const UNRESOLVED_COUNT: usize = 32;

/** What copyVisible returns instead of a count: two newer batches have passed, begin again with a new horizon. */
export const HORIZON_TOO_OLD: u32 = 0xffffffff;

/**
 * Copies for each series of a selection (arrays as selectScan's) the newest sample in [minT, maxT] (ms) as of the horizon to `out`; series
 * without one are left out, and so are those whose newest one is a stale marker, unless `withStale`. Where the newest sample is ahead of maxT, older ones
 * are looked for; what lies in files is the door's to read (UNRESOLVED_T). Inside an epoch. `scratch`: 32 KiB. Returns how many.
 */
export function copyVisible(selection: u32, count: u32, capacity: u32, horizon: u32, minT: f64, maxT: f64, withStale: bool, out: u32, scratch: u32): u32 {
  const from = <i64>minT;
  const to = <i64>maxT;
  const pin = scratch;
  let o = out;
  let unresolved: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = selection + i * 4;
    const slot = load<u32>(entry + capacity * 4);
    // Samples so old that their series is being removed are only asked for with stale ones.
    if (withStale && refToSlot(load<u32>(entry)) != slot) continue;
    const state = pinSample(slot, horizon, pin);
    if (state != PINNED) {
      if (state == NEWER_HORIZON) return HORIZON_TOO_OLD;
      continue;
    }
    if (load<i64>(pin) > to && newestAtOrBefore(pin, maxT, pin, scratch + 64) == 0) {
      // Nothing in memory is that old, but a stored chunk may have it.
      if (load<u32>(scratch + 64) == 0) continue;
      store<i64>(pin, UNRESOLVED_T);
      store<u64>(pin, 0, 8);
      unresolved++;
    }
    const t = load<i64>(pin);
    const v = load<u64>(pin, 8);
    if (t != UNRESOLVED_T && (t < from || (v == L.STALE_NAN && !withStale))) continue;
    store<u32>(o, slot, VISIBLE_SLOT);
    store<u32>(o, load<u32>(entry), VISIBLE_REF);
    store<i64>(o, t, VISIBLE_T);
    store<u64>(o, v, VISIBLE_V);
    o += VISIBLE_BYTES;
  }
  store<u32>(scratch, unresolved, UNRESOLVED_COUNT);
  return (o - out) / VISIBLE_BYTES;
}

/** Sets the byte of each label name id that the series have in `table` (nameTop() bytes). Inside the epoch of copyVisible. */
export function markNames(visible: u32, count: u32, table: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const cold = coldRecord(load<u32>(visible + i * VISIBLE_BYTES));
    const pairs = load<u32>(cold, L.COLD_PAIRS);
    const pairCount = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
    for (let j: u32 = 0; j < pairCount; j++) store<u8>(table + load<u32>(pairRecord(load<u32>(pairs + j * 4)), L.PAIR_NAME), 1);
  }
}

/** Sets the byte of each pair of label name `name` that the series have in `table` (pairTop() bytes). Inside the epoch of copyVisible. */
export function markPairs(visible: u32, count: u32, name: u32, table: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const cold = coldRecord(load<u32>(visible + i * VISIBLE_BYTES));
    const pairs = load<u32>(cold, L.COLD_PAIRS);
    const pairCount = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
    for (let j: u32 = 0; j < pairCount; j++) {
      const id = load<u32>(pairs + j * 4);
      if (load<u32>(pairRecord(id), L.PAIR_NAME) == name) {
        store<u8>(table + id, 1);
        break;
      }
    }
  }
}
