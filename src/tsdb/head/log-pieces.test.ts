// The log read by this thread and by the background thread: the same records at the same places, and the same damage.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codec, newFolder, readLog, someRecords, writeLog } from '../../../test/support/wal-folder.ts';
import { createHeadMemory } from '../../kernel/index.ts';
import { Background } from '../background/background.ts';
import { listSegments, PIECE_FIELDS, type WalCorruption, type WalPart, wholeSegments } from '../wal/index.ts';
import { logPieces } from './log-pieces.ts';

const memory = createHeadMemory({ bytes: 64 * 1024 * 1024, workers: 3 });
const background = new Background({
  memory: memory.memory,
  module: memory.module,
  index: 2,
  dataFolder: newFolder(),
  entry: new URL('../../cli/background-worker.ts', import.meta.url),
  clearEpoch: (reader) => memory.exports.clearEpoch(reader),
});
afterAll(() => background.close());

interface Read {
  readonly records: Buffer[];
  /** Segment, first byte, byte behind the last. */
  readonly places: number[][];
  readonly corruption: WalCorruption | null;
  readonly readBytes: number;
  readonly pieces: number;
}

async function read(parts: readonly WalPart[], leastBytes: number): Promise<Read> {
  const records: Buffer[] = [];
  const places: number[][] = [];
  let pieces = 0;
  for await (const { bytes, index, isLast, corruption, readBytes } of logPieces(codec, background, leastBytes)(parts)) {
    pieces++;
    for (let i = 0, begin = 0; i < index.length; begin = index[i], i += PIECE_FIELDS) {
      records.push(Buffer.from(bytes.slice(begin, index[i])));
      places.push([...index.subarray(i + 1, i + PIECE_FIELDS)]);
    }
    if (isLast) return { records, places, corruption, readBytes, pieces };
  }
  throw new Error('want a last piece');
}

const [HERE, THERE] = [Number.POSITIVE_INFINITY, 0];

test('both give what a reader gives, in several pieces', async () => {
  const folder = writeLog(someRecords(900), 'snappy', 512 * 1024);
  const parts = wholeSegments(listSegments(folder));
  expect(parts.length).toBeGreaterThan(1);
  const here = await read(parts, HERE);
  expect(here.records).toEqual(readLog(folder).records);
  expect([here.corruption, here.readBytes]).toEqual([null, parts.reduce((sum, { segment }) => sum + segment.sizeBytes, 0)]);
  expect(here.pieces).toBeGreaterThan(3);
  // Twice, since a reading must leave nothing behind.
  for (let i = 0; i < 2; i++) expect(await read(parts, THERE)).toEqual(here);
  expect(await read([], THERE)).toMatchObject({ records: [], pieces: 1 });
});

test('parts begin and end between records', async () => {
  const folder = writeLog(someRecords(400), 'none');
  const [part] = wholeSegments(listSegments(folder));
  const { records, places } = await read([part], HERE);
  const cut = (from: number, to: number): WalPart => ({ ...part, from: places[from][1], to: places[to][1] });
  const wanted = [...records.slice(3, 50), ...records.slice(100, 101), ...records.slice(399)];
  const parts = [cut(3, 50), cut(100, 101), { ...part, from: places[399][1] }];
  for (const least of [HERE, THERE]) {
    const some = await read(parts, least);
    expect(some.records).toEqual(wanted);
    expect(some.places).toEqual([...places.slice(3, 50), places[100], places[399]]);
    expect(some.corruption).toBe(null);
  }
});

test('damage ends both at the same place', async () => {
  const folder = writeLog(someRecords(400), 'snappy');
  const [{ path }] = listSegments(folder);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] ^= 8;
  writeFileSync(path, bytes);
  const parts = wholeSegments(listSegments(dirname(path)));
  const here = await read(parts, HERE);
  expect(here.corruption?.reason).toMatch(/./);
  expect(here.records.length).toBeGreaterThan(100);
  expect(await read(parts, THERE)).toEqual(here);
});

test('a thread that is gone is an error', async () => {
  const folder = writeLog(someRecords(900), 'none');
  const parts = wholeSegments(listSegments(folder));
  const ended = (async () => {
    for await (const _ of logPieces(codec, background, THERE)(parts)) await background.close();
  })();
  await expect(ended).rejects.toMatchObject({ code: 'background_task_failed' });
});
