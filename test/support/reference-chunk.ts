// A plain second implementation of Prometheus's XOR chunk (tsdb/docs/format/chunks.md), with strings of bits: the judge of all encoders.

export interface BitSample {
  /** ms */
  readonly t: number;
  /** The value's 64 bits. */
  readonly bits: bigint;
}

const view = new DataView(new ArrayBuffer(8));

export function bitsOf(v: number): bigint {
  view.setFloat64(0, v);
  return view.getBigUint64(0);
}

function binary(v: bigint, width: number): string {
  return BigInt.asUintN(width, v).toString(2).padStart(width, '0');
}

function varint(u: bigint): string {
  let out = '';
  while (u >= 128n) {
    out += binary((u & 127n) | 128n, 8);
    u >>= 7n;
  }
  return out + binary(u, 8);
}

function leadingZeros(x: bigint): number {
  return 64 - x.toString(2).length;
}

function trailingZeros(x: bigint): number {
  const text = x.toString(2);
  return text.length - 1 - text.lastIndexOf('1');
}

/** The bit stream of a chunk of these samples, after its u16 count, padded with zeros to whole bytes. */
export function encodeChunk(samples: readonly BitSample[]): Buffer {
  let out = '';
  let delta = 0n;
  let leading = -1;
  let trailing = 0;
  samples.forEach(({ t, bits }, i) => {
    if (i === 0) {
      out += varint((BigInt(t) << 1n) ^ (BigInt(t) >> 63n)) + binary(bits, 64);
      return;
    }
    const next = BigInt(t - samples[i - 1].t);
    if (i === 1) out += varint(next);
    else {
      const dod = next - delta;
      const fits = (n: bigint) => -((1n << (n - 1n)) - 1n) <= dod && dod <= 1n << (n - 1n);
      if (dod === 0n) out += '0';
      else if (fits(14n)) out += `10${binary(dod, 14)}`;
      else if (fits(17n)) out += `110${binary(dod, 17)}`;
      else if (fits(20n)) out += `1110${binary(dod, 20)}`;
      else out += `1111${binary(dod, 64)}`;
    }
    delta = next;
    const xor = bits ^ samples[i - 1].bits;
    if (xor === 0n) {
      out += '0';
      return;
    }
    const l = Math.min(leadingZeros(xor), 31);
    const tz = trailingZeros(xor);
    if (leading >= 0 && l >= leading && tz >= trailing) out += `10${binary(xor >> BigInt(trailing), 64 - leading - trailing)}`;
    else {
      leading = l;
      trailing = tz;
      const significant = 64 - l - tz;
      out += `11${binary(BigInt(l), 5)}${binary(BigInt(significant), 6)}${binary(xor >> BigInt(tz), significant)}`;
    }
  });
  out = out.padEnd(Math.ceil(out.length / 8) * 8, '0');
  return Buffer.from(out.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}
