// Replay of the log's samples records: each sample goes into its series by the one append path. Before any reader and any scrape.
import { appendSample, commitBatch } from './append';
import * as L from './layout';
import { refToSlot } from './slots';

const SAMPLES_RECORD: u32 = 2;
export const MALFORMED: u32 = 0xffffffff;

/** No clock shows a later time (ms; ECMAScript's last): times stay whole numbers for the doors, and sums of them stay in bounds. */
const LATEST: i64 = 8640000000000000;

// The varint reader's state: where it stands; 0 after a malformed one.
let cursor: u32 = 0;

// @ts-ignore: decorator
@inline
function varint(end: u32): i64 {
  let u: u64 = 0;
  for (let shift: u64 = 0; shift < 70 && cursor < end; shift += 7) {
    const byte = <u64>load<u8>(cursor++);
    u |= (byte & 0x7f) << shift;
    if (byte < 0x80) return <i64>(u >> 1) ^ -<i64>(u & 1);
  }
  cursor = 0;
  return 0;
}

/**
 * One samples record (its type byte included) of `length` bytes; samples before minT are left out, and so are those of refs that lead
 * nowhere or of impossible times, which REPLAY_UNKNOWN counts, and those that are not newer than their series' newest. Returns how many samples it has, or MALFORMED:
 * then what stood before the fault is appended.
 */
export function replaySamples(address: u32, length: u32, minT: f64): u32 {
  if (length == 0 || load<u8>(address) != SAMPLES_RECORD) return MALFORMED;
  if (length == 1) return 0;
  if (length < 17) return MALFORMED;
  const end = address + length;
  const firstRef = <i64>bswap(load<u64>(address + 1));
  const firstT = <i64>bswap(load<u64>(address + 9));
  const from = <i64>minT;
  const batch = load<u32>(L.COMMITTED) + 1;
  let maxTime = load<i64>(L.MAX_TIME);
  let minTime = load<i64>(L.MIN_TIME);
  let n: u32 = 0;
  let unknown: u32 = 0;
  let malformed = false;
  cursor = address + 17;
  while (cursor < end) {
    const ref = firstRef + varint(end);
    const t = cursor == 0 ? 0 : firstT + varint(end);
    if (cursor == 0 || end - cursor < 8) {
      malformed = true;
      break;
    }
    const v = bswap(load<u64>(cursor));
    cursor += 8;
    n++;
    if (t < from) continue;
    const slot = ref > 0 && ref < 0xffffffff && t <= LATEST ? refToSlot(<u32>ref) : 0;
    if (slot == 0) {
      unknown++;
      continue;
    }
    const appended = load<u32>(L.OUT_APPENDED);
    appendSample(slot, t, v, batch, from);
    if (load<u32>(L.OUT_APPENDED) == appended) continue;
    if (t > maxTime) maxTime = t;
    if (t < minTime) minTime = t;
  }
  store<i64>(L.MAX_TIME, maxTime);
  store<i64>(L.MIN_TIME, minTime);
  store<u32>(L.REPLAY_UNKNOWN, load<u32>(L.REPLAY_UNKNOWN) + unknown);
  commitBatch();
  return malformed ? MALFORMED : n;
}
