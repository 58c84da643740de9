// What is beyond the retention, and which blocks are compacted: tables of cases.
import { describe, expect, test } from 'vitest';
import type { BlockMeta } from './block/index.ts';
import { blockRanges, planCompaction } from './compaction/index.ts';
import { beyondRetention } from './retention.ts';

describe('retention', () => {
  const blocks = (...list: [name: string, maxTime: number, sizeBytes: number][]) =>
    list.map(([ulid, maxTime, sizeBytes]) => ({ ulid, maxTime, sizeBytes }));
  const check = (
    name: string,
    list: ReturnType<typeof blocks>,
    limits: { timeMs: number; sizeBytes: number },
    other: number,
    time: string[],
    size: string[],
  ) => test(name, () => expect(beyondRetention(list, limits, other)).toEqual({ time, size }));
  const three = blocks(['a', 100, 10], ['b', 200, 20], ['c', 300, 30]);

  check('no limits', three, { timeMs: 0, sizeBytes: 0 }, 1000, [], []);
  check('time, from the newest block on', three, { timeMs: 150, sizeBytes: 0 }, 0, ['a'], []);
  check('time, just on the border', three, { timeMs: 100, sizeBytes: 0 }, 0, ['b', 'a'], []);
  check('the newest block always stays by time', blocks(['a', 100, 1]), { timeMs: 1, sizeBytes: 0 }, 0, [], []);
  check('size, newest first', three, { timeMs: 0, sizeBytes: 55 }, 0, [], ['a']);
  check('size, with the log', three, { timeMs: 0, sizeBytes: 55 }, 10, [], ['b', 'a']);
  check('size: even the newest', three, { timeMs: 0, sizeBytes: 5 }, 0, [], ['c', 'b', 'a']);
  check('both: each block once', three, { timeMs: 150, sizeBytes: 25 }, 0, ['a'], ['c', 'b']);
  check('no blocks', [], { timeMs: 1, sizeBytes: 1 }, 10, [], []);
});

describe('compaction plan', () => {
  const meta = (
    ulid: string,
    minTime: number,
    maxTime: number,
    more: Partial<BlockMeta['compaction'] & BlockMeta['stats']> = {},
  ): BlockMeta => ({
    ulid,
    minTime,
    maxTime,
    version: 1,
    stats: { numSamples: 1, numSeries: 10, numChunks: 1, numTombstones: more.numTombstones },
    compaction: { level: 1, sources: [ulid], failed: more.failed },
  });
  const ranges = [20, 60, 180, 540];
  const check = (name: string, metas: BlockMeta[], expected: string) =>
    test(name, () =>
      expect(
        planCompaction([...metas].reverse(), ranges)
          .map(({ ulid }) => ulid)
          .join(' '),
      ).toBe(expected),
    );

  check('nothing', [], '');
  check('one block', [meta('a', 0, 20)], '');
  check('three that fill a range, but the newest of them is left alone', [meta('a', 0, 20), meta('b', 20, 40), meta('c', 40, 60)], '');
  check('three that fill a range, and a newer one', [meta('a', 0, 20), meta('b', 20, 40), meta('c', 40, 60), meta('d', 60, 80)], 'a b c');
  check('with a gap, before the newest range', [meta('a', 0, 20), meta('c', 40, 60), meta('d', 60, 80), meta('e', 80, 100)], 'a c');
  check('not full yet, and nothing newer than the range', [meta('a', 0, 20), meta('b', 20, 40), meta('c', 40, 60)], '');
  check('the next level', [meta('a', 0, 60), meta('b', 60, 120), meta('c', 120, 180), meta('d', 180, 200)], 'a b c');
  check(
    'a failed one holds its range up',
    [meta('a', 0, 20), meta('b', 20, 40, { failed: true }), meta('c', 40, 60), meta('d', 60, 80)],
    '',
  );
  check('overlapping ones first', [meta('a', 0, 20), meta('b', 10, 30), meta('c', 25, 40), meta('d', 60, 80)], 'a b c');
  check('overlaps in two places: one after the other', [meta('a', 0, 20), meta('b', 19, 30), meta('c', 40, 60), meta('d', 50, 80)], 'a b');
  check('touching is not overlapping', [meta('a', 0, 20), meta('b', 20, 40)], '');
  check('below zero', [meta('a', -60, -40), meta('b', -40, -20), meta('c', -20, 0), meta('d', 0, 20)], 'a b c');
  check('a large one with many tombstones', [meta('a', 0, 540, { numTombstones: 1 }), meta('b', 540, 560)], 'a');
  check('a small one with many tombstones waits', [meta('a', 0, 20, { numTombstones: 9 }), meta('b', 20, 40)], '');
  check(
    'one that does not fit a range is left alone',
    [meta('a', 0, 70), meta('b', 70, 80), meta('c', 80, 100), meta('d', 120, 140), meta('e', 140, 160)],
    'b c',
  );

  test('ranges', () => expect(blockRanges(7_200_000, 64_800_000)).toEqual([7_200_000, 21_600_000, 64_800_000]));
  test('a longest below the shortest', () => expect(blockRanges(20, 10)).toEqual([20]));
});
