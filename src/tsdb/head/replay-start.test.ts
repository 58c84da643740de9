// The shortcut of the next start is taken only where it fits what is there.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import { OtherRecords } from '../wal/other-records.ts';
import { type ReplayStart, readReplayStart, removeReplayStart, writeReplayStart } from './replay-start.ts';

let folder: string;
let segment: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-replay-start-'));
  mkdirSync(join(folder, 'wal'));
  segment = join(folder, 'wal', '00000003');
  file = join(folder, 'replay-start.json');
  writeFileSync(segment, Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i) % 251)));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start: ReplayStart = {
  segment: 3,
  offset: 70_000,
  chunk: { file: 2, offset: 4711, checksum: 0x12345678 },
  others: [{ segment: 2, from: 0, to: 10 }],
};
const read = () => readReplayStart(folder, plainCrc32c);
const write = (one = start) => writeReplayStart(folder, one, plainCrc32c);

test('what was written, while the log before it is the same', () => {
  expect(read()).toBe(null);
  write();
  expect(read()).toMatchObject(start);
  appendFileSync(segment, 'more');
  expect(read()).toMatchObject(start);
  const bytes = readFileSync(segment);
  bytes[69_999] ^= 1;
  writeFileSync(segment, bytes);
  expect(read()).toBe(null);
  writeFileSync(segment, bytes.subarray(0, 60_000));
  expect(read()).toBe(null);
  rmSync(segment);
  expect(read()).toBe(null);
});

test('a place near the begin of a segment', () => {
  write({ ...start, offset: 7 });
  expect(read()).toMatchObject({ offset: 7 });
});

test('damaged anywhere, it is none', () => {
  write();
  const good = readFileSync(file);
  for (let i = 0; i < good.length; i++) {
    const bytes = Buffer.from(good);
    bytes[i] ^= 1 << (i % 7);
    writeFileSync(file, bytes);
    // A letter may come in upper case as a name that nobody asks for.
    const found = read();
    if (found !== null) expect(found).toMatchObject(start);
  }
  for (const text of ['', '{}', 'null', '[]', good.toString().slice(0, 40)]) {
    writeFileSync(file, text);
    expect(read()).toBe(null);
  }
  write();
  removeReplayStart(folder);
  expect(read()).toBe(null);
  removeReplayStart(folder);
});

test('spans of other records: near ones become one, and end at a place', () => {
  const others = new OtherRecords();
  for (const [segment, from, to] of [
    [1, 0, 100],
    [1, 200, 300],
    [1, 1_000_000, 1_000_100],
    [2, 0, 50],
    [2, 60, 90],
  ])
    others.add({ segment, from, to });
  const [a, b, c] = [
    { segment: 1, from: 0, to: 300 },
    { segment: 1, from: 1_000_000, to: 1_000_100 },
    { segment: 2, from: 0, to: 90 },
  ];
  expect(others.before(9, 0)).toEqual([a, b, c]);
  expect(others.before(2, 60)).toEqual([a, b, { ...c, to: 60 }]);
  expect(others.before(2, 0)).toEqual([a, b]);
  expect(others.before(1, 1_000_000)).toEqual([a]);
  others.truncate(2);
  expect(others.before(9, 0)).toEqual([c]);
  expect(new OtherRecords([a]).before(1, 300)).toEqual([a]);
});
