// The log's files: what is written is read back; torn and changed ones give a prefix of what was written, and a place; repair keeps the rest.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createCodec } from '../../kernel/index.ts';
import { lastCheckpoint, listSegments, repairSegments, WalLog, WalReader, WalWriter, writeCheckpoint } from './index.ts';

const codec = createCodec();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-wal-'));
  folders.push(folder);
  return folder;
}

type Compression = 'none' | 'snappy' | 'zstd';
const compressions: readonly Compression[] = ['none', 'snappy', 'zstd'];

function write(records: readonly Buffer[], compression: Compression, segmentBytes?: number): string {
  const folder = newFolder();
  const writer = new WalWriter(folder, { codec, compression, segmentBytes });
  for (const record of records) writer.append(record);
  writer.close();
  return folder;
}

function read(folder: string) {
  const reader = new WalReader(listSegments(folder), codec);
  const records: string[] = [];
  for (let record = reader.next(); record !== null; record = reader.next()) records.push(record.toString('hex'));
  return { records, corruption: reader.corruption };
}

const hex = (records: readonly Buffer[]) => records.map((record) => record.toString('hex'));
/** Records that look like the log's: a type, repeating texts, some noise; some span pages. */
function someRecords(count: number, seed = 1): Buffer[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  return Array.from({ length: count }, (_, i) => {
    const bytes = Buffer.alloc(1 + (i % 7 === 3 ? 40_000 + (next() % 40_000) : next() % 900));
    for (let k = 0; k < bytes.length; k++) bytes[k] = k % 16 < 12 ? 97 + (k % 16) : next() & 0xff;
    bytes[0] = 1 + (i % 3);
    return bytes;
  });
}

for (const compression of compressions) {
  test(`any records come back, over pages and segments (${compression})`, () => {
    const record = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.uint8Array({ minLength: 30_000, maxLength: 70_000, size: 'max' }),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (list) => {
        const records = list.map((bytes) => Buffer.from(bytes));
        const folder = write(records, compression, 128 * 1024);
        expect(read(folder)).toEqual({ records: hex(records), corruption: null });
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  test(`a flipped byte anywhere gives a prefix and a place, or changes nothing (${compression})`, () => {
    const records = someRecords(20);
    const folder = write(records, compression);
    const [{ path }] = listSegments(folder);
    const whole = readFileSync(path);
    for (let i = 0; i < 150; i++) {
      const at = Math.imul(i + 1, 2_654_435_761) % whole.length;
      const damaged = Buffer.from(whole);
      damaged[Math.abs(at)] ^= 1 << (i % 8);
      writeFileSync(path, damaged);
      const { records: found, corruption } = read(folder);
      expect(found, `byte ${at}`).toEqual(hex(records).slice(0, found.length));
      if (found.length < records.length) expect(corruption?.reason).toBeTruthy();
    }
  });
}

test('torn at every byte: what was whole before is read, and repair leaves a log that can be gone on with', () => {
  const records = someRecords(6).map((record) => record.subarray(0, 60));
  const folder = write(records, 'none');
  const [{ path }] = listSegments(folder);
  const whole = readFileSync(path);
  const ends: number[] = [];
  for (let at = 0; at < 6 * 67; at += 67) ends.push(at + 67);
  for (let length = 0; length <= 6 * 67; length++) {
    const torn = newFolder();
    copyFileSync(path, join(torn, '00000000'));
    truncateSync(join(torn, '00000000'), length);
    const { records: found, corruption } = read(torn);
    const complete = ends.filter((end) => end <= length).length;
    expect([length, found]).toEqual([length, hex(records).slice(0, complete)]);
    expect([length, corruption === null]).toEqual([length, length === 0 || ends.includes(length)]);
    if (corruption === null) continue;
    const data = newFolder();
    const { files } = repairSegments(torn, data, corruption, new Date(0));
    expect(files.map(({ bytes }) => bytes)).toEqual([length - corruption.goodBytes]);
    const aside = readdirSync(join(data, 'wal-set-aside'), { recursive: true }).filter((name) => String(name).includes('from-'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(data, 'wal-set-aside', String(aside[0])))).toEqual(whole.subarray(corruption.goodBytes, length));
    expect(read(torn)).toEqual({ records: found, corruption: null });
  }
});

test('a damaged middle: later segments are set aside whole', () => {
  const records = someRecords(30, 5);
  const folder = write(records, 'none', 128 * 1024);
  const before = listSegments(folder);
  expect(before.length).toBeGreaterThan(2);
  const damaged = readFileSync(before[1].path);
  damaged[20_000] ^= 0xff;
  writeFileSync(before[1].path, damaged);
  const { records: found, corruption } = read(folder);
  const data = newFolder();
  const { files } = repairSegments(folder, data, corruption!, new Date(0));
  expect(files.slice(1).map(({ name }) => name)).toEqual(before.slice(2).map(({ number }) => String(number).padStart(8, '0')));
  expect(listSegments(folder)).toHaveLength(2);
  expect(read(folder)).toEqual({ records: found, corruption: null });
});

test('a missing segment is said', () => {
  const folder = write(someRecords(30, 5), 'none', 128 * 1024);
  rmSync(listSegments(folder)[1].path);
  expect(() => listSegments(folder)).toThrow('segments are not sequential: 00000000 is followed by 00000002');
});

test('the live log: appends in order, a cut pads the page, a new start begins a new segment', async () => {
  const folder = newFolder();
  const source = write(someRecords(3), 'none');
  const framed = readFileSync(listSegments(source)[0].path).subarray(0, 67);
  const log = new WalLog(folder, 1024 * 1024);
  await log.append(framed);
  expect([log.segment, log.pageUsed]).toEqual([0, 67]);
  log.cut();
  expect([log.segment, log.pageUsed, statSync(join(folder, '00000000')).size]).toEqual([1, 0, 32_768]);
  await log.append(framed);
  log.close();
  const next = new WalLog(folder, 1024 * 1024);
  expect(next.segment).toBe(2);
  next.truncate(2);
  expect(listSegments(folder).map(({ number }) => number)).toEqual([2]);
  next.close();
});

for (const compression of compressions) {
  test(`a checkpoint keeps records of other kinds whole (snappy to ${compression})`, () => {
    const records = someRecords(12).map((record) => Buffer.concat([Buffer.from([7]), record]));
    const folder = write(records, 'snappy');
    writeCheckpoint({ walFolder: folder, lastSegment: 0, minTimeMs: 0, keep: () => true, codec, compression });
    expect(read(lastCheckpoint(folder)!.path)).toEqual({ records: hex(records), corruption: null });
  });
}
