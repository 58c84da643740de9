// Chunks of a block's chunk file, several at once: each one's checksum is looked at, and its samples are decoded behind those of the one
// before. Whatever is not a sound XOR chunk of ascending times is left to the caller, who says what is wrong with it.
import { peek, signed } from './chunk';
import { crc32c } from './crc32c';

const XOR: u8 = 1;
/** Of a length. */
const LENGTH_BYTES: u32 = 5;
const COUNT_BYTES: u32 = 2;
const CRC_BYTES: u32 = 4;
/** Whole numbers that a double holds. */
const LAST_TIME: i64 = 0x1fffffffffffff;
/** ms, four years: 65,535 of them stay far within 64 bits. What is longer is the caller's. */
const LONGEST_DELTA: i64 = 1 << 37;

/** How a run ended: all decoded, no room for another chunk, or one that is the caller's. */
const DONE: u32 = 0;
const FULL: u32 = 1;
const OTHER: u32 = 2;

/**
 * Decodes chunks {uvarint length, u8 encoding, data, u32 checksum} at `bytes + offsets[i]`, from i = `from` to before `to`; of `length` bytes 32 more
 * can be read. Samples: times in ms as f64 at `times`, values' bits at `values`, room for `capacity`. `state`: {u32 the next chunk, u32 samples,
 * i64 the last time so far, f64 times of the interval wanted, both ends included}.
 */
export function decodeRun(
  bytes: u32,
  length: u32,
  offsets: u32,
  from: u32,
  to: u32,
  times: u32,
  values: u32,
  capacity: u32,
  state: u32,
): u32 {
  let samples: u32 = 0;
  let last = load<i64>(state, 8);
  const minT = load<f64>(state, 16);
  const maxT = load<f64>(state, 24);
  let code = DONE;
  for (; from < to; from++) {
    const begin = load<u32>(offsets + (from << 2));
    const end = dataEnd(bytes, begin, length);
    if (end == 0) {
      code = OTHER;
      break;
    }
    const count = <u32>bswap(load<u16>(dataAt));
    if (samples + count > capacity) {
      code = samples == 0 ? OTHER : FULL;
      break;
    }
    if (!decode(dataAt, end, count, last, times + (samples << 3), values + (samples << 3))) {
      code = OTHER;
      break;
    }
    if (count > 0) {
      last = <i64>load<f64>(times + ((samples + count - 1) << 3));
      samples += within(minT, maxT, times + (samples << 3), values + (samples << 3), count);
    }
  }
  store<u32>(state, from);
  store<u32>(state, samples, 4);
  store<i64>(state, last, 8);
  return code;
}

/** Lets go of what is outside of an interval; how many samples are left. */
function within(minT: f64, maxT: f64, times: u32, values: u32, count: u32): u32 {
  while (count > 0 && load<f64>(times + ((count - 1) << 3)) > maxT) count--;
  let before: u32 = 0;
  while (before < count && load<f64>(times + (before << 3)) < minT) before++;
  if (before == 0) return count;
  count -= before;
  memory.copy(times, times + (before << 3), count << 3);
  memory.copy(values, values + (before << 3), count << 3);
  return count;
}

/** Where the data of the chunk seen last begins: an address. */
let dataAt: u32 = 0;

/** Where the data ends (an address), 0 when it is cut off, damaged or of another encoding. */
function dataEnd(bytes: u32, begin: u32, length: u32): u32 {
  if (begin + LENGTH_BYTES + 1 > length) return 0;
  let data: u32 = 0;
  let at = bytes + begin;
  for (let shift: u32 = 0; ; shift += 7) {
    if (shift == 35) return 0;
    const byte = <u32>load<u8>(at++);
    data |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const left = bytes + length - at;
  if (data < COUNT_BYTES || data > left || left - data < 1 + CRC_BYTES || load<u8>(at) != XOR) return 0;
  if (crc32c(0, at, data + 1) != bswap(load<u32>(at + 1 + data))) return 0;
  dataAt = at + 1;
  return dataAt + data;
}

/** False when the chunk is longer than its data, or its times do not ascend from `last` on. */
function decode(data: u32, end: u32, count: u32, last: i64, times: u32, values: u32): bool {
  if (count == 0) return true;
  const bits = (end - data) << 3;
  let bit: u32 = 16;
  let u: u64 = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (shift == 70) return false;
    const byte = peek(data, bit) >> 56;
    bit += 8;
    u |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  let t = <i64>(u >> 1) ^ -<i64>(u & 1);
  let v = peek(data, bit);
  bit += 64;
  if (bit > bits || t <= last || t > LAST_TIME || t < -LAST_TIME) return false;
  store<f64>(times, <f64>t);
  store<u64>(values, v);
  if (count == 1) return true;
  u = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (shift == 70) return false;
    const byte = peek(data, bit) >> 56;
    bit += 8;
    u |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  let delta = <i64>u;
  if (delta <= 0 || delta > LONGEST_DELTA) return false;
  // What a value's bits are that change: so many, and so many below them that do not.
  let width: u32 = 64;
  let trail: u32 = 0;
  for (let i: u32 = 1; i < count; i++) {
    // At least 57 bits: a regular sample is all in one look.
    const w = bswap(load<u64>(data + (bit >> 3))) << (bit & 7);
    let used: u32 = 0;
    let x = w;
    if (i > 1) {
      if (w >> 63 == 0) used = 1;
      else {
        const ones = <u32>clz(~w);
        if (ones == 1) {
          delta += signed((w << 2) >> 50, 14);
          used = 16;
        } else if (ones == 2) {
          delta += signed((w << 3) >> 47, 17);
          used = 20;
        } else if (ones == 3) {
          delta += signed((w << 4) >> 44, 20);
          used = 24;
        } else {
          // Wraps where it is no difference of times.
          delta += <i64>peek(data, bit + 4);
          used = 68;
        }
        if (delta <= 0 || delta > LONGEST_DELTA) return false;
      }
      x = used == 68 ? peek(data, bit + 68) : w << used;
    }
    t += delta;
    if (x >> 63 == 0) bit += used + 1;
    else {
      let header: u32 = 2;
      if (((x >> 62) & 1) != 0) {
        const lead = <u32>(x >> 57) & 31;
        width = <u32>(x >> 51) & 63;
        if (width == 0) width = 64;
        if (lead + width > 64) return false;
        trail = 64 - lead - width;
        header = 13;
      }
      used += header;
      v ^= (used + width <= 57 ? (w << used) >> (64 - width) : peek(data, bit + used) >> (64 - width)) << trail;
      bit += used + width;
    }
    if (bit > bits) return false;
    store<f64>(times + (i << 3), <f64>t);
    store<u64>(values + (i << 3), v);
  }
  return t <= LAST_TIME;
}
