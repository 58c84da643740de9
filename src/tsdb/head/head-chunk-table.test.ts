// A start with head chunk files: series take their chunks as the log brings them back, and only what is newer is replayed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TestHead } from '../../../test/support/head.ts';
import { samplesRecord } from '../../../test/support/plain-log.ts';
import { type ClosedChunk, createCodec, HeadSeriesReader } from '../../kernel/index.ts';
import { ChunkEncoding } from '../block/index.ts';
import { type HeadChunk, HeadChunkFiles, HeadChunkWriter } from '../head-chunks/index.ts';
import { HeadChunkTable } from './head-chunk-table.ts';

const codec = createCodec();
const STEP_MS = 15_000;
const SAMPLES = 430;
const REFS = [1, 2, 3];
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const sampleValue = (ref: number, i: number) => i * ref * 1.25;

/** A head that lived before: three series, whose closed chunks are written to files. */
function before(change: (chunks: HeadChunk[]) => HeadChunk[] = (chunks) => chunks) {
  const head = new TestHead({ checked: true, retentionMs: 0 });
  for (let i = 0; i < SAMPLES; i++) head.write(REFS.map((ref) => ({ labels: { n: `${ref}` }, t: i * STEP_MS, v: sampleValue(ref, i) })));
  const series = new HeadSeriesReader(head.reader);
  const closed: ClosedChunk[] = [];
  for (let slot = 1; slot !== 0; ) slot = series.closedChunks(slot, closed);
  const dataFolder = mkdtempSync(join(tmpdir(), 'tributary-test-table-'));
  folders.push(dataFolder);
  const writer = new HeadChunkWriter({ dataFolder, checksum: codec, files: [] });
  writer.write(
    change(closed.map(({ ref, ordinal: _, ...chunk }) => ({ ...chunk, seriesRef: ref, encoding: ChunkEncoding.XOR, outOfOrder: false }))),
  );
  writer.close();
  return { dataFolder, series: series.read(series.sortedRefs(), -1e15, 1e15) };
}

/** A head that starts on the files and on a log with these samples of each series. */
async function start(dataFolder: string, from: number, to: number, minTimeMs = -1e15) {
  const head = new TestHead({ checked: true, retentionMs: 0 });
  const { exports, buffer } = head.memory;
  const table = await HeadChunkTable.load({ memory: head.memory, dataFolder, checksum: codec, minTimeMs });
  const record = exports.arenaOf(0) >>> 0;
  const replay = (bytes: Buffer, take: (address: number, length: number) => number) => {
    bytes.copy(buffer, record);
    return take(record, bytes.length) >>> 0;
  };
  for (const ref of REFS) {
    const bytes = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, ref, 1, 1, 0x6e, 1, 0x30 + ref]);
    expect(replay(bytes, (address, length) => exports.replaySeries(address, length))).toBe(1);
  }
  const bits = Buffer.alloc(8);
  for (let i = from; i < to; i++) {
    const samples = REFS.map((ref) => {
      bits.writeDoubleBE(sampleValue(ref, i));
      return [ref, i * STEP_MS, bits.readBigUInt64BE()] as const;
    });
    expect(replay(samplesRecord(samples), (address, length) => exports.replaySamples(address, length, minTimeMs))).toBe(REFS.length);
  }
  exports.endReplay(exports.arenaOf(0) >>> 0);
  table.finish();
  head.reader.chunkFiles = new HeadChunkFiles(dataFolder, codec);
  const series = new HeadSeriesReader(head.reader);
  return { head, table, series: series.read(series.sortedRefs(), -1e15, 1e15) };
}

test.each([0, 300, 360])('what was there is there again, from a log that begins at sample %d', async (from) => {
  const { dataFolder, series } = before();
  const started = await start(dataFolder, from, SAMPLES);
  expect(started.table).toMatchObject({ count: 9, left: 0, damage: null });
  expect(started.series).toEqual(series);
  expect(started.head.writer.usage).toMatchObject({ chunks: 12, chunksStored: 9, minTimeMs: 0, maxTimeMs: (SAMPLES - 1) * STEP_MS });
});

test('a chunk that was written twice counts once; others than XOR, and those out of order, are left to the log', async () => {
  const { dataFolder, series } = before((chunks) => [
    { ...chunks[0], encoding: 2 },
    { ...chunks[0], outOfOrder: true },
    ...chunks.flatMap((chunk) => [chunk, chunk]),
  ]);
  const started = await start(dataFolder, 0, SAMPLES);
  expect(started.table).toMatchObject({ count: 18, left: 2 });
  expect(started.series).toEqual(series);
});

test('a series whose newest sample is in a file has its value', async () => {
  const { dataFolder } = before();
  const { head } = await start(dataFolder, 0, 0);
  const { kernel, buffer, arena } = head.reader;
  const pin = arena.alloc(64);
  for (const ref of REFS) {
    kernel.pinSample(kernel.refToSlot(ref), kernel.horizon(), pin);
    expect([Number(buffer.readBigInt64LE(pin)), buffer.readDoubleLE(pin + 8)]).toEqual([359 * STEP_MS, sampleValue(ref, 359)]);
  }
});

test('chunks that blocks have are left where they are', async () => {
  const { dataFolder, series } = before();
  const started = await start(dataFolder, 0, SAMPLES, 240 * STEP_MS);
  expect(started.table).toMatchObject({ count: 3, left: 0 });
  expect(started.series.map(({ chunks }) => chunks.map(({ data }) => data))).toEqual(
    series.map(({ chunks }) => chunks.slice(2).map(({ data }) => data)),
  );
});
