// Reads Prometheus's encodings (big endian, varints) out of a piece of a file. A number that is cut off, or no number, fails the decoder
// for good, and gives 0: callers look at `failed` once a record.

/** Varints of so many bytes fit a JavaScript number without rounding. */
const SMALL_VARINT_BYTES = 7;
const MOST_VARINT_BYTES = 10;

export class Decoder {
  failed = false;
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get position(): number {
    return this.#at;
  }

  get left(): number {
    return this.failed ? 0 : this.#end - this.#at;
  }

  u8(): number {
    return this.#has(1) ? this.#bytes[this.#at++] : 0;
  }

  u32(): number {
    if (!this.#has(4)) return 0;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  /** Fails above 2^53. */
  u64(): number {
    const value = this.u32() * 2 ** 32 + this.u32();
    if (value > Number.MAX_SAFE_INTEGER) this.failed = true;
    return this.failed ? 0 : value;
  }

  /** Fails above 2^53. */
  uvarint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i <= SMALL_VARINT_BYTES; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) this.failed = true;
        return this.failed ? 0 : value;
      }
      factor *= 0x80;
    }
    this.failed = true;
    return 0;
  }

  /** 64 bits, rounded where a number cannot tell them apart: times that far away only mean "for ever". */
  varint(): number {
    for (let i = this.#at; i < Math.min(this.#at + SMALL_VARINT_BYTES, this.#end); i++) {
      if (this.#bytes[i] >= 0x80) continue;
      const value = this.uvarint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return this.#longVarint();
  }

  /** A difference that Prometheus writes without a sign: a negative one has the 64 bits of its complement. */
  difference(): number {
    for (let i = this.#at; i < Math.min(this.#at + SMALL_VARINT_BYTES, this.#end); i++) if (this.#bytes[i] < 0x80) return this.uvarint();
    return Number(BigInt.asIntN(64, this.#longUvarint()));
  }

  #longVarint(): number {
    const value = this.#longUvarint();
    return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
  }

  #longUvarint(): bigint {
    let value = 0n;
    for (let i = 0; i < MOST_VARINT_BYTES; i++) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return this.failed ? 0n : value;
    }
    this.failed = true;
    return 0n;
  }

  /** The bytes of a text behind its length; a view. */
  textBytes(): Buffer {
    return this.take(this.uvarint());
  }

  /** A text behind its length. */
  text(): string {
    const length = this.uvarint();
    if (!this.#has(length)) return '';
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** Whether the text behind its length is this one; goes on behind it either way. */
  isText(expected: Buffer): boolean {
    const length = this.uvarint();
    if (!this.#has(length)) return false;
    const from = this.#at;
    this.#at += length;
    if (length !== expected.length) return false;
    for (let i = 0; i < length; i++) if (this.#bytes[from + i] !== expected[i]) return false;
    return true;
  }

  /** A view. */
  take(length: number): Buffer {
    if (!this.#has(length)) return Buffer.alloc(0);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  skip(length: number): void {
    if (this.#has(length)) this.#at += length;
  }

  /** To a place that it was at before. */
  goBack(position: number): void {
    this.#at = position;
  }

  #has(bytes: number): boolean {
    if (this.failed || bytes > this.#end - this.#at) this.failed = true;
    return !this.failed;
  }
}
