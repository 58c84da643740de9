// Decodes XOR chunks (docs/format/chunks.md; chunkenc/xor.go of Prometheus): u16 sample count, then a bit stream. It works on a copy with
// zeros behind it, so that no read needs a test of its own: after each sample one test tells whether the stream was long enough.
import type { FloatSamples } from '../../storage/index.ts';
import { ChunkError } from './errors.ts';

const COUNT_BYTES = 2;
/** A sample takes at most 4 + 64 bits for its time and 2 + 5 + 6 + 64 for its value: 19 bytes; the first one 10 + 8. */
const MOST_SAMPLE_BYTES = 19;
const PAD_BYTES = 32;
/** Varints of so many bytes fit a JavaScript number. */
const SMALL_VARINT_BYTES = 7;
const MOST_VARINT_BYTES = 10;

class BitStream {
  bytes = new Uint8Array(4096);
  /** In bits. */
  at = 0;

  begin(data: Uint8Array, length: number): void {
    if (length + PAD_BYTES > this.bytes.length) this.bytes = new Uint8Array(length * 2 + PAD_BYTES);
    this.bytes.set(data.length === length ? data : data.subarray(0, length));
    this.bytes.fill(0, length, length + PAD_BYTES);
    this.at = COUNT_BYTES * 8;
  }

  bit(): number {
    const bit = (this.bytes[this.at >>> 3] >>> (7 - (this.at & 7))) & 1;
    this.at++;
    return bit;
  }

  /** 1 to 32 bits, unsigned. */
  bits(count: number): number {
    const { bytes } = this;
    const byte = this.at >>> 3;
    const skip = this.at & 7;
    let word = ((bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3]) << skip;
    if (skip + count > 32) word |= bytes[byte + 4] >>> (8 - skip);
    this.at += count;
    return word >>> (32 - count);
  }

  /** Twice a sample's time or so; once in each chunk it is one of more than 49 bits, hardly ever. @throws ChunkError */
  uvarint(signed: boolean): number {
    let value = 0;
    let factor = 1;
    const begin = this.at;
    for (let i = 0; i < SMALL_VARINT_BYTES; i++) {
      const byte = this.bits(8);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return !signed ? value : value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 0x80;
    }
    this.at = begin;
    return this.#longUvarint(signed);
  }

  #longUvarint(signed: boolean): number {
    let value = 0n;
    for (let i = 0; i < MOST_VARINT_BYTES; i++) {
      const byte = this.bits(8);
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return Number(signed ? (value >> 1n) ^ -(value & 1n) : value);
    }
    throw new ChunkError('cannot decode an XOR chunk: got a varint of more than 10 bytes');
  }
}

const stream = new BitStream();

/** Appends the chunk's samples, whose times ascend; all or none. @throws ChunkError */
export function decodeXorChunk(data: Uint8Array, into: FloatSamples): void {
  if (data.length < COUNT_BYTES) throw new ChunkError(`cannot decode an XOR chunk: got ${data.length} bytes, want at least 2`);
  const total = data[0] * 256 + data[1];
  if (total === 0) return;
  const length = Math.min(data.length, COUNT_BYTES + total * MOST_SAMPLE_BYTES);
  stream.begin(data, length);
  const end = length * 8;
  into.reserve(total);
  const { times, words, count: begin } = into;
  let time = 0;
  let delta = 0;
  let low = 0;
  let high = 0;
  let leading = 0;
  let trailing = 0;
  for (let i = 0; i < total; i++) {
    if (i === 0) {
      time = stream.uvarint(true);
      high = stream.bits(32);
      low = stream.bits(32);
    } else {
      if (i === 1) delta = stream.uvarint(false);
      // A regular interval: most samples.
      else if (stream.bit() === 1) delta += deltaOfDelta();
      if (delta <= 0) throw new ChunkError(`cannot decode an XOR chunk: got a step of ${delta} ms to sample ${i + 1}, want one above 0`);
      time += delta;
      if (stream.bit() === 1) {
        if (stream.bit() === 1) {
          leading = stream.bits(5);
          trailing = 64 - leading - (stream.bits(6) || 64);
          if (trailing < 0) throw new ChunkError('cannot decode an XOR chunk: got a value of more than 64 bits');
        }
        const bits = 64 - leading - trailing;
        // What changes, shifted left by `trailing`: its upper and lower word.
        const upper = bits > 32 ? stream.bits(bits - 32) : 0;
        const lower = stream.bits(bits > 32 ? 32 : bits);
        if (trailing >= 32) high ^= lower << (trailing - 32);
        else if (trailing === 0) {
          low ^= lower;
          high ^= upper;
        } else {
          low ^= lower << trailing;
          high ^= (upper << trailing) | (lower >>> (32 - trailing));
        }
      }
    }
    if (stream.at > end) throw new ChunkError(`cannot decode an XOR chunk: got an end in sample ${i + 1}, want ${total} samples`);
    if (time > Number.MAX_SAFE_INTEGER || time < Number.MIN_SAFE_INTEGER)
      throw new ChunkError(`cannot decode an XOR chunk: got a time of ${time} ms, want one that is a safe integer`);
    times[begin + i] = time;
    words[(begin + i) * 2] = low;
    words[(begin + i) * 2 + 1] = high;
  }
  into.count = begin + total;
}

/** Behind its first bit. Of the shortest form, 2^(bits - 1) itself is positive. */
function deltaOfDelta(): number {
  let bits = 14;
  if (stream.bit() === 1) {
    bits = 17;
    if (stream.bit() === 1) {
      if (stream.bit() === 1) {
        const upper = stream.bits(32);
        return (upper | 0) * 2 ** 32 + stream.bits(32);
      }
      bits = 20;
    }
  }
  const value = stream.bits(bits);
  return value > 1 << (bits - 1) ? value - (1 << bits) : value;
}
