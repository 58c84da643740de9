// Tombstones on disk and in memory.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainCrc32c } from '../../../test/support/plain-crc32c.ts';
import { addInterval } from '../../model/index.ts';
import { readTombstones, type Tombstones, writeTombstones } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-stones-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const interval = (minTimeMs: number, maxTimeMs: number) => ({ minTimeMs, maxTimeMs });

test('there are none without the file', () => expect(readTombstones(folder, plainCrc32c)).toEqual(new Map()));

const comesBack = (what: string, stones: Tombstones) =>
  test(what, () => {
    writeTombstones(folder, new Map([[99, [interval(1, 2)]]]), plainCrc32c);
    writeTombstones(folder, stones, plainCrc32c);
    expect(readTombstones(folder, plainCrc32c)).toEqual(stones);
    expect(readdirSync(folder)).toEqual(['tombstones']);
  });
comesBack('none', new Map());
comesBack(
  'several series',
  new Map([
    [1, [interval(-5, 5), interval(7, 7)]],
    [2 ** 32 - 1, [interval(1_700_000_000_000, 1_700_000_000_001)]],
  ]),
);
comesBack('all of time', new Map([[3, [interval(-(2 ** 63), 2 ** 63)]]]));

test('a leftover of a crash is in nobody’s way', () => {
  writeFileSync(join(folder, 'tombstones.tmp'), 'x');
  writeTombstones(folder, new Map([[1, [interval(1, 2)]]]), plainCrc32c);
  expect(readdirSync(folder)).toEqual(['tombstones']);
});

test('intervals of a file that overlap, touch, or stand in any order become one', () => {
  const unordered = new Map([[1, [interval(50, 60), interval(10, 20), interval(61, 70), interval(15, 30)]]]);
  writeTombstones(folder, unordered, plainCrc32c);
  expect(readTombstones(folder, plainCrc32c)).toEqual(new Map([[1, [interval(10, 30), interval(50, 70)]]]));
});

const added = (before: [number, number][], one: [number, number], after: [number, number][]) =>
  test(`${JSON.stringify(before)} and ${one}`, () =>
    expect(
      addInterval(
        before.map((i) => interval(...i)),
        interval(...one),
      ),
    ).toEqual(after.map((i) => interval(...i))));
added([], [1, 2], [[1, 2]]);
added(
  [[1, 2]],
  [4, 5],
  [
    [1, 2],
    [4, 5],
  ],
);
added([[1, 2]], [3, 5], [[1, 5]]);
added(
  [[5, 6]],
  [1, 3],
  [
    [1, 3],
    [5, 6],
  ],
);
added([[5, 6]], [1, 4], [[1, 6]]);
added(
  [
    [1, 2],
    [5, 6],
    [9, 9],
  ],
  [2, 8],
  [[1, 9]],
);
added([[1, 9]], [3, 4], [[1, 9]]);
