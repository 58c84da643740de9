// Chunks in Prometheus's XOR bit format (tsdb/docs/format/chunks.md), written into chains of 64-byte blocks that never move.
// The bit stream is what follows the u16 sample count of a chunk on disk; the count is the difference of ordinals.
import { takeBlock } from './alloc';
import { BLOCK_BYTES, BLOCK_NEXT, BLOCK_PAYLOAD_BITS, CHUNK_OLDER, CHUNK_ORDINAL, CHUNK_STREAM, STORED_MIN } from './layout';

/** "No leading and trailing zeros known yet", where Prometheus has 0xff. */
export const NO_WINDOW: u32 = 63;
/** Longer gaps between two samples begin a new chunk: the hot record keeps the delta in an i32. */
export const LONGEST_DELTA: i64 = 0x7fffffff;

// The writer's registers while it appends one sample: loaded from and stored to the hot record.
let block: u32 = 0;
let position: u32 = 0;
let leading: u32 = 0;
let trailing: u32 = 0;

export function registerBlock(): u32 {
  return block;
}
/** position << 20 | leading << 14 | trailing << 8, to which the caller adds the count. */
export function registerBits(): u32 {
  return (position << 20) | (leading << 14) | (trailing << 8);
}
export function loadRegisters(b: u32, bits: u32): void {
  block = b;
  position = bits >> 20;
  leading = (bits >> 14) & 63;
  trailing = (bits >> 8) & 63;
}

// @ts-ignore: decorator
@inline
function or64(address: u32, bits: u64): void {
  store<u64>(address, bswap(bswap(load<u64>(address)) | bits));
}

/** The low `count` bits of v (1 to 32), most significant first. A write may touch 8 bytes: the payload ends 4 before the block does, and the link is or-ed with zeros. */
// @ts-ignore: decorator
@inline
function put(v: u64, count: u32): void {
  if (position + count <= BLOCK_PAYLOAD_BITS) putInside(v, count);
  else putAcross(v, count);
}

// @ts-ignore: decorator
@inline
function putInside(v: u64, count: u32): void {
  const address = block + (position >> 3);
  const shift = 64 - (position & 7) - count;
  // The last bytes of the payload are written 4 bytes at a time so that the link behind them is never touched.
  if (position >= BLOCK_PAYLOAD_BITS - 32) {
    const from = block + 52;
    store<u64>(from, bswap(bswap(load<u64>(from)) | (v << (BLOCK_PAYLOAD_BITS - position - count))));
  } else or64(address, v << shift);
  position += count;
}

function putAcross(v: u64, count: u32): void {
  const here = BLOCK_PAYLOAD_BITS - position;
  if (here > 0) putInside(v >> (count - here), here);
  const next = takeBlock();
  atomic.store<u32>(block + BLOCK_NEXT, next);
  block = next;
  position = 0;
  const rest = count - here;
  putInside(v & ((1 << rest) - 1), rest);
}

function putVarint(u: u64): void {
  while (u >= 0x80) {
    put((u & 0x7f) | 0x80, 8);
    u >>= 7;
  }
  put(u, 8);
}

function put64(v: u64): void {
  put(v >> 32, 32);
  put(v & 0xffffffff, 32);
}

/** Begins a chunk with its first sample; `older` is linked behind it. Needs one block. */
export function beginChunk(ordinal: u32, older: u32, t: i64, v: u64): u32 {
  const chunk = takeBlock();
  store<u32>(chunk, ordinal, CHUNK_ORDINAL);
  store<u32>(chunk, older, CHUNK_OLDER);
  block = chunk;
  position = CHUNK_STREAM << 3;
  leading = NO_WINDOW;
  trailing = 0;
  putVarint((<u64>t << 1) ^ <u64>(t >> 63));
  put64(v);
  return chunk;
}

/** The second sample of a chunk: its delta, unsigned. Needs one block. */
export function putSecond(delta: i64, xor: u64): void {
  putVarint(<u64>delta);
  putXor(xor);
}

/** Any later sample: the delta of the delta. Needs one block. */
export function putNext(dod: i64, xor: u64): void {
  if (dod == 0) put(0, 1);
  else if (dod >= -8191 && dod <= 8192) put((2 << 14) | (<u64>dod & 0x3fff), 16);
  else if (dod >= -65535 && dod <= 65536) put((6 << 17) | (<u64>dod & 0x1ffff), 20);
  else if (dod >= -524287 && dod <= 524288) put((14 << 20) | (<u64>dod & 0xfffff), 24);
  else {
    put(15, 4);
    put64(<u64>dod);
  }
  putXor(xor);
}

// @ts-ignore: decorator
@inline
function putXor(xor: u64): void {
  if (xor == 0) {
    put(0, 1);
    return;
  }
  const l = min(<u32>clz(xor), 31);
  const t = <u32>ctz(xor);
  let significant: u32;
  if (leading != NO_WINDOW && l >= leading && t >= trailing) {
    significant = 64 - leading - trailing;
    put(2, 2);
  } else {
    leading = l;
    trailing = t;
    significant = 64 - l - t;
    put((3 << 11) | (l << 6) | (significant & 63), 13);
  }
  const payload = xor >> trailing;
  if (significant > 32) {
    put(payload >> 32, significant - 32);
    put(payload & 0xffffffff, 32);
  } else put(payload, significant);
}

