import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import { type HeadChunk, headChunkBytes, headChunkSamples, measureHeadChunk, readHeadChunk, writeHeadChunk } from './head-chunk.ts';

const chunk: HeadChunk = { seriesRef: 7, minTimeMs: 1000, maxTimeMs: 2000, encoding: 1, outOfOrder: false, data: Uint8Array.of(0, 2, 5) };

function written(it: HeadChunk): Buffer {
  const bytes = Buffer.alloc(headChunkBytes(it.data.length));
  expect(writeHeadChunk(bytes, 0, it, plainCrc32c)).toBe(bytes.length);
  return bytes;
}

function withChecksum(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(plainCrc32c.crc32c(bytes, 0, bytes.length - 4), bytes.length - 4);
  return bytes;
}

test('the bytes are those of the format', () => {
  expect(plainCrc32c.crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  const fields = '0000000000000007' + '00000000000003e8' + '00000000000007d0' + '01' + '03' + '000205';
  const expected = withChecksum(Buffer.from(`${fields}00000000`, 'hex'));
  expect(written(chunk).toString('hex')).toBe(expected.toString('hex'));
  expect(written({ ...chunk, outOfOrder: true })[24]).toBe(0x81);
  expect(headChunkSamples(chunk)).toBe(2);
});

test('what is written is read', () => {
  const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
  const any = fc.record({
    seriesRef: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    times: fc.tuple(fc.integer(safe), fc.integer(safe)).map((times) => times.sort((a, b) => a - b)),
    encoding: fc.integer({ min: 1, max: 127 }),
    outOfOrder: fc.boolean(),
    data: fc.uint8Array({ minLength: 2, maxLength: 300 }),
    before: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(any, ({ times: [minTimeMs, maxTimeMs], before, ...rest }) => {
      const it: HeadChunk = { ...rest, minTimeMs, maxTimeMs };
      const bytes = Buffer.alloc(before + headChunkBytes(it.data.length) + 9, 0xaa);
      const end = writeHeadChunk(bytes, before, it, plainCrc32c);
      expect(measureHeadChunk(bytes, before, bytes.length)).toBe(end - before);
      const read = readHeadChunk(bytes, before, end - before, plainCrc32c) as HeadChunk;
      expect({ ...read, data: new Uint8Array(read.data) }).toEqual(it);
    }),
    { numRuns: 500 },
  );
});

test('a length is known as soon as its last byte is', () => {
  const check = (dataBytes: number, lengthBytes: number) => {
    const bytes = written({ ...chunk, data: new Uint8Array(dataBytes) });
    const measured = Array.from({ length: 31 }, (_, end) => measureHeadChunk(bytes, 0, end));
    expect(measured).toEqual(measured.map((_, end) => (end < 25 + lengthBytes ? 0 : bytes.length)));
  };
  check(2, 1);
  check(127, 1);
  check(128, 2);
  check(16_383, 2);
  check(16_384, 3);
  check(3_000_000, 4);
});

test('a length that no file has', () => {
  const check = (length: string) => {
    const bytes = Buffer.from(`${'01'.repeat(25)}${length}`, 'hex');
    expect(measureHeadChunk(bytes, 0, bytes.length)).toBe(Number.POSITIVE_INFINITY);
  };
  check('8080808080');
  check('ffffffffff01');
  check('ffffffff7f');
  check('8180804001');
});

test('what is no chunk is not given out', () => {
  const check = (change: (bytes: Buffer) => void, reason: RegExp) => {
    const bytes = written(chunk);
    change(bytes);
    expect(readHeadChunk(bytes, 0, bytes.length, plainCrc32c)).toMatch(reason);
  };
  check((bytes) => bytes.fill(9, 26, 27), /^got checksum [0-9a-f]{8}, want [0-9a-f]{8}$/);
  check((bytes) => withChecksum(bytes.fill(0, 0, 8)), /^got series ref 0/);
  check((bytes) => withChecksum(bytes.fill(0xff, 0, 8)), /^got series ref -1/);
  check((bytes) => withChecksum(bytes.fill(0x7f, 0, 8)), /^got series ref \d{16}/);
  check((bytes) => withChecksum(bytes.fill(0xff, 16, 24)), /^got the times 1000 to -1/);
  check((bytes) => withChecksum(bytes.fill(0x7f, 16, 24)), /^got the times 1000 to \d{16}/);
  const short = withChecksum(Buffer.concat([written(chunk).subarray(0, 25), Buffer.from('010000000000', 'hex')]));
  expect(readHeadChunk(short, 0, short.length, plainCrc32c)).toMatch(/^got 1 bytes of data/);
});

test('what is no chunk is not written', () => {
  const check = (change: Partial<HeadChunk>, message: RegExp) => expect(() => written({ ...chunk, ...change })).toThrow(message);
  check({ seriesRef: 0 }, /^BUG: .*series ref is 0/);
  check({ seriesRef: 2 ** 53 }, /^BUG: .*series ref/);
  check({ minTimeMs: 3000 }, /^BUG: .*times are 3000 to 2000/);
  check({ maxTimeMs: Number.NaN }, /^BUG: .*times/);
  check({ encoding: 0 }, /^BUG: .*encoding is 0/);
  check({ encoding: 128 }, /^BUG: .*encoding is 128/);
  check({ data: new Uint8Array(1) }, /^BUG: .*data has 1 bytes/);
});
