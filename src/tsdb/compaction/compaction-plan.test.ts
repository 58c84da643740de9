// Which blocks are compacted: a table of cases. Blocks are `name min max`, of level 1 and with 10 series unless said.
import { describe, expect, test } from 'vitest';
import type { BlockMeta } from '../block/index.ts';
import { blockRanges, planCompaction } from './compaction-plan.ts';

type Said = Partial<BlockMeta['compaction'] & BlockMeta['stats']>;

function meta(text: string, { failed, hints, numTombstones, numSeries = 10 }: Said = {}): BlockMeta {
  const [ulid, minTime, maxTime] = text.split(' ');
  const stats = { numSamples: 1, numSeries, numChunks: 1, numTombstones };
  return {
    ulid,
    minTime: Number(minTime),
    maxTime: Number(maxTime),
    version: 1,
    stats,
    compaction: { level: 1, sources: [ulid], failed, hints },
  };
}

const RANGES = [20, 60, 180, 540, 1620];

/** `blocks` by commas, in time order; in which order the plan gets them must not matter. */
function check(name: string, blocks: string | BlockMeta[], expected: string, ranges = RANGES): void {
  test(name, () => {
    const metas = typeof blocks === 'string' ? blocks.split(', ').map((text) => meta(text)) : blocks;
    for (const order of [metas, [...metas].reverse()])
      expect(
        planCompaction(order, ranges)
          .map(({ ulid }) => ulid)
          .join(' '),
      ).toBe(expected);
  });
}

describe('blocks that fill a range', () => {
  check('nothing', [], '');
  check('one block', 'a 0 20', '');
  check('one block of a range of its own', 'a 0 20, b 1000 1020', '');
  check('three, but the newest of them is left alone', 'a 0 20, b 20 40, c 40 60', '');
  check('three, and a newer one', 'a 0 20, b 20 40, c 40 60, d 60 80', 'a b c');
  check('a gap at the begin: enough that newer ones lie behind', 'b 20 40, c 40 60, d 60 80, e 80 100', 'b c');
  check('a gap in the middle, and the range is full', 'a 0 20, c 40 60, d 60 80', 'a c');
  check('a gap at the end, and newer ones behind', 'a 0 20, b 20 40, d 60 80, e 80 100', 'a b');
  check('two, and a newer one that is the newest: another of theirs could come', 'a 0 20, b 20 40, d 60 80', '');
  check('not full yet', 'a 0 20, b 20 40, d 40 60', '');
  check('the next level', 'a 0 60, b 60 120, c 120 180, d 180 200', 'a b c');
  check('the lower level first', 'a 0 60, b 60 120, c 120 180, d 180 200, e 200 220, f 220 240, g 240 260', 'd e f');
  check('the level after that', 'a 0 180, b 180 360, c 360 540, d 540 560', 'a b c');
  check('blocks of several levels that fill a range together', 'a 0 60, b 60 80, c 80 100, d 100 120, e 120 180, f 180 200', 'b c d');
  check('the highest level: nothing beyond', 'a 0 1620, b 1620 3240, c 3240 4860, d 4860 4880', '');
  check('a single range: nothing is ever compacted', 'a 0 20, b 20 40, c 40 60, d 60 80', '', [20]);
  check('before 1970', 'a -60 -40, b -40 -20, c -20 0, d 0 20', 'a b c');
  check('before and after 1970 are two ranges', 'a -20 0, b 0 20, c 20 40, d 40 60, e 60 80', 'b c d');
  check('one that does not fit a range is left alone', 'a 0 70, b 70 80, c 80 100, d 120 140, e 140 160', 'b c');
  check('one across a boundary is left alone', 'a 0 20, b 50 70, c 70 90, d 90 110, e 110 130, f 180 200, g 200 220', 'c d');
  check('times that are no multiples: what lies inside of the range', 'a 1 21, b 21 41, c 41 60, d 60 80, e 80 100', 'a b c');
  check('a failed one holds its range up', [meta('a 0 20'), meta('b 20 40', { failed: true }), meta('c 40 60'), meta('d 60 80')], '');
  check(
    'a failed one does not hold others up',
    [
      meta('a 0 20'),
      meta('b 20 40', { failed: true }),
      meta('c 40 60'),
      ...['d 60 80', 'e 80 100', 'f 100 120', 'g 120 140'].map((text) => meta(text)),
    ],
    'd e f',
  );
});

