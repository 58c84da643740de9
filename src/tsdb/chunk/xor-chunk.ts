// XOR chunks (tsdb/docs/format/chunks.md and chunkenc/xor.go of Prometheus): u16 sample count, then a bit stream. Values are handled as
// two 32-bit words, so that a stale marker's bits stay what they are. Decoding never reads beyond the chunk.
import type { EncodedChunk, TimeInterval } from '../block/block-series.ts';

/** Samples side by side. The words of value i are words[2i] (low) and words[2i + 1] (high). */
export class Samples {
  count = 0;
  times = new Float64Array(256);
  words = new Uint32Array(512);

  push(timeMs: number, low: number, high: number): void {
    if (this.count === this.times.length) this.#grow();
    this.times[this.count] = timeMs;
    this.words[this.count * 2] = low;
    this.words[this.count * 2 + 1] = high;
    this.count++;
  }

  clear(): void {
    this.count = 0;
  }

  #grow(): void {
    const times = new Float64Array(this.count * 2);
    times.set(this.times);
    const words = new Uint32Array(this.count * 4);
    words.set(this.words);
    this.times = times;
    this.words = words;
  }
}

export class ChunkError extends Error {
  readonly code = 'malformed_chunk';
}

class BitReader {
  readonly #bytes: Uint8Array;
  /** In bits. */
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, fromByte: number) {
    this.#bytes = bytes;
    this.#at = fromByte * 8;
    this.#end = bytes.length * 8;
  }

  /** At most 32, unsigned. */
  bits(count: number): number {
    if (this.#at + count > this.#end) throw new ChunkError('a chunk ends inside a sample');
    let value = 0;
    for (let left = count; left > 0; ) {
      const inByte = this.#at & 7;
      const n = Math.min(left, 8 - inByte);
      const piece = (this.#bytes[this.#at >>> 3] >>> (8 - inByte - n)) & ((1 << n) - 1);
      value = value * 2 ** n + piece;
      this.#at += n;
      left -= n;
    }
    return value;
  }

  uvarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bits(8);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ChunkError('a chunk has a number of more than 64 bits');
  }
}

/** Appends the chunk's samples. @throws ChunkError */
export function decodeXorChunk(data: Uint8Array, into: Samples): void {
  if (data.length < 2) throw new ChunkError(`a chunk of ${data.length} bytes`);
  const count = data[0] * 256 + data[1];
  if (count === 0) return;
  const reader = new BitReader(data, 2);
  const first = reader.uvarint();
  let time = Number(BigInt.asIntN(64, (first >> 1n) ^ -(first & 1n)));
  let high = reader.bits(32);
  let low = reader.bits(32);
  into.push(time, low, high);
  let delta = 0;
  let leading = 0;
  let trailing = 0;
  for (let i = 1; i < count; i++) {
    if (i === 1) delta = Number(reader.uvarint());
    else delta += deltaOfDelta(reader);
    time += delta;
    if (reader.bits(1) === 1) {
      if (reader.bits(1) === 1) {
        leading = reader.bits(5);
        const significant = reader.bits(6) || 64;
        trailing = 64 - leading - significant;
        if (trailing < 0) throw new ChunkError('a chunk has a value of more than 64 bits');
      }
      const bits = 64 - leading - trailing;
      // The significant bits, shifted left by `trailing`, are what changes.
      const upper = bits > 32 ? reader.bits(bits - 32) : 0;
      const lower = reader.bits(Math.min(bits, 32));
      if (trailing >= 32) high ^= lower << (trailing - 32);
      else if (trailing === 0) {
        low ^= lower;
        high ^= upper;
      } else {
        low ^= lower << trailing;
        high ^= (upper << trailing) | (lower >>> (32 - trailing));
      }
    }
    into.push(time, low >>> 0, high >>> 0);
  }
}

function deltaOfDelta(reader: BitReader): number {
  if (reader.bits(1) === 0) return 0;
  for (const bits of [14, 17, 20]) {
    if (reader.bits(1) === 0) {
      const value = reader.bits(bits);
      // 2^(bits - 1) itself is positive.
      return value > 2 ** (bits - 1) ? value - 2 ** bits : value;
    }
  }
  const upper = reader.bits(32);
  const lower = reader.bits(32);
  return (upper | 0) * 2 ** 32 + lower;
}

/** A chunk that grows by samples in time order. */
export class XorEncoder {
  count = 0;
  minTimeMs = 0;
  maxTimeMs = 0;
  #bytes = new Uint8Array(1024);
  /** In bits. */
  #at = 16;
  #delta = 0;
  #low = 0;
  #high = 0;
  #leading = -1;
  #trailing = 0;

