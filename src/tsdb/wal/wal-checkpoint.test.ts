// Checkpoints: what of a log is kept, built upon the one before; one that cannot be made leaves everything as it was.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type PlainLog, samplesRecord } from '../../../test/support/plain-log.ts';
import { codec, compressions, newFolder, readLog, someRecords, writeLog } from '../../../test/support/wal-folder.ts';
import { type CheckpointOptions, lastCheckpoint, listSegments, removeCheckpointsBefore, walBytes, writeCheckpoint } from './index.ts';
import { encodeTombstones, joinMetadata } from './wal-record.ts';

/** Of one letter each. */
const series = (...refs: number[]) =>
  Buffer.concat([Buffer.of(1), ...refs.map((ref) => Buffer.of(0, 0, 0, 0, 0, 0, 0, ref, 1, 1, 97, 1, 96 + ref))]);
const samples = (...list: [ref: number, t: number][]) =>
  samplesRecord(list.map(([ref, t]): PlainLog['samples'][number] => [ref, t, BigInt(ref * t)]));
const tombstones = (...list: [ref: number, minTimeMs: number, maxTimeMs: number][]) => encodeTombstones(Float64Array.from(list.flat()));
const metadata = (...list: [ref: number, type: number][]) => joinMetadata(list.map(([ref, type]) => Buffer.of(ref, type, 0)));

const odd = (ref: number) => ref % 2 === 1;

/** A log of segments of one record each. */
function logOf(...records: Buffer[]): string {
  const folder = newFolder();
  for (const [i, record] of records.entries())
    writeFileSync(join(folder, `0000000${i}`), readFileSync(listSegments(writeLog([record], 'none'))[0].path));
  return folder;
}

function checkpoint(walFolder: string, lastSegment: number, options: Partial<CheckpointOptions> = {}) {
  return writeCheckpoint({ walFolder, lastSegment, minTimeMs: 100, keep: odd, codec, compression: 'snappy', ...options });
}

function checkKept(name: string, record: Buffer, kept: Buffer[]): void {
  test(`keeps ${name}`, () => {
    const folder = logOf(record);
    checkpoint(folder, 0);
    expect(readLog(lastCheckpoint(folder)!.path)).toEqual({ records: kept, corruption: null });
  });
}
checkKept('series of the head', series(1, 2, 3, 4), [series(1, 3)]);
checkKept('no series record without a series', series(2, 4), []);
checkKept('samples from the time on, of all series', samples([1, 99], [2, 100], [1, 101]), [samples([2, 100], [1, 101])]);
checkKept('no samples record without a sample', samples([1, 99], [2, 98]), []);
checkKept('tombstones that reach the time', tombstones([1, 0, 99], [2, 0, 100], [3, 200, 300]), [tombstones([2, 0, 100], [3, 200, 300])]);
checkKept('no tombstones of before', tombstones([1, 0, 99]), []);
checkKept('metadata of series of the head, the newest', metadata([1, 1], [2, 1], [3, 1], [1, 4]), [metadata([1, 4], [3, 1])]);
checkKept('what it does not know', Buffer.from('\u000bexemplars and such'), [Buffer.from('\u000bexemplars and such')]);

test('counts', () => {
  const folder = logOf(series(1, 2), samples([1, 99], [1, 100], [2, 101]), series(3));
  expect(checkpoint(folder, 2)).toEqual({ seriesKept: 2, seriesDropped: 1, samplesKept: 2, samplesDropped: 1 });
});

test('builds upon the one before, and on segments up to the last of them', () => {
  const records = [series(1), samples([1, 100]), series(3, 5), samples([1, 200], [3, 200]), metadata([1, 2]), samples([5, 300])];
  const folder = logOf(...records);
  checkpoint(folder, 1);
  expect(readLog(lastCheckpoint(folder)!.path).records).toEqual(records.slice(0, 2));
  checkpoint(folder, 4, { keep: (ref) => ref !== 5 });
  expect(lastCheckpoint(folder)?.number).toBe(4);
  const expected = [series(1), samples([1, 100]), series(3), samples([1, 200], [3, 200]), metadata([1, 2])];
  expect(readLog(lastCheckpoint(folder)!.path).records).toEqual(expected);
  expect(walBytes(folder)).toBe(8 * 32_768);
  removeCheckpointsBefore(folder, 4);
  expect(readdirSync(folder).filter((name) => name.startsWith('c'))).toEqual(['checkpoint.00000004']);
});

test('what unfinished ones left is no checkpoint, and goes', () => {
  const folder = logOf(series(1), series(3));
  for (const name of ['checkpoint.00000001.tmp', 'checkpoint.00000007.tmp']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, '00000000'), 'half');
  }
  expect(lastCheckpoint(folder)).toBe(null);
  checkpoint(folder, 1);
  expect(readLog(lastCheckpoint(folder)!.path)).toEqual({ records: [series(1), series(3)], corruption: null });
  removeCheckpointsBefore(folder, 1);
  expect(readdirSync(folder).sort()).toEqual(['00000000', '00000001', 'checkpoint.00000001']);
});

function checkRefused(name: string, damage: (folder: string) => void, message: string | RegExp): void {
  test(`is not made of ${name}`, () => {
    const folder = logOf(series(1), samples([1, 100], [1, 200]), series(3));
    checkpoint(folder, 0);
    damage(folder);
    const before = readdirSync(folder, { recursive: true });
    expect(() => checkpoint(folder, 2)).toThrow(message);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
}
const flip = (path: string) => {
  const bytes = readFileSync(path);
  bytes[12] ^= 1;
  writeFileSync(path, bytes);
};
checkRefused('a damaged segment', (folder) => flip(join(folder, '00000001')), /^cannot write checkpoint .*00000001: checksum mismatch/);
checkRefused(
  'a damaged checkpoint',
  (folder) => flip(join(folder, 'checkpoint.00000000', '00000000')),
  /checkpoint\.00000000.00000000: checksum mismatch/,
);
checkRefused(
  'a malformed record',
  (folder) => writeFileSync(join(folder, '00000001'), readFileSync(listSegments(writeLog([Buffer.of(2, 1)], 'none'))[0].path)),
  /got a malformed record in .*00000001$/,
);

for (const compression of compressions)
  test(`copies records of other kinds whole (snappy to ${compression})`, () => {
    const records = someRecords(12).map((record) => Buffer.concat([Buffer.from([7]), record]));
    const folder = writeLog(records, 'snappy');
    checkpoint(folder, 0, { compression });
    expect(readLog(lastCheckpoint(folder)!.path)).toEqual({ records, corruption: null });
  });
