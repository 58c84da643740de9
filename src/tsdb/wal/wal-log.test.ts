// The live log's file: appends in order, cuts, and what a failing disk leaves behind: whole records only.
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { codec, fragment, newFolder, readLog, someRecords } from '../../../test/support/wal-folder.ts';
import { listSegments, WalLog, writeCheckpoint } from './index.ts';

/** How the disk behaves: bytes that a write takes at most, and in all; the code of a full one; whether files can be cut. */
const disk = vi.hoisted(() => ({ mostBytes: Infinity, roomBytes: Infinity, code: 'ENOSPC', cuts: true, opens: true, slowly: () => {} }));
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const fail = (code: string, syscall: string) => Object.assign(new Error(`${code}: a test, ${syscall}`), { code, syscall });
  type Done = (error: Error | null, written: number) => void;
  return {
    ...fs,
    write: (file: number, bytes: Buffer, at: number, length: number, position: number, done: Done) => {
      if (disk.roomBytes === 0) return void setImmediate(() => done(fail(disk.code, 'write'), 0));
      const n = Math.min(length, disk.mostBytes, disk.roomBytes);
      disk.roomBytes -= n;
      fs.write(file, bytes, at, n, position, done);
    },
    writeSync: (file: number, bytes: Buffer, at: number, length: number, position: number) => {
      if (disk.roomBytes === 0) throw fail(disk.code, 'write');
      const n = Math.min(length, disk.mostBytes, disk.roomBytes);
      disk.roomBytes -= n;
      disk.slowly();
      return fs.writeSync(file, bytes, at, n, position);
    },
    ftruncateSync: (file: number, length: number) => {
      if (!disk.cuts) throw fail('EIO', 'ftruncate');
      fs.ftruncateSync(file, length);
    },
    openSync: (path: string, flags: string, mode?: number) => {
      if (!disk.opens && flags === 'wx') throw fail('ENOSPC', 'open');
      return fs.openSync(path, flags, mode);
    },
  };
});
beforeEach(() => {
  Object.assign(disk, { mostBytes: Infinity, roomBytes: Infinity, code: 'ENOSPC', cuts: true, opens: true, slowly: () => {} });
});

const SEGMENT_BYTES = 1024 * 1024;
const records = someRecords(3).map((record) => record.subarray(0, 60));
const [one, two, three] = records.map((record) => fragment(1, record));

test('appends in order, a cut pads the page, a new start begins a new segment', async () => {
  const folder = join(newFolder(), 'wal');
  const log = new WalLog(folder, SEGMENT_BYTES);
  await log.append(one);
  expect([log.segment, log.pageUsed, log.roomBytes]).toEqual([0, 67, SEGMENT_BYTES - 67]);
  log.cut();
  expect([log.segment, log.pageUsed, statSync(join(folder, '00000000')).size]).toEqual([1, 0, 32_768]);
  await log.append(two);
  log.close();
  expect(readLog(folder)).toEqual({ records: records.slice(0, 2), corruption: null });
  const next = new WalLog(folder, SEGMENT_BYTES);
  expect(next.segment).toBe(2);
  next.truncate(2);
  expect(listSegments(folder).map(({ number }) => number)).toEqual([2]);
  next.close();
});

test('a cut that is asked for comes with the next append, but not behind nothing', async () => {
  const log = new WalLog(newFolder(), SEGMENT_BYTES);
  log.cutSoon();
  expect(log.roomBytes).toBe(SEGMENT_BYTES);
  await log.append(one);
  log.cutSoon();
  expect(log.roomBytes).toBe(0);
  log.cut();
  expect([log.segment, log.roomBytes]).toEqual([1, SEGMENT_BYTES]);
  log.close();
});

test('begins behind a checkpoint that has lost its segments', () => {
  const folder = newFolder();
  const log = new WalLog(folder, SEGMENT_BYTES);
  for (let i = 0; i < 4; i++) log.cut();
  writeCheckpoint({ walFolder: folder, lastSegment: 3, minTimeMs: 0, keep: () => true, codec, compression: 'none' });
  log.close();
  for (const { path } of listSegments(folder)) rmSync(path);
  const next = new WalLog(folder, SEGMENT_BYTES);
  expect(next.segment).toBe(4);
  next.close();
});