/** Blocks of a chunk. */
export function chunkBlocks(chunk: u32): u32 {
  let n: u32 = 0;
  for (let b = chunk; b != 0; b = load<u32>(b, BLOCK_NEXT)) n++;
  return n;
}

/** Whether a link leads to a stored chunk. */
// @ts-ignore: decorator
@inline
export function isStored(link: u32): bool {
  return (link & 1) != 0;
}

/** The record that a link leads to, stored or not. */
// @ts-ignore: decorator
@inline
export function recordOf(link: u32): u32 {
  return link & ~1;
}

/** The first sample's timestamp. Of a chunk in memory it always lies in the first block. */
export function chunkStart(chunk: u32): i64 {
  if (isStored(chunk)) return load<i64>(recordOf(chunk), STORED_MIN);
  let u: u64 = 0;
  let shift: u64 = 0;
  for (let i: u32 = 0; i < 10; i++) {
    const byte = <u64>load<u8>(chunk + CHUNK_STREAM + i);
    u |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
    shift += 7;
  }
  return <i64>(u >> 1) ^ -<i64>(u & 1);
}

// ---- reading ----

/** Bytes that gatherChunk may write: the longest chunk (240 samples of at most 19 bytes) and the slack of peeks. */
export const GATHER_BYTES: u32 = 8192;

/** Copies the payloads of a chunk's blocks one behind the other to `out`; returns the bytes, at most GATHER_BYTES - 64. */
export function gatherChunk(chunk: u32, out: u32): u32 {
  let o = out;
  const limit = out + GATHER_BYTES - 128;
  for (let b = chunk; b != 0 && o < limit; b = atomic.load<u32>(b + BLOCK_NEXT)) {
    memory.copy(o, b, BLOCK_BYTES - 4);
    o += BLOCK_BYTES - 4;
  }
  return o - out;
}

// @ts-ignore: decorator
@inline
export function peek(base: u32, bit: u32): u64 {
  const address = base + (bit >> 3);
  const shift = <u64>(bit & 7);
  return (bswap(load<u64>(address)) << shift) | (<u64>load<u8>(address, 8) >> (8 - shift));
}

/** Decodes the first `count` samples of a gathered chunk: i64 timestamps to `times`, values' bits to `values`. Returns the bit behind them. */
export function decodeChunk(gathered: u32, count: u32, times: u32, values: u32): u32 {
  if (count == 0) return CHUNK_STREAM << 3;
  let p = gathered + CHUNK_STREAM;
  let u: u64 = 0;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const byte = <u64>load<u8>(p++);
    u |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  let t = <i64>(u >> 1) ^ -<i64>(u & 1);
  let v = bswap(load<u64>(p));
  p += 8;
  store<i64>(times, t);
  store<u64>(values, v);
  let bit = (p - gathered) << 3;
  let delta: i64 = 0;
  let lead: u32 = 0;
  let trail: u32 = 0;
  for (let i: u32 = 1; i < count; i++) {
    if (i == 1) {
      u = 0;
      for (let shift: u64 = 0; shift < 70; shift += 7) {
        const byte = peek(gathered, bit) >> 56;
        bit += 8;
        u |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      delta = <i64>u;
    } else {
      const w = peek(gathered, bit);
      if (w >> 63 == 0) bit += 1;
      else {
        const ones = <u32>clz(~w);
        let dod: i64;
        if (ones == 1) {
          dod = signed((w << 2) >> 50, 14);
          bit += 16;
        } else if (ones == 2) {
          dod = signed((w << 3) >> 47, 17);
          bit += 20;
        } else if (ones == 3) {
          dod = signed((w << 4) >> 44, 20);
          bit += 24;
        } else {
          dod = <i64>peek(gathered, bit + 4);
          bit += 68;
        }
        delta += dod;
      }
    }
    t += delta;
    const x = peek(gathered, bit);
    if (x >> 63 == 0) bit += 1;
    else {
      if (((x >> 62) & 1) == 0) bit += 2;
      else {
        lead = <u32>(x >> 57) & 31;
        let significant = <u32>(x >> 51) & 63;
        if (significant == 0) significant = 64;
        trail = 64 - lead - significant;
        bit += 13;
      }
      const n = 64 - lead - trail;
      v ^= (peek(gathered, bit) >> (64 - n)) << trail;
      bit += n;
    }
    store<i64>(times + i * 8, t);
    store<u64>(values + i * 8, v);
  }
  return bit;
}

/** Prometheus's ranges are lopsided: 2^(n-1) itself is positive. */
// @ts-ignore: decorator
@inline
export function signed(bits: u64, n: u64): i64 {
  return bits > <u64>1 << (n - 1) ? <i64>bits - ((<i64>1) << n) : <i64>bits;
}
