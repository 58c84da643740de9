// Encodes samples to XOR chunks, bit for bit as Prometheus does (docs/format/chunks.md; chunkenc/xor.go). One encoder makes many chunks.
import { ChunkEncoding, type EncodedChunk } from '../block/block-series.ts';

/** The count has 16 bits. */
const MOST_SAMPLES = 0xffff;
/** More than one sample takes, with what `#put` writes ahead. */
const MARGIN_BYTES = 32;
const DELTA_BITS = [14, 17, 20] as const;
/** Times below this, doubled, are still exact. */
const SMALL_TIME_MS = 2 ** 52;

export class XorEncoder {
  #count = 0;
  #minTimeMs = 0;
  #maxTimeMs = 0;
  #bytes = new Uint8Array(1024);
  /** In bits. */
  #at = 16;
  #delta = 0;
  #low = 0;
  #high = 0;
  #leading = -1;
  #trailing = 0;

  get count(): number {
    return this.#count;
  }

  /** In time order. `low` and `high` are the value's words, unsigned. */
  append(timeMs: number, low: number, high: number): void {
    if (this.#count === MOST_SAMPLES) throw new Error(`BUG: more than ${MOST_SAMPLES} samples in a chunk`);
    if ((this.#at >>> 3) + MARGIN_BYTES > this.#bytes.length) this.#grow();
    if (this.#count === 0) {
      this.#minTimeMs = timeMs;
      this.#zigzag(timeMs);
      this.#put(high, 32);
      this.#put(low, 32);
    } else {
      const delta = timeMs - this.#maxTimeMs;
      if (delta <= 0) throw new Error(`BUG: a sample at ${timeMs} ms behind one at ${this.#maxTimeMs} ms`);
      if (this.#count === 1) this.#uvarint(delta);
      else this.#deltaOfDelta(delta - this.#delta);
      this.#delta = delta;
      this.#xor((low ^ this.#low) >>> 0, (high ^ this.#high) >>> 0);
    }
    this.#low = low;
    this.#high = high;
    this.#maxTimeMs = timeMs;
    this.#count++;
  }

  /** The chunk so far, a copy; the encoder goes on with an empty one. There must be a sample. */
  take(): EncodedChunk {
    if (this.#count === 0) throw new Error('BUG: a chunk without samples');
    this.#bytes[0] = this.#count >>> 8;
    this.#bytes[1] = this.#count & 0xff;
    const data = this.#bytes.slice(0, (this.#at + 7) >>> 3);
    const chunk = { minTimeMs: this.#minTimeMs, maxTimeMs: this.#maxTimeMs, encoding: ChunkEncoding.XOR, data };
    this.#at = 16;
    this.#bytes[2] = 0;
    this.#count = 0;
    this.#leading = -1;
    return chunk;
  }

  #deltaOfDelta(dod: number): void {
    if (dod === 0) {
      this.#put(0, 1);
      return;
    }
    let prefix = 0b10;
    for (let i = 0; i < DELTA_BITS.length; i++) {
      const bits = DELTA_BITS[i];
      if (dod > -(1 << (bits - 1)) && dod <= 1 << (bits - 1)) {
        this.#put(prefix, i + 2);
        this.#put(dod & ((1 << bits) - 1), bits);
        return;
      }
      prefix = (prefix << 1) | 0b10;
    }
    this.#put(0b1111, 4);
    const upper = Math.floor(dod / 2 ** 32);
    this.#put(upper >>> 0, 32);
    this.#put(dod - upper * 2 ** 32, 32);
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
      // 64 significant bits are written as 0.
      this.#put((64 - leading - trailing) & 63, 6);
    }
    this.#significant(low, high);
  }

  #significant(low: number, high: number): void {
    const shift = this.#trailing;
    const bits = 64 - this.#leading - shift;
    const lower = shift >= 32 ? high >>> (shift - 32) : shift === 0 ? low : ((low >>> shift) | (high << (32 - shift))) >>> 0;
    if (bits > 32) {
      this.#put(shift === 0 ? high : high >>> shift, bits - 32);
      this.#put(lower, 32);
    } else this.#put(lower, bits);
  }

  #zigzag(value: number): void {
    if (Math.abs(value) < SMALL_TIME_MS) {
      this.#uvarint(value < 0 ? -2 * value - 1 : 2 * value);
      return;
    }
    const wide = BigInt(value);
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    for (; rest >= 0x80n; rest >>= 7n) this.#put(Number(rest & 0x7fn) | 0x80, 8);
    this.#put(Number(rest), 8);
  }

  #uvarint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#put((rest % 0x80) | 0x80, 8);
    this.#put(rest, 8);
  }

  /** The low `count` bits (1 to 32) of a number below 2^count. What follows in the buffer becomes zeros. */
  #put(value: number, count: number): void {
    const bytes = this.#bytes;
    const byte = this.#at >>> 3;
    const skip = this.#at & 7;
    const top = value << (32 - count);
    const word = top >>> skip;
    bytes[byte] |= word >>> 24;
    bytes[byte + 1] = word >>> 16;
    bytes[byte + 2] = word >>> 8;
    bytes[byte + 3] = word;
    bytes[byte + 4] = skip === 0 ? 0 : top << (8 - skip);
    this.#at += count;
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
