// Snappy's block format (google/snappy, format_description.txt), as Prometheus's log has it for whole records.
// All memory is the caller's. Reads may run up to 16 bytes past the input; its area has that slack, as the bound of what comes out has it.

/** Matches are looked for within so many bytes, so that offsets fit two bytes. */
const BLOCK: u32 = 65536;
const HASH_BITS: u32 = 13;
/** Of the table that compression needs: u16 positions within a block. */
export const SNAPPY_TABLE_BYTES: u32 = (1 << HASH_BITS) * 2;
/** The last bytes of a block are literals: loads of eight bytes stay inside. */
const MARGIN: u32 = 15;
export const MALFORMED: u32 = 0xffffffff;

/** The most that `length` bytes can become. */
export function snappyBound(length: u32): u32 {
  return 32 + length + length / 6;
}

// @ts-ignore: decorator
@inline
function hash(word: u32): u32 {
  return (word * 0x1e35a7bd) >> (32 - HASH_BITS);
}

/** Compresses to `out` (snappyBound bytes) with a table of SNAPPY_TABLE_BYTES; returns the length. */
export function snappyCompress(p: u32, length: u32, out: u32, table: u32): u32 {
  let o = out;
  let rest = length;
  while (rest >= 0x80) {
    store<u8>(o++, rest | 0x80);
    rest >>= 7;
  }
  store<u8>(o++, rest);
  const end = p + length;
  for (let from = p; from < end; from += BLOCK) o = compressBlock(from, min(end, from + BLOCK), o, table);
  return o - out;
}

function compressBlock(begin: u32, end: u32, out: u32, table: u32): u32 {
  let o = out;
  let literal = begin;
  if (end - begin > MARGIN) {
    memory.fill(table, 0, SNAPPY_TABLE_BYTES);
    const limit = end - MARGIN;
    let p = begin + 1;
    // Where nothing matches, ever more bytes are passed over.
    let skip: u32 = 32;
    while (p < limit) {
      const word = load<u32>(p);
      const entry = table + hash(word) * 2;
      const candidate = begin + load<u16>(entry);
      store<u16>(entry, <u16>(p - begin));
      if (load<u32>(candidate) != word || candidate == p) {
        p += skip >> 5;
        skip++;
        continue;
      }
      skip = 32;
      if (p > literal) o = putLiteral(o, literal, p - literal);
      let matched: u32 = 4;
      while (p + matched + 8 <= end) {
        const differing = load<u64>(candidate + matched) ^ load<u64>(p + matched);
        if (differing != 0) {
          matched += <u32>(ctz(differing) >> 3);
          break;
        }
        matched += 8;
      }
      // Near the end byte by byte; the loop above ends in front of a step that would pass it.
      while (p + matched < end && p + matched + 8 > end && load<u8>(candidate + matched) == load<u8>(p + matched)) matched++;
      o = putCopy(o, p - candidate, matched);
      p += matched;
      literal = p;
      if (p < limit) store<u16>(table + hash(load<u32>(p - 1)) * 2, <u16>(p - 1 - begin));
    }
  }
  return literal < end ? putLiteral(o, literal, end - literal) : o;
}

// @ts-ignore: decorator
@inline
function putLiteral(o: u32, p: u32, length: u32): u32 {
  // Nearly all are short. 16 bytes are read and written whatever the length; what follows is written over.
  if (length <= 16) {
    store<u8>(o, (length - 1) << 2);
    v128.store(o + 1, v128.load(p));
    return o + 1 + length;
  }
  return putLongLiteral(o, p, length);
}

function putLongLiteral(o: u32, p: u32, length: u32): u32 {
  const n = length - 1;
  if (n < 60) store<u8>(o++, n << 2);
  else if (n < 256) {
    store<u8>(o, 60 << 2);
    store<u8>(o, n, 1);
    o += 2;
  } else {
    store<u8>(o, 61 << 2);
    store<u16>(o, <u16>n, 1);
    o += 3;
  }
  memory.copy(o, p, length);
  return o + length;
}