describe('blocks that overlap', () => {
  check('they come first', 'a 0 20, b 10 30, c 25 40, d 60 80', 'a b c');
  check('the newest is one of them', 'a 0 20, b 19 40', 'a b');
  check('the same time twice', 'a 0 20, b 0 20', 'a b');
  check('one inside of another', 'a 0 60, b 20 40, c 60 80', 'a b');
  check('several inside of one', 'a 0 60, b 10 20, c 30 40, d 50 60, e 60 80', 'a b c d');
  check('in two places: one after the other', 'a 0 20, b 19 30, c 40 60, d 50 80', 'a b');
  check('behind others', 'a 0 20, b 20 40, c 40 60, d 60 80, e 79 100', 'd e');
  check('touching is not overlapping', 'a 0 20, b 20 40', '');
  check(
    'failed ones are left alone, the next ones are not',
    [meta('a 0 20', { failed: true }), meta('b 10 30'), meta('c 40 60'), meta('d 50 80')],
    'c d',
  );
  check(
    'of those that failed none is taken to fill a range',
    [meta('a 0 20', { failed: true }), meta('b 10 40', { failed: true }), meta('c 40 60'), meta('d 60 80')],
    '',
  );
});

describe('blocks with tombstones', () => {
  const stones = (numTombstones: number, more: Said = {}) => ({ numTombstones, ...more });
  check('a large one with many', [meta('a 0 540', stones(1)), meta('b 540 560')], 'a');
  check('just one twentieth is not many', [meta('a 0 540', stones(1, { numSeries: 19 })), meta('b 540 560')], '');
  check('just above one twentieth', [meta('a 0 540', stones(1, { numSeries: 18 })), meta('b 540 560')], 'a');
  check('of several the newest', [meta('a 0 540', stones(1)), meta('b 540 1080', stones(1)), meta('c 1080 1100')], 'b');
  check('the newest block waits', [meta('a 0 540', stones(9))], '');
  check('a small one waits', [meta('a 0 20', stones(9)), meta('b 20 40')], '');
  check('a large one behind a small one waits too', [meta('a 0 540', stones(5)), meta('b 540 560'), meta('c 560 580')], '');
  check('a small one of which everything is deleted does not', [meta('a 0 20', stones(10)), meta('b 20 40')], 'a');
  check('a small one without series', [meta('a 0 20', stones(0, { numSeries: 0 })), meta('b 20 40')], '');
  check(
    'one that failed is left alone',
    [meta('a 0 540', stones(1)), meta('b 540 1080', stones(1, { failed: true })), meta('c 1080 1100')],
    'a',
  );
});

describe('blocks of stale series', () => {
  const stale = (text: string) => meta(text, { hints: ['from-stale-series'] });
  check('are not merged with others that overlap them', [meta('a 0 20'), stale('b 0 20'), meta('c 20 40')], '');
  check('but with one another, after the others', [stale('a 0 20'), stale('b 10 20'), meta('c 0 20'), meta('d 10 20')], 'c d');
  check('when the others have nothing to do', [stale('a 0 20'), stale('b 10 20'), meta('c 0 20')], 'a b');
  check('other hints do not matter', [meta('a 0 20'), meta('b 0 20', { hints: ['from-out-of-order'] })], 'a b');
});

test('ranges', () => {
  expect(blockRanges(7_200_000, 64_800_000)).toEqual([7_200_000, 21_600_000, 64_800_000]);
  expect(blockRanges(7_200_000, 64_799_999)).toEqual([7_200_000, 21_600_000]);
  expect(blockRanges(1, Number.MAX_SAFE_INTEGER)).toHaveLength(10);
});
test('a longest below the shortest', () => expect(blockRanges(20, 10)).toEqual([20]));
