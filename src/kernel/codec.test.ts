// CRC-32C and snappy of the kernel against plain and foreign ones: the same checksums, texts that each reads of the other, and no text,
// however malformed, that does more than fail.
import fc from 'fast-check';
import { compress, uncompress } from 'snappyjs';
import { expect, test } from 'vitest';
import { plainCrc32c } from '../../test/support/plain-crc32c.ts';
import { CodecError, createCodec } from './codec.ts';
import { loadKernel } from './head-memory.ts';

const SEED = 20_240_611;
const MOST = 8 * 1024 * 1024;

/** Noise, repetition near and far, runs: of all lengths around what matters (literal and copy lengths, a block's 64 KiB). */
const text = fc
  .array(
    fc.oneof(
      { arbitrary: fc.uint8Array({ maxLength: 300 }), weight: 4 },
      { arbitrary: fc.tuple(fc.nat(255), fc.nat(70_000)).map(([byte, n]) => new Uint8Array(n).fill(byte)), weight: 1 },
      { arbitrary: fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(200)).map(([part, n]) => repeated(part, n)), weight: 2 },
      { arbitrary: fc.tuple(fc.nat(), fc.nat(5000)).map(([seed, n]) => noise(seed, n)), weight: 1 },
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.boolean().map((twice) => Buffer.concat(twice ? [...parts, ...parts] : parts)));

function repeated(part: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => part));
}

function noise(seed: number, length: number): Buffer {
  let state = seed | 1;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state;
    }),
  );
}

/** By the format's description, strictly; null where the text is malformed. (snappyjs takes much that is.) */
function plainDecompress(packed: Buffer): Buffer | null {
  let at = 0;
  let told = 0;
  for (let shift = 0; ; shift += 7) {
    if (shift > 28 || at === packed.length) return null;
    told += (packed[at] & 0x7f) * 2 ** shift;
    if (packed[at++] < 0x80) break;
  }
  if (told > MOST) return null;
  const out = Buffer.alloc(told);
  let made = 0;
  while (at < packed.length) {
    const tag = packed[at++];
    const kind = tag & 3;
    let length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const extra = kind === 0 ? Math.max(0, length - 60) : kind === 3 ? 4 : kind;
    if (at + extra > packed.length) return null;
    const number = extra === 0 ? 0 : packed.readUIntLE(at, extra);
    at += extra;
    if (kind === 0 && extra > 0) length = number + 1;
    const offset = kind === 0 ? 0 : kind === 1 ? (tag >> 5) * 256 + number : number;
    if (made + length > told || (kind === 0 ? at + length > packed.length : offset === 0 || offset > made)) return null;
    for (let i = 0; i < length; i++) out[made + i] = kind === 0 ? packed[at + i] : out[made + i - offset];
    if (kind === 0) at += length;
    made += length;
  }
  return made === told ? out : null;
}

