// Chunk files: where chunks go, and that they come back by their references.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCodec } from '../../kernel/index.ts';
import { ChunkSegmentReader } from './chunk-segment-reader.ts';
import { ChunkSegmentWriter } from './chunk-segment-writer.ts';

const codec = createCodec();
let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-segments-'));
  folder = join(root, 'chunks');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const chunk = (length: number) => ({ minTimeMs: 0, maxTimeMs: 0, encoding: 1 + (length % 3), data: Buffer.alloc(length, length) });

test('chunks of all lengths, in files of a bounded size', () => {
  const lengths = [0, 1, 127, 128, 500, 511, 512, 16_383, 16_384, 70_000, 200_000, 3, 3];
  const writer = new ChunkSegmentWriter(folder, codec, 90_000);
  const refs = lengths.map((length) => writer.write(chunk(length)));
  writer.close();
  expect(refs.slice(0, 2)).toEqual([8, 8 + 1 + 1 + 0 + 4]);
  expect(refs.map((ref) => Math.floor(ref / 2 ** 32))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3]);
  expect(readdirSync(folder)).toEqual(['000001', '000002', '000003', '000004']);
  for (const [name, most] of [
    ['000001', 90_000],
    ['000002', 90_000],
    ['000004', 90_000],
  ] as const)
    expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(most);
  expect(readFileSync(join(folder, '000001')).subarray(0, 8).toString('hex')).toBe('85bd40dd01000000');
  const reader = new ChunkSegmentReader(folder, codec);
  refs.forEach((ref, i) => {
    const { encoding, data } = chunk(lengths[i]);
    const read = reader.read(ref);
    expect([read.encoding, Buffer.from(read.data).equals(data)]).toEqual([encoding, true]);
  });
  expect(() => reader.read(refs[4] + 1)).toThrow(/^cannot read .*\/000001: .* at \d+$/);
  expect(() => reader.read(3)).toThrow(/000001: got a chunk inside of the header at 3$/);
  expect(() => reader.read(9 * 2 ** 32 + 8)).toThrow(/chunks: got a chunk in 000010, want one of 4 chunk files$/);
  expect(() => reader.read(2 ** 31)).toThrow(/000001: got \d+ bytes, want 0 at 2147483648$/);
  expect(reader.sizeBytes).toBe(readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0));
  reader.close();
});

test('no chunks, no files', () => {
  new ChunkSegmentWriter(folder, codec).close();
  expect(readdirSync(folder)).toEqual([]);
  expect(() => new ChunkSegmentReader(folder, codec).read(8)).toThrow(/want one of 0 chunk files/);
});
