import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dataFolder, testChunk, testChunks, writeTestChunks } from '../../../test/support/head-chunk-files.ts';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import type { HeadChunk, HeadChunkAddress } from './head-chunk.ts';
import { headChunkFilePath } from './head-chunk-file.ts';
import { HeadChunkReader } from './head-chunk-reader.ts';
import { HeadChunkWriter } from './head-chunk-writer.ts';

function readerOf(folder: string, limits: { pages?: number; openFiles?: number } = {}): HeadChunkReader {
  return new HeadChunkReader({ dataFolder: folder, checksum: plainCrc32c, ...limits });
}

function check(reader: HeadChunkReader, address: HeadChunkAddress, chunk: HeadChunk): void {
  expect(reader.read(address, chunk.seriesRef)).toEqual(chunk);
}

test('any chunk in any order, through few pages and files', () => {
  const folder = dataFolder();
  const chunks = testChunks(0, 3000);
  const addresses = writeTestChunks(folder, chunks, 100_000);
  expect(addresses.at(-1)!.file).toBeGreaterThan(3);
  const reader = readerOf(folder, { pages: 2, openFiles: 2 });
  for (let i = 0; i < 3000; i++) check(reader, addresses[i], chunks[i]);
  for (let i = 0; i < 3000; i++) check(reader, addresses[(i * 1009) % 3000], chunks[(i * 1009) % 3000]);
  reader.close();
  check(reader, addresses[5], chunks[5]);
  reader.close();
});

test('a chunk over several pages', () => {
  const folder = dataFolder();
  const chunks = [testChunk(0), { ...testChunk(1), data: new Uint8Array(300_000).map((_, i) => i * 7) }, testChunk(2)];
  const addresses = writeTestChunks(folder, chunks);
  for (const pages of [1, 64]) {
    const reader = readerOf(folder, { pages });
    for (const i of [1, 0, 2, 1]) check(reader, addresses[i], chunks[i]);
    reader.close();
  }
});

test('the newest file grows while it is read', () => {
  const folder = dataFolder();
  const writer = new HeadChunkWriter({ dataFolder: folder, checksum: plainCrc32c, files: [] });
  const reader = readerOf(folder);
  for (let i = 0; i < 500; i++) {
    const [address] = writer.write([testChunk(i)]);
    check(reader, address, testChunk(i));
  }
  writer.close();
  reader.close();
});

test('what stood there before a write was taken back is read again', () => {
  const folder = dataFolder();
  const writer = new HeadChunkWriter({ dataFolder: folder, checksum: plainCrc32c, files: [] });
  const reader = readerOf(folder);
  const [first] = writer.write([testChunk(0)]);
  const size = readFileSync(headChunkFilePath(folder, 1)).length;
  writeFileSync(headChunkFilePath(folder, 1), Buffer.alloc(5000, 0xee), { flag: 'a' });
  check(reader, first, testChunk(0));
  truncateSync(headChunkFilePath(folder, 1), size);
  const [second] = writer.write([testChunk(1)]);
  check(reader, second, testChunk(1));
  writer.close();
  reader.close();
});

test('deleted files', () => {
  const folder = dataFolder();
  const chunks = testChunks(0, 60);
  const addresses = writeTestChunks(folder, chunks, 2500);
  const reader = readerOf(folder);
  check(reader, addresses[0], chunks[0]);
  rmSync(headChunkFilePath(folder, 1));
  // It was begun with, and goes on, until it is let go of.
  check(reader, addresses[1], chunks[1]);
  reader.release(2);
  const gone = expect.objectContaining({ code: 'gone', message: 'cannot read head chunk file 000001: it was deleted' });
  expect(() => reader.read(addresses[1], chunks[1].seriesRef)).toThrow(gone);
  check(reader, addresses[59], chunks[59]);
  reader.close();
});

test('what is not the chunk that was asked for is refused', () => {
  const folder = dataFolder();
  const chunks = testChunks(0, 10);
  const addresses = writeTestChunks(folder, chunks);
  const path = headChunkFilePath(folder, 1);
  const bytes = readFileSync(path);
  const checkDamage = (address: HeadChunkAddress, seriesRef: number, change: (bytes: Buffer) => Buffer, reason: string) => {
    writeFileSync(path, change(Buffer.from(bytes)));
    const reader = readerOf(folder);
    const message = `cannot read the chunk at offset ${address.offset} of head chunk file 000001: ${reason}`;
    expect(() => reader.read(address, seriesRef)).toThrow(
      expect.objectContaining({ code: 'damaged', message: expect.stringContaining(message) }),
    );
    reader.close();
  };
  const same = (whole: Buffer) => whole;
  const { offset } = addresses[3];
  checkDamage(addresses[3], 9, same, 'got one of series 4, want one of series 9');
  checkDamage({ file: 1, offset: offset + 1 }, 4, same, 'got checksum');
  checkDamage({ file: 1, offset: 100_000_000 }, 4, same, 'its length is no number, or more than the file holds');
  checkDamage(addresses[3], 4, (whole) => whole.subarray(0, offset + 20), 'its length is no number');
  checkDamage(addresses[3], 4, (whole) => whole.subarray(0, offset + 40), 'got 40 bytes, want');
  checkDamage(addresses[3], 4, (whole) => whole.fill(0xff, offset + 25, offset + 30), 'its length is no number');
  checkDamage(addresses[3], 4, (whole) => whole.fill(0x55, offset + 40, offset + 41), 'got checksum');
  for (const wrong of [
    { file: 0, offset: 8 },
    { file: 1, offset: 7 },
    { file: 1, offset: 2 ** 27 },
    { file: 1, offset: Number.NaN },
  ])
    expect(() => readerOf(folder).read(wrong, 4)).toThrow(/^BUG/);
});
