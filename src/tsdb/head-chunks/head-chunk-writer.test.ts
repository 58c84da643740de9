import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder, scanFolder, testChunk, testChunks } from '../../../test/support/head-chunk-files.ts';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import type { HeadChunk } from './head-chunk.ts';
import { type HeadChunkFile, headChunkFilePath, listHeadChunkFiles } from './head-chunk-file.ts';
import { HeadChunkWriter } from './head-chunk-writer.ts';

const FILE_BYTES = 2500;

function writerOf(folder: string, files: readonly HeadChunkFile[] = [], resume = false): HeadChunkWriter {
  return new HeadChunkWriter({ dataFolder: folder, checksum: plainCrc32c, files, resume, fileBytes: FILE_BYTES });
}

/** What stands in the folder is these chunks, and what the writer knows of its files is true. */
function checkFolder(folder: string, writer: HeadChunkWriter, chunks: readonly HeadChunk[]): void {
  const read = scanFolder(folder);
  expect(read.scan.damage).toBe(null);
  expect(read.chunks).toMatchObject(chunks);
  expect(read.chunks.length).toBe(chunks.length);
  expect(read.scan.files).toEqual(writer.files);
  expect(writer.sizeBytes).toBe(writer.files.reduce((sum, { number }) => sum + statSync(headChunkFilePath(folder, number)).size, 0));
}

test('nothing is created before there is a chunk', () => {
  const folder = dataFolder();
  const writer = writerOf(folder);
  expect(writer.write([])).toEqual([]);
  expect(writer.truncate(1e15)).toEqual([]);
  writer.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('chunks go behind one another, into files that are not longer than they may be', () => {
  const folder = dataFolder();
  const writer = writerOf(folder);
  for (let i = 0; i < 60; i += 7) {
    const addresses = writer.write(testChunks(i, Math.min(i + 7, 60)));
    checkFolder(folder, writer, testChunks(0, Math.min(i + 7, 60)));
    const last = scanFolder(folder).chunks.at(-1)!;
    expect(addresses.at(-1)).toEqual({ file: last.file, offset: last.offset });
  }
  expect(writer.files.length).toBeGreaterThan(3);
  for (const { sizeBytes } of writer.files) expect(sizeBytes).toBeLessThanOrEqual(FILE_BYTES);
  for (const { sizeBytes } of writer.files.slice(0, -1)) expect(sizeBytes).toBeGreaterThan(FILE_BYTES - 350);
  writer.close();
});

test('more than the buffer, and a chunk longer than it', () => {
  const folder = dataFolder();
  const writer = new HeadChunkWriter({ dataFolder: folder, checksum: { crc32c: () => 0 }, files: [] });
  const big = (bytes: number): HeadChunk => ({ ...testChunk(0), data: new Uint8Array(bytes).fill(3) });
  const lengths = [3_000_000, 3_000_000, 6_000_000, 10, 5_000_000];
  const addresses = writer.write(lengths.map(big));
  writer.close();
  const bytes = readFileSync(headChunkFilePath(folder, 1));
  expect(addresses.map(({ offset }) => bytes.readBigUInt64BE(offset))).toEqual([1n, 1n, 1n, 1n, 1n]);
  expect(bytes.length).toBe(writer.sizeBytes);
});

test('after a start a new file is begun, within a process the last one is gone on with', () => {
  const folder = dataFolder();
  const first = writerOf(folder);
  first.write(testChunks(0, 3));
  first.close();
  const second = writerOf(folder, scanFolder(folder).scan.files);
  second.write(testChunks(3, 6));
  checkFolder(folder, second, testChunks(0, 6));
  expect(second.files.map(({ number }) => number)).toEqual([1, 2]);
  // Its thread was ended in the middle of a write.
  appendFileSync(headChunkFilePath(folder, 2), 'half a chunk');
  const third = writerOf(folder, second.files, true);
  third.write(testChunks(6, 9));
  checkFolder(folder, third, testChunks(0, 9));
  expect(third.files.map(({ number }) => number)).toEqual([1, 2]);
  rmSync(headChunkFilePath(folder, 2));
  expect(() => writerOf(folder, third.files, true)).toThrow(/^cannot write head chunk file 000002: ENOENT/);
});

test('truncate deletes the oldest files and begins a new one', () => {
  const folder = dataFolder();
  const writer = writerOf(folder);
  writer.write(testChunks(0, 60));
  const [one, two, three] = writer.files;
  expect(writer.truncate(one.maxTimeMs)).toEqual([]);
  expect(writer.truncate(one.maxTimeMs + 1)).toEqual([1]);
  expect(writer.truncate(three.maxTimeMs)).toEqual([2]);
  expect(listHeadChunkFiles(folder)).not.toContain(two.number);
  checkFolder(
    folder,
    writer,
    testChunks(0, 60).filter(({ maxTimeMs }) => maxTimeMs > two.maxTimeMs),
  );
  const newest = writer.files.at(-1)!.number;
  writer.write(testChunks(60, 61));
  expect(writer.files.at(-1)!.number).toBe(newest + 1);
  writer.truncate(1e15);
  expect(listHeadChunkFiles(folder)).toEqual([newest + 1]);
  checkFolder(folder, writer, testChunks(60, 61));
  writer.close();
});

test('a file stays as long as an older one does: their numbers have no gaps', () => {
  const folder = dataFolder();
  const writer = writerOf(folder);
  writer.write([{ ...testChunk(0), maxTimeMs: 2e12 }, ...testChunks(1, 60)]);
  expect(writer.truncate(1.5e12)).toEqual([]);
  writer.close();
});

test('all or none', () => {
  const bad = { ...testChunk(7), encoding: 0 };
  const check = (before: number, added: number) => {
    const folder = dataFolder();
    const writer = writerOf(folder);
    if (before > 0) writer.write(testChunks(0, before));
    const sizes = writer.files.map(({ number }) => statSync(headChunkFilePath(folder, number)).size);
    expect(() => writer.write([...testChunks(before, before + added), bad])).toThrow(/^BUG/);
    expect(listHeadChunkFiles(folder).map((number) => statSync(headChunkFilePath(folder, number)).size)).toEqual(sizes);
    writer.write(testChunks(before, before + 10));
    checkFolder(folder, writer, testChunks(0, before + 10));
    writer.close();
  };
  check(0, 0);
  check(0, 5);
  check(0, 30);
  check(3, 0);
  check(3, 2);
  check(3, 40);
});

test.runIf(existsSync('/dev/full'))('a full disk: nothing is written, and it goes on when there is room again', () => {
  const folder = dataFolder();
  const writer = writerOf(folder);
  writer.write(testChunks(0, 5));
  symlinkSync('/dev/full', headChunkFilePath(folder, 2));
  expect(() => writer.write(testChunks(5, 40))).toThrow(
    expect.objectContaining({ code: 'disk_full', message: expect.stringMatching(/^cannot write head chunks: ENOSPC/) }),
  );
  checkFolder(folder, writer, testChunks(0, 5));
  writer.write(testChunks(5, 40));
  checkFolder(folder, writer, testChunks(0, 40));
  writer.close();
});

test('a folder that cannot be written', () => {
  const folder = dataFolder();
  mkdirSync(join(folder, 'chunks_head', '000001'), { recursive: true });
  const writer = writerOf(folder);
  expect(() => writer.write(testChunks(0, 1))).toThrow(
    expect.objectContaining({ code: 'write_failed', message: expect.stringMatching(/^cannot write head chunks: EISDIR/) }),
  );
});
