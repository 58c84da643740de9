// Repair of a damaged log: what is good stays and can be gone on with, every other byte is set aside, and a crash in the middle costs nothing.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { newFolder, readLog, someRecords, writeLog } from '../../../test/support/wal-folder.ts';
import { listSegments, repairSegments, WalLog } from './index.ts';

/** Calls that still work before the disk is gone. */
const disk = vi.hoisted(() => ({ calls: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const counted = (name: 'cpSync' | 'fsyncSync' | 'ftruncateSync' | 'mkdirSync' | 'openSync' | 'renameSync' | 'rmSync' | 'writeSync') => ({
    [name]: (...args: never[]) => {
      if (--disk.calls < 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: name });
      return (fs[name] as (...all: never[]) => unknown)(...args);
    },
  });
  return Object.assign(
    { ...fs },
    ...(['cpSync', 'fsyncSync', 'ftruncateSync', 'mkdirSync', 'openSync', 'renameSync', 'rmSync', 'writeSync'] as const).map(counted),
  );
});
beforeEach(() => {
  disk.calls = Number.POSITIVE_INFINITY;
});

/** All files below the folder: the part that they are of which segment, and their bytes. */
function setAside(data: string): { name: string; bytes: Buffer }[] {
  return readdirSync(join(data, 'wal-set-aside'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
}

test('torn at every byte: what was whole before is read, and repair leaves a log that can be gone on with', () => {
  const records = someRecords(6).map((record) => record.subarray(0, 60));
  const [{ path }] = listSegments(writeLog(records, 'none'));
  const whole = readFileSync(path);
  const ends = records.map((_, i) => (i + 1) * 67);
  for (let length = 0; length <= ends.at(-1)!; length++) {
    const torn = newFolder();
    writeFileSync(join(torn, '00000000'), whole.subarray(0, length));
    const { records: found, corruption } = readLog(torn);
    expect([length, found]).toEqual([length, records.slice(0, ends.filter((end) => end <= length).length)]);
    expect([length, corruption === null]).toEqual([length, length === 0 || ends.includes(length)]);
    if (corruption === null) continue;
    const data = newFolder();
    const { files } = repairSegments(torn, data, corruption, new Date(0));
    expect(files).toEqual([{ name: `00000000.from-${corruption.goodBytes}`, bytes: length - corruption.goodBytes }]);
    expect(setAside(data)).toEqual([{ name: files[0].name, bytes: whole.subarray(corruption.goodBytes, length) }]);
    expect(readLog(torn)).toEqual({ records: found, corruption: null });
    expect(statSync(join(torn, '00000000')).size % 32_768).toBe(0);
  }
});

/** A data folder whose log of several segments is damaged in the second. */
function damagedLog() {
  const data = newFolder();
  const wal = join(data, 'wal');
  mkdirSync(wal);
  cpSync(writeLog(someRecords(60, 5), 'none', 128 * 1024), wal, { recursive: true });
  const segments = listSegments(wal).map(({ number, path }) => ({ number, path, bytes: readFileSync(path) }));
  segments[1].bytes[20_000] ^= 0xff;
  writeFileSync(segments[1].path, segments[1].bytes);
  const { records, corruption } = readLog(wal);
  return { data, wal, segments, records, corruption: corruption! };
}

test('a damaged middle: later segments are set aside whole, and the log goes on behind', async () => {
  const { data, wal, segments, records, corruption } = damagedLog();
  expect([segments.length > 3, corruption.segment.number]).toEqual([true, 1]);
  const { files } = repairSegments(wal, data, corruption, new Date(0));
  const rest = segments[1].bytes.subarray(corruption.goodBytes);
  expect(files).toEqual([
    { name: `00000001.from-${corruption.goodBytes}`, bytes: rest.length },
    ...segments.slice(2).map(({ number, bytes }) => ({ name: `0000000${number}`, bytes: bytes.length })),
  ]);
  expect(listSegments(wal)).toHaveLength(2);
  const log = new WalLog(wal, 1024 * 1024);
  expect(log.segment).toBe(2);
  const [more] = someRecords(1, 9);
  await log.append(readFileSync(listSegments(writeLog([more], 'none'))[0].path).subarray(0, 7 + more.length));
  log.close();
  expect(readLog(wal)).toEqual({ records: [...records, more], corruption: null });
});

test('a disk that fails at any moment of the repair: said, nothing is lost, and the next repair completes it', () => {
  for (let calls = 0; ; calls++) {
    const { data, wal, segments, records, corruption } = damagedLog();
    const name = `00000001.from-${corruption.goodBytes}`;
    disk.calls = calls;
    let failed = false;
    try {
      repairSegments(wal, data, corruption, new Date(0));
    } catch (error) {
      failed = true;
      expect(error).toMatchObject({ name: 'WalError', code: 'disk_full', message: expect.stringContaining('no space left on the device') });
    }
    disk.calls = Number.POSITIVE_INFINITY;
    const again = readLog(wal);
    expect(again.records).toEqual(records);
    if (again.corruption !== null) repairSegments(wal, data, again.corruption, new Date(1));
    expect(readLog(wal)).toEqual({ records, corruption: null });
    const aside = setAside(data);
    for (const { number, bytes } of segments.slice(2)) expect(aside).toContainEqual({ name: `0000000${number}`, bytes });
    expect(aside).toContainEqual({ name, bytes: segments[1].bytes.subarray(corruption.goodBytes) });
    if (failed) continue;
    expect(calls).toBeGreaterThan(8);
    return;
  }
});

test('a segment of which nothing is good stays, empty', () => {
  const { data, wal, segments } = damagedLog();
  truncateSync(segments[1].path, 5);
  const { records, corruption } = readLog(wal);
  expect(corruption).toMatchObject({ goodBytes: 0 });
  repairSegments(wal, data, corruption!, new Date(0));
  expect(listSegments(wal).map(({ sizeBytes }) => sizeBytes)).toEqual([segments[0].bytes.length, 0]);
  expect(readLog(wal)).toEqual({ records, corruption: null });
});