/** Where appends are written: in this thread, or (a promise) in another. */
const PLACES = [
  ['here', SEGMENT_BYTES, 0],
  ['elsewhere', 0, 1],
] as const;

test.each(PLACES)('short writes are continued, %s', async (_, mostSyncBytes, elsewhere) => {
  const folder = newFolder();
  const log = new WalLog(folder, SEGMENT_BYTES, { mostSyncBytes });
  disk.mostBytes = 10;
  await log.append(one);
  await log.append(two);
  expect(readFileSync(join(folder, '00000000'))).toEqual(Buffer.concat([one, two]));
  expect(log.counters).toEqual({ appends: 2, appendsElsewhere: elsewhere * 2, bytes: 134, failures: 0, truncations: 0 });
  log.close();
});

test('after a slow append others write for a while', async () => {
  let nowMs = 1000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  try {
    const log = new WalLog(newFolder(), SEGMENT_BYTES);
    const checkPlace = async (elsewhere: number) => {
      await log.append(one);
      expect(log.counters.appendsElsewhere).toBe(elsewhere);
    };
    await checkPlace(0);
    disk.slowly = () => {
      nowMs += 3;
    };
    await checkPlace(0);
    await checkPlace(1);
    disk.slowly = () => {};
    nowMs += 9_999;
    await checkPlace(2);
    nowMs += 2;
    await checkPlace(2);
    log.close();
  } finally {
    clock.mockRestore();
  }
});

function checkFailure(code: string, expected: string): void {
  test.each(PLACES)(`a write, %s, that fails with ${code} is taken back whole: ${expected}`, async (_, mostSyncBytes) => {
    const folder = newFolder();
    const log = new WalLog(folder, SEGMENT_BYTES, { mostSyncBytes });
    await log.append(one);
    Object.assign(disk, { mostBytes: 20, roomBytes: 40, code });
    await expect(async () => log.append(two)).rejects.toMatchObject({ name: 'WalError', code: expected });
    expect([log.pageUsed, statSync(join(folder, '00000000')).size, log.counters.failures]).toEqual([67, 67, 1]);
    disk.roomBytes = Infinity;
    await log.append(three);
    log.close();
    expect(readLog(folder)).toEqual({ records: [records[0], records[2]], corruption: null });
  });
}
checkFailure('ENOSPC', 'disk_full');
checkFailure('EDQUOT', 'disk_full');
checkFailure('EIO', 'write_failed');

test('what cannot be taken back is not written behind, in no segment, until it can', async () => {
  const folder = newFolder();
  const log = new WalLog(folder, SEGMENT_BYTES);
  await log.append(one);
  Object.assign(disk, { mostBytes: 20, roomBytes: 40, cuts: false });
  await expect(async () => log.append(two)).rejects.toMatchObject({ code: 'disk_full' });
  expect(log.roomBytes).toBe(0);
  expect(() => log.cut()).toThrow('a failed append could not be taken back');
  expect([log.segment, listSegments(folder).length]).toEqual([0, 1]);
  Object.assign(disk, { roomBytes: Infinity, cuts: true });
  log.cut();
  await log.append(three);
  log.close();
  expect(readLog(folder)).toEqual({ records: [records[0], records[2]], corruption: null });
});

test('a segment that cannot be begun: the one before goes on', async () => {
  const folder = newFolder();
  const log = new WalLog(folder, SEGMENT_BYTES);
  await log.append(one);
  disk.opens = false;
  expect(() => log.cut()).toThrow('no space left on the device');
  expect([log.segment, log.pageUsed]).toEqual([0, 67]);
  disk.opens = true;
  await log.append(two);
  log.cut();
  await log.append(three);
  log.close();
  expect(readLog(folder)).toEqual({ records, corruption: null });
});

test('a folder that cannot be made, and one append at a time', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'a'));
  expect(() => new WalLog(join('/dev/null', 'wal'), SEGMENT_BYTES)).toThrow('cannot read the log /dev/null/wal: ENOTDIR');
  const log = new WalLog(join(folder, 'a'), SEGMENT_BYTES, { mostSyncBytes: 0 });
  const first = log.append(one);
  expect(() => log.append(two)).toThrow('BUG: an append to the log begins before the last has ended');
  expect(() => log.cut()).toThrow('BUG: the log is cut during an append');
  await first;
  log.close();
});
