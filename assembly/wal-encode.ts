// A batch as records of the write-ahead log (tsdb/docs/format/wal.md of Prometheus), framed for its pages, ready to be written in one go.
// Per piece of a batch: the series that have no sample yet, then the samples. The writer's thread alone.
import { oldestAppendable } from './append';
import { crc32c } from './crc32c';
import * as L from './layout';
import { nameRecord, pairRecord } from './pairs';
import { snappyCompress } from './snappy';
import { coldRecord, hotRecord } from './slots';

const SERIES_RECORD: u32 = 1;
const SAMPLES_RECORD: u32 = 2;

/** How records are written: as they are, compressed by snappy, or (RAW) each behind its u32 length and without frames, for the door to do the rest. */
export const PLAIN: u32 = 0;
export const SNAPPY: u32 = 1;
export const RAW: u32 = 2;

const PAGE: u32 = 32768;
const FRAGMENT_HEADER: u32 = 7;
const FULL: u32 = 1;
const FIRST: u32 = 2;
const MIDDLE: u32 = 3;
const LAST: u32 = 4;
const SNAPPY_FLAG: u32 = 8;
/** A series record ends with the series that reaches this. */
const SERIES_BYTES: u32 = 256 * 1024;

/** Begins an output whose first byte stands at that offset of a page, in front of at least a fragment's header. */
export function walBegin(pageUsed: u32, mode: u32): void {
  assert(pageUsed <= PAGE - FRAGMENT_HEADER);
  store<u32>(L.WAL_LENGTH, 0);
  store<u32>(L.WAL_PAGE_USED, pageUsed);
  store<u32>(L.WAL_MODE, mode);
  store<u32>(L.WAL_OTHERS, 0);
}

/**
 * Encodes the batch from that piece on (0: from the first) as far as there is room. Returns the piece to go on with in the next output, or 0
 * at the end. An empty output takes at least something.
 */
export function walBatch(batch: u32, piece: u32): u32 {
  if (piece == 0) {
    piece = load<u32>(batch, L.BATCH_FIRST);
    store<u32>(L.WAL_RESUME, 0);
  }
  const minValid = oldestAppendable(load<i64>(L.MAX_TIME));
  while (piece != 0) {
    if (!putSeries(piece, minValid) || !putSamples(piece, minValid)) return piece;
    store<u32>(L.WAL_RESUME, 0);
    piece = load<u32>(piece, L.PIECE_NEXT);
  }
  return 0;
}

/** Adds the record of `length` bytes (at most WAL_RAW_BYTES) that stands at WAL_RAW and is none of samples; false when there is no room for it. */
export function walRecord(length: u32): bool {
  if (!putRecord(length)) return false;
  store<u32>(L.WAL_OTHERS, 1);
  return true;
}

// @ts-ignore: decorator
@inline
function putUvarint(p: u32, value: u32): u32 {
  while (value >= 0x80) {
    store<u8>(p++, value | 0x80);
    value >>= 7;
  }
  store<u8>(p++, value);
  return p;
}

// @ts-ignore: decorator
@inline
function putVarint(p: u32, value: i64): u32 {
  let u = (<u64>value << 1) ^ <u64>(value >> 63);
  while (u >= 0x80) {
    store<u8>(p++, <u8>u | 0x80);
    u >>= 7;
  }
  store<u8>(p++, <u8>u);
  return p;
}

/**
 * The series of the piece that the log does not have, from WAL_RESUME on. A series that comes twice is written twice, which does no harm; one
 * whose sample will be refused is left out, since it would be written again with each of them.
 */
function putSeries(piece: u32, minValid: i64): bool {
  const n = load<u32>(piece, L.PIECE_COUNT);
  let i = load<u32>(L.WAL_RESUME);
  while (i < n) {
    const begin = i;
    let p = L.WAL_RAW;
    store<u8>(p++, SERIES_RECORD);
    for (; i < n && p - L.WAL_RAW < SERIES_BYTES; i++) {
      const slot = load<u32>(piece + i * 4, L.PIECE_SLOTS);
      if (load<u32>(hotRecord(slot), L.HOT_SEQ) == 0 && load<i64>(piece + i * 8, L.PIECE_TIMES) >= minValid) p = putLabels(p, slot);
    }
    if (p - L.WAL_RAW > 1 && !walRecord(p - L.WAL_RAW)) {
      store<u32>(L.WAL_RESUME, begin);
      return false;
    }
  }
  store<u32>(L.WAL_RESUME, n);
  return true;
}