for (const checked of [false, true]) {
  const name = (sentence: string) => `${sentence} (checked: ${checked})`;
  const codec = createCodec(loadKernel(checked));

  test(name('checksums: known ones, and the plain one at every alignment and over windows'), () => {
    const check = (bytes: Buffer, expected: number) => expect(codec.crc32c(bytes)).toBe(expected);
    check(Buffer.from('123456789'), 0xe3069283);
    check(Buffer.alloc(0), 0);
    check(Buffer.alloc(32), 0x8a9136aa); // RFC 3720, B.4
    check(Buffer.alloc(32, 0xff), 0x62a8ab43);
    const bytes = noise(7, 600_000);
    for (let start = 0; start < 9; start++)
      for (let length = 0; length < 40; length++)
        expect([start, length, codec.crc32c(bytes, start, start + length)]).toEqual([
          start,
          length,
          plainCrc32c.crc32c(bytes, start, start + length),
        ]);
    for (const length of [262_143, 262_144, 262_145, 600_000]) check(bytes.subarray(0, length), plainCrc32c.crc32c(bytes, 0, length));
    expect(codec.crc32c(bytes, 1000, 5000, codec.crc32c(bytes, 0, 1000))).toBe(codec.crc32c(bytes, 0, 5000));
  });

  test(name('snappy: what one compresses the other reads, in both directions'), () => {
    fc.assert(
      fc.property(text, (bytes) => {
        const packed = codec.compressSnappy(bytes);
        if (packed !== null) {
          expect(packed.length).toBeLessThan(bytes.length);
          expect(Buffer.compare(Buffer.from(uncompress(packed)), bytes)).toBe(0);
          expect(codec.decompressSnappy(packed, bytes.length).equals(bytes)).toBe(true);
        }
        expect(codec.decompressSnappy(compress(bytes), bytes.length).equals(bytes)).toBe(true);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test(name('snappy: every kind of element'), () => {
    const check = (packed: number[], expected: string) =>
      expect(codec.decompressSnappy(Buffer.from(packed), MOST).toString('latin1')).toBe(expected);
    check([0], '');
    check([3, 0x08, 97, 98, 99], 'abc');
    check([6, 0x08, 97, 98, 99, 0x0a, 3, 0], 'abcabc'); // two bytes of offset
    check([7, 0x08, 97, 98, 99, 0x01, 3], 'abcabca'); // one
    check([6, 0x08, 97, 98, 99, 0x0b, 3, 0, 0, 0], 'abcabc'); // four
    check([9, 0x00, 97, 0x1e, 1, 0], 'aaaaaaaaa'); // reaching into itself
    check([2, 0xf0, 1, 97, 98], 'ab'); // lengths of literals in one to four bytes
    check([2, 0xf4, 1, 0, 97, 98], 'ab');
    check([2, 0xf8, 1, 0, 0, 97, 98], 'ab');
    check([2, 0xfc, 1, 0, 0, 0, 97, 98], 'ab');
  });

  test(name('snappy: malformed texts are refused'), () => {
    const check = (packed: number[], maxBytes = MOST) =>
      expect(() => codec.decompressSnappy(Buffer.from(packed), maxBytes)).toThrow(CodecError);
    check([]);
    check([0x80]);
    check([0x80, 0x80, 0x80, 0x80, 0x80, 0]); // a length of six bytes
    check([0xff, 0xff, 0xff, 0xff, 0x7f, 0]);
    check([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 97], 2 ** 33); // 4 GiB out of two bytes
    check([0xff, 0xff, 0xff, 0x3f, 0x00, 97]); // a length that so few bytes cannot become
    check([3, 0x08, 97, 98, 99], 2); // longer than allowed
    check([3, 0x08, 97, 98]); // a literal beyond the end
    check([2, 0x08, 97, 98, 99]); // beyond the told length
    check([4, 0x08, 97, 98, 99]); // short of it
    check([6, 0x08, 97, 98, 99, 0x0a, 4, 0]); // a copy from before the beginning
    check([6, 0x08, 97, 98, 99, 0x0a, 0, 0]); // from nowhere
    check([5, 0x08, 97, 98, 99, 0x0a, 3, 0]); // beyond the told length
    check([6, 0x08, 97, 98, 99, 0x0a, 3]); // half of an offset
    check([7, 0x08, 97, 98, 99, 0x01]);
    check([6, 0x08, 97, 98, 99, 0x0b, 3, 0, 0]);
    check([2, 0xfc, 0xff, 0xff, 0xff, 0xff, 97, 98]); // a literal of 4 GiB
    check([2, 0xfc, 1, 0, 0]);
  });

  test(name('snappy: changed and torn texts are refused exactly where the plain reader refuses them'), () => {
    let refused = 0;
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(), (bytes, changes, cut) => {
        const packed = Buffer.from(compress(bytes));
        for (const [at, byte] of changes) packed[at % packed.length] = byte;
        const torn = cut % 3 === 0 ? packed.subarray(0, cut % (packed.length + 1)) : packed;
        const expected = plainDecompress(torn);
        if (expected !== null) expect(codec.decompressSnappy(torn, MOST).equals(expected)).toBe(true);
        else expect(() => codec.decompressSnappy(torn, MOST)).toThrow(CodecError);
        if (expected === null) refused++;
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test(name('what was decompressed lasts until the next decompression, whatever else is asked meanwhile'), () => {
    for (const length of [100, 5000, 300_000, 2_000_000]) {
      const bytes = Buffer.alloc(length, 'a line of the log that repeats, and ');
      for (let i = 0; i + 8 < length; i += 40) noise(i + 1, 8).copy(bytes, i);
      const packed = codec.compressSnappy(bytes);
      if (packed === null) throw new Error('want it compressed');
      const view = codec.decompressSnappy(packed, MOST);
      expect(codec.crc32c(view)).toBe(plainCrc32c.crc32c(bytes));
      expect(codec.compressSnappy(view)?.equals(packed)).toBe(true);
      codec.compressSnappy(noise(3, 400_000));
      expect(view.equals(bytes)).toBe(true);
    }
  });
}