/** Offsets are below 65,536. */
// @ts-ignore: decorator
@inline
function putCopy(o: u32, offset: u32, length: u32): u32 {
  if (length < 12 && offset < 2048) {
    store<u16>(o, <u16>(((offset >> 8) << 5) | ((length - 4) << 2) | 1 | ((offset & 0xff) << 8)));
    return o + 2;
  }
  if (length <= 64) return putTwoByteCopy(o, offset, length);
  return putLongCopy(o, offset, length);
}

function putLongCopy(o: u32, offset: u32, length: u32): u32 {
  while (length >= 68) {
    o = putTwoByteCopy(o, offset, 64);
    length -= 64;
  }
  if (length > 64) {
    o = putTwoByteCopy(o, offset, 60);
    length -= 60;
  }
  return putTwoByteCopy(o, offset, length);
}

// @ts-ignore: decorator
@inline
function putTwoByteCopy(o: u32, offset: u32, length: u32): u32 {
  store<u32>(o, ((length - 1) << 2) | 2 | (offset << 8));
  return o + 3;
}

// What the last snappyLength read: where the elements begin.
let bodyAt: u32 = 0;

/** The length that the compressed text tells, or MALFORMED. */
export function snappyLength(p: u32, length: u32): u32 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < 5 && i < length; i++) {
    const byte = <u64>load<u8>(p + i);
    value |= (byte & 0x7f) << (i * 7);
    if (byte >= 0x80) continue;
    bodyAt = p + i + 1;
    return value > 0x7fffffff ? MALFORMED : <u32>value;
  }
  return MALFORMED;
}

/** 16 bytes at once, so up to 15 beyond the n are written. */
// @ts-ignore: decorator
@inline
function copyShort(to: u32, from: u32, n: u32): void {
  v128.store(to, v128.load(from));
  for (let i: u32 = 16; i < n; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Bytes that the output itself has written: where it overlaps, what was just copied is copied again. */
// @ts-ignore: decorator
@inline
function copyBack(o: u32, offset: u32, n: u32): void {
  if (offset >= 16) copyShort(o, o - offset, n);
  else if (offset >= 8) for (let i: u32 = 0; i < n; i += 8) store<u64>(o + i, load<u64>(o + i - offset));
  else for (let i: u32 = 0; i < n; i++) store<u8>(o + i, load<u8>(o + i - offset));
}

/**
 * Decompresses to `out`, which has room for snappyLength bytes; false when the text is malformed. 16 bytes behind both are read, those behind `out`
 * written too.
 */
export function snappyDecompress(p: u32, length: u32, out: u32): bool {
  const wanted = snappyLength(p, length);
  if (wanted == MALFORMED) return false;
  const end = p + length;
  const outEnd = out + wanted;
  let o = out;
  let at = bodyAt;
  while (at < end) {
    const tag = <u32>load<u8>(at++);
    let n: u32;
    let offset: u32;
    if ((tag & 3) == 0) {
      n = (tag >> 2) + 1;
      if (n > 60) {
        const bytes = n - 60;
        if (end - at < bytes) return false;
        n = load<u8>(at);
        if (bytes > 1) n |= <u32>load<u8>(at, 1) << 8;
        if (bytes > 2) n |= <u32>load<u8>(at, 2) << 16;
        if (bytes > 3) n |= <u32>load<u8>(at, 3) << 24;
        if (n == 0xffffffff) return false;
        n++;
        at += bytes;
      }
      if (n > end - at || n > outEnd - o) return false;
      if (n <= 64) copyShort(o, at, n);
      else memory.copy(o, at, n);
      at += n;
      o += n;
      continue;
    }
    if ((tag & 3) == 1) {
      if (at == end) return false;
      n = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | load<u8>(at++);
    } else if ((tag & 3) == 2) {
      if (end - at < 2) return false;
      n = (tag >> 2) + 1;
      offset = load<u16>(at);
      at += 2;
    } else {
      if (end - at < 4) return false;
      n = (tag >> 2) + 1;
      offset = load<u32>(at);
      at += 4;
    }
    if (offset == 0 || offset > o - out || n > outEnd - o) return false;
    copyBack(o, offset, n);
    o += n;
  }
  return o == outEnd;
}