  append(timeMs: number, low: number, high: number): void {
    if (this.count === 0) {
      this.minTimeMs = timeMs;
      this.#uvarint(BigInt.asUintN(64, (BigInt(timeMs) << 1n) ^ (BigInt(timeMs) >> 63n)));
      this.#put(high, 32);
      this.#put(low, 32);
    } else {
      const delta = timeMs - this.maxTimeMs;
      if (this.count === 1) this.#uvarint(BigInt(delta));
      else this.#deltaOfDelta(delta - this.#delta);
      this.#delta = delta;
      this.#xor((low ^ this.#low) >>> 0, (high ^ this.#high) >>> 0);
    }
    this.#low = low;
    this.#high = high;
    this.maxTimeMs = timeMs;
    this.count++;
  }

  /** The chunk so far; the encoder goes on with an empty one. */
  take(): EncodedChunk {
    this.#bytes[0] = this.count >>> 8;
    this.#bytes[1] = this.count & 0xff;
    const { minTimeMs, maxTimeMs } = this;
    const chunk = { minTimeMs, maxTimeMs, encoding: 1, data: this.#bytes.slice(0, Math.ceil(this.#at / 8)) };
    this.#bytes = new Uint8Array(1024);
    this.#at = 16;
    this.count = 0;
    this.#leading = -1;
    return chunk;
  }

  #deltaOfDelta(dod: number): void {
    if (dod === 0) {
      this.#put(0, 1);
      return;
    }
    let prefix = 0b10;
    let prefixBits = 2;
    for (const bits of [14, 17, 20]) {
      if (dod >= -(2 ** (bits - 1)) + 1 && dod <= 2 ** (bits - 1)) {
        this.#put(prefix, prefixBits);
        this.#put(dod < 0 ? dod + 2 ** bits : dod, bits);
        return;
      }
      prefix = prefix * 2 + 2;
      prefixBits++;
    }
    this.#put(0b1111, 4);
    this.#put(Math.floor(dod / 2 ** 32) >>> 0, 32);
    this.#put(((dod % 2 ** 32) + 2 ** 32) % 2 ** 32, 32);
  }

  #xor(low: number, high: number): void {
    if (low === 0 && high === 0) {
      this.#put(0, 1);
      return;
    }
    const leading = Math.min(31, high !== 0 ? Math.clz32(high) : 32 + Math.clz32(low));
    const trailing = low !== 0 ? trailingZeros(low) : 32 + trailingZeros(high);
    if (this.#leading >= 0 && leading >= this.#leading && trailing >= this.#trailing) this.#put(0b10, 2);
    else {
      this.#leading = leading;
      this.#trailing = trailing;
      this.#put(0b11, 2);
      this.#put(leading, 5);
      this.#put((64 - leading - trailing) & 63, 6);
    }
    const bits = 64 - this.#leading - this.#trailing;
    const shift = this.#trailing;
    const lower = shift >= 32 ? high >>> (shift - 32) : shift === 0 ? low : ((low >>> shift) | (high << (32 - shift))) >>> 0;
    if (bits > 32) this.#put(shift === 0 ? high : high >>> shift, bits - 32);
    this.#put(lower, Math.min(bits, 32));
  }

  #uvarint(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.#put(Number(rest & 0x7fn) | 0x80, 8);
      rest >>= 7n;
    }
    this.#put(Number(rest), 8);
  }

  /** The low `count` bits of a number below 2^32. */
  #put(value: number, count: number): void {
    if (this.#at + count > this.#bytes.length * 8) this.#grow();
    for (let left = count; left > 0; ) {
      const inByte = this.#at & 7;
      const n = Math.min(left, 8 - inByte);
      const piece = Math.floor(value / 2 ** (left - n)) & ((1 << n) - 1);
      this.#bytes[this.#at >>> 3] |= piece << (8 - inByte - n);
      this.#at += n;
      left -= n;
    }
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

const SAMPLES_PER_CHUNK = 120;

/** Samples of the list as chunks of 120; `keep` says which. */
export function encodeXorChunks(samples: Samples, keep: (timeMs: number) => boolean = () => true): EncodedChunk[] {
  const chunks: EncodedChunk[] = [];
  const encoder = new XorEncoder();
  for (let i = 0; i < samples.count; i++) {
    if (!keep(samples.times[i])) continue;
    if (encoder.count === SAMPLES_PER_CHUNK) chunks.push(encoder.take());
    encoder.append(samples.times[i], samples.words[i * 2], samples.words[i * 2 + 1]);
  }
  if (encoder.count > 0) chunks.push(encoder.take());
  return chunks;
}

/** The chunk without what lies outside of [minTimeMs, maxTimeMs) or in an interval. */
export function cutChunk(chunk: EncodedChunk, minTimeMs: number, maxTimeMs: number, without: readonly TimeInterval[] = []): EncodedChunk[] {
  const samples = new Samples();
  decodeXorChunk(chunk.data, samples);
  return encodeXorChunks(
    samples,
    (time) =>
      time >= minTimeMs && time < maxTimeMs && !without.some((interval) => time >= interval.minTimeMs && time <= interval.maxTimeMs),
  );
}
