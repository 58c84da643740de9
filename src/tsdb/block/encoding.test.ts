// What FileWriter writes, Decoder reads; and pages that are kept are bounded and go with their file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import { createCodec } from '../../kernel/index.ts';
import { Decoder } from './decoder.ts';
import { FileWriter, putVarint, uvarintLength } from './file-writer.ts';
import { PageCache } from './page-cache.ts';
import { PagedFile } from './paged-file.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-encoding-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const unsigned = fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 2 ** 32, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1));
const signed = fc.tuple(unsigned, fc.boolean()).map(([value, negative]) => (negative && value !== 0 ? -value : value));

test('numbers and texts', () => {
  let files = 0;
  fc.assert(
    fc.property(unsigned, signed, fc.nat(0xffffffff), fc.string({ unit: 'grapheme' }), (natural, whole, word, text) => {
      const path = join(root, String(files++));
      const file = new FileWriter(path, plainCrc32c);
      file.uvarint(natural);
      expect(file.position).toBe(uvarintLength(natural));
      file.varint(whole);
      file.u32(word);
      file.u64(natural);
      file.u8(word & 0xff);
      file.uvarint(Buffer.byteLength(text));
      file.bytes(Buffer.from(text));
      file.close();
      const decoder = new Decoder(readFileSync(path));
      expect([decoder.uvarint(), decoder.varint(), decoder.u32(), decoder.u64(), decoder.u8(), decoder.text()]).toEqual([
        natural,
        whole,
        word,
        natural,
        word & 0xff,
        text,
      ]);
      expect([decoder.left, decoder.failed]).toEqual([0, false]);
    }),
    { numRuns: 200 },
  );
});

test('Go’s extremes', () => {
  const encoded = (value: number) => {
    const bytes = Buffer.alloc(12);
    return bytes.subarray(0, putVarint(bytes, 0, value));
  };
  expect(encoded(2 ** 63).toString('hex')).toBe('feffffffffffffffff01');
  expect(encoded(-(2 ** 63)).toString('hex')).toBe('ffffffffffffffffff01');
  expect(new Decoder(encoded(2 ** 63)).varint()).toBe(2 ** 63);
  expect(new Decoder(Buffer.from('fbffffffffffffffff01', 'hex')).difference()).toBe(-5);
});

test('what is cut off fails the decoder, and stays so', () => {
  for (const read of ['u32', 'u64', 'uvarint', 'varint', 'difference', 'text'] as const) {
    const decoder = new Decoder(Buffer.from([0xff, 0xff]));
    expect([decoder[read]() || 0, decoder.failed, decoder.u8()], read).toEqual([0, true, 0]);
  }
  const endless = new Decoder(Buffer.alloc(20, 0xff));
  expect([endless.varint(), endless.failed]).toEqual([0, true]);
});

test('sections have their checksum, also over many buffers, and a number can be put into what is written', () => {
  const path = join(root, 'sections');
  const file = new FileWriter(path, createCodec());
  file.u32(0);
  file.beginSection();
  const body = Buffer.alloc(3_000_000, 'abcdefg');
  file.bytes(body);
  file.endSection();
  file.patchU32(0, 77);
  file.align(16);
  file.close();
  const bytes = readFileSync(path);
  expect([bytes.length % 16, bytes.readUInt32BE(0), bytes.readUInt32BE(4 + body.length)]).toEqual([0, 77, plainCrc32c.crc32c(body)]);
  expect(bytes.subarray(4, 4 + body.length).equals(body)).toBe(true);
});

test('reading by position, through pages', () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 300_001 }, (_, i) => i * 7));
  writeFileSync(join(root, 'paged'), bytes);
  const cache = new PageCache(100_000);
  const files = [new PagedFile(join(root, 'paged'), cache), new PagedFile(join(root, 'paged'), cache)];
  fc.assert(
    fc.property(fc.nat(300_001), fc.oneof(fc.nat(50), fc.nat(300_001)), fc.nat(1), (at, length, which) => {
      const file = files[which];
      if (at + length > bytes.length) expect(() => file.read(at, length)).toThrow(/got 300001 bytes, want/);
      else expect(file.read(at, length).equals(bytes.subarray(at, at + length))).toBe(true);
      expect(file.readUpTo(at, length).length).toBe(Math.min(length, bytes.length - at));
      expect(cache.sizeBytes).toBeLessThanOrEqual(100_000);
    }),
    { numRuns: 500 },
  );
  const kept = files[0].read(5, 10);
  files[0].close();
  files[0].close();
  expect(kept.equals(bytes.subarray(5, 15))).toBe(true);
  expect(() => files[0].read(5, 10)).toThrow(/its block is closed/);
  files[1].close();
  expect(cache.sizeBytes).toBe(0);
});