/** A series' labels are at most 1 MiB together (SCRATCH_BYTES), so SERIES_BYTES and one more fit into WAL_RAW. */
function putLabels(p: u32, slot: u32): u32 {
  const cold = coldRecord(slot);
  store<u64>(p, bswap(<u64>load<u32>(cold, L.COLD_REF)));
  const count = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
  const pairs = load<u32>(cold, L.COLD_PAIRS);
  p = putUvarint(p + 8, count);
  for (let i: u32 = 0; i < count; i++) {
    const pair = pairRecord(load<u32>(pairs + i * 4));
    const name = nameRecord(load<u32>(pair, L.PAIR_NAME));
    p = putText(p, load<u32>(name, L.NAME_TEXT), load<u32>(name, L.NAME_LENGTH));
    p = putText(p, load<u32>(pair, L.PAIR_VALUE), load<u32>(pair, L.PAIR_VALUE_LENGTH));
  }
  return p;
}

function putText(p: u32, text: u32, length: u32): u32 {
  p = putUvarint(p, length);
  memory.copy(p, text, length);
  return p + length;
}

/**
 * The samples of the piece, but for those that the append will refuse: replay would take what is too old. What is refused now is refused
 * then, for bounds only grow.
 */
function putSamples(piece: u32, minValid: i64): bool {
  const n = load<u32>(piece, L.PIECE_COUNT);
  let p = L.WAL_RAW + 17;
  let firstRef: i64 = 0;
  let firstT: i64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const slot = load<u32>(piece + i * 4, L.PIECE_SLOTS);
    const t = load<i64>(piece + i * 8, L.PIECE_TIMES);
    const hot = hotRecord(slot);
    if (t < minValid || (load<u32>(hot, L.HOT_SEQ) != 0 && t <= load<i64>(hot, L.HOT_T))) continue;
    const ref = <i64>load<u32>(coldRecord(slot), L.COLD_REF);
    if (firstRef == 0) {
      firstRef = ref;
      firstT = t;
    }
    p = putVarint(p, ref - firstRef);
    p = putVarint(p, t - firstT);
    store<u64>(p, bswap(load<u64>(piece + i * 8, L.PIECE_VALUES)));
    p += 8;
  }
  if (firstRef == 0) return true;
  store<u8>(L.WAL_RAW, SAMPLES_RECORD);
  store<u64>(L.WAL_RAW + 1, bswap(<u64>firstRef));
  store<u64>(L.WAL_RAW + 9, bswap(<u64>firstT));
  return putRecord(p - L.WAL_RAW);
}

/** Puts the record of `length` bytes at WAL_RAW behind the output; false when there is no room, and the output is as it was. */
function putRecord(length: u32): bool {
  const mode = load<u32>(L.WAL_MODE);
  if (mode == RAW) {
    const used = load<u32>(L.WAL_LENGTH);
    if (used + 4 + length > L.WAL_OUT_BYTES) return false;
    store<u32>(L.WAL_OUT + used, length);
    memory.copy(L.WAL_OUT + used + 4, L.WAL_RAW, length);
    store<u32>(L.WAL_LENGTH, used + 4 + length);
    return true;
  }
  if (mode == SNAPPY) {
    // The most that it can be, before it is known.
    if (!hasRoom(length)) return false;
    const packed = snappyCompress(L.WAL_RAW, length, L.WAL_PACKED, L.WAL_TABLE);
    if (packed < length) return putFragments(L.WAL_PACKED, packed, SNAPPY_FLAG);
  }
  return putFragments(L.WAL_RAW, length, 0);
}

// @ts-ignore: decorator
@inline
function hasRoom(length: u32): bool {
  return load<u32>(L.WAL_LENGTH) + length + (length / (PAGE - FRAGMENT_HEADER) + 3) * FRAGMENT_HEADER <= L.WAL_OUT_BYTES;
}

function putFragments(p: u32, length: u32, flags: u32): bool {
  if (!hasRoom(length)) return false;
  let out = L.WAL_OUT + load<u32>(L.WAL_LENGTH);
  let used = load<u32>(L.WAL_PAGE_USED);
  let rest = length;
  // Where a header just fits into the page, the first fragment is empty.
  let first = true;
  do {
    const n = min(rest, PAGE - used - FRAGMENT_HEADER);
    const kind = n == rest ? (first ? FULL : LAST) : first ? FIRST : MIDDLE;
    store<u8>(out, kind | flags);
    store<u16>(out, bswap(<u16>n), 1);
    store<u32>(out, bswap(crc32c(0, p, n)), 3);
    memory.copy(out + FRAGMENT_HEADER, p, n);
    out += FRAGMENT_HEADER + n;
    used += FRAGMENT_HEADER + n;
    p += n;
    rest -= n;
    first = false;
    if (PAGE - used < FRAGMENT_HEADER) {
      memory.fill(out, 0, PAGE - used);
      out += PAGE - used;
      used = 0;
    }
  } while (rest != 0);
  store<u32>(L.WAL_LENGTH, out - L.WAL_OUT);
  store<u32>(L.WAL_PAGE_USED, used);
  return true;
}
