// Reads Prometheus's encodings out of a piece of a file. A number that is cut off, or no number, fails the decoder for good, and gives 0:
// callers look at `failed` once a record.

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
    for (let i = 0; i < 8; i++) {
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
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      // Nearly every time fits 52 bits, and is then read by uvarint's way.
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return this.failed ? 0 : Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
    }
    this.failed = true;
    return 0;
  }

  /** A text behind its length. */
  text(): string {
    const bytes = this.take(this.uvarint());
    return bytes.toString('utf8');
  }

  /** A view. */
  take(length: number): Buffer {
    if (!this.#has(length)) return Buffer.alloc(0);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #has(bytes: number): boolean {
    if (this.failed || bytes > this.#end - this.#at) this.failed = true;
    return !this.failed;
  }
}
