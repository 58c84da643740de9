import { expect, test } from 'vitest';
import { offsetGridMs, ScrapeSchedule, untilFirstTick } from './schedule.ts';

const still = (wallMs: number, monotonicMs: number) => ({
  wallMs: () => wallMs,
  monotonicMs: () => monotonicMs,
  after: () => () => undefined,
});
const schedule = (
  wallMs: number,
  monotonicMs: number,
  options: Partial<{ intervalMs: number; offsetMs: number; toleranceMs: number }> = {},
) => new ScrapeSchedule({ intervalMs: 10_000, offsetMs: 3_000, toleranceMs: 2, ...options }, still(wallMs, monotonicMs));

test('the first tick is the next multiple of the interval plus the offset, more than 0 and at most an interval away', () => {
  const check = (wallMs: number, offsetMs: number, expected: number) => expect(untilFirstTick(wallMs, 10_000, offsetMs)).toBe(expected);
  check(100_000, 3_000, 3_000);
  check(102_999, 3_000, 1);
  check(103_000, 3_000, 10_000);
  check(103_001, 3_000, 9_999);
  check(109_999, 0, 1);
  check(110_000, 0, 10_000);
  check(100_000, 9_999, 9_999);
});

test('a scrape that begins close to its tick bears the tick’s time', () => {
  const check = (lateMs: number, expected: number, toleranceMs = 2, intervalMs = 10_000) => {
    const one = schedule(100_000, 5_000, { toleranceMs, intervalMs, offsetMs: 0 });
    expect(one.timestampMs(5_000 + intervalMs + lateMs, 100_000 + intervalMs + Math.floor(lateMs))).toBe(expected);
  };
  check(0, 110_000);
  check(1.4, 110_000);
  check(2, 110_000);
  check(2.5, 110_002);
  check(7, 110_007);
  check(-0.5, 110_000);
  // At most 1 % of the interval.
  check(2, 100_102, 2, 100);
  check(1, 100_100, 2, 100);
  // Switched off.
  check(0, 110_000, -1);
  check(1, 110_001, -1);
  // A tolerance given by the flag.
  check(40, 110_000, 50);
});

test('ticks are an interval apart, and of those missed only the newest is made up for', () => {
  const check = (tookMs: number, expectedWait: number, expectedTick: number) => {
    const one = schedule(100_000, 0);
    one.timestampMs(3_000, 103_000);
    one.advance(3_000 + tookMs);
    expect([one.waitMs(3_000 + tookMs), one.tickWallMs]).toEqual([expectedWait, expectedTick]);
  };
  check(20, 9_980, 113_000);
  check(9_999, 1, 113_000);
  check(10_000, 0, 113_000);
  check(10_005, 0, 113_000);
  check(19_999, 0, 113_000);
  check(25_000, 0, 123_000);
});

test('a wall clock that was set takes the ticks along', () => {
  const one = schedule(100_000, 0);
  expect(one.timestampMs(3_000, 103_000)).toBe(103_000);
  one.advance(3_010);
  expect(one.timestampMs(13_001, 53_001), 'back by a minute').toBe(53_000);
  one.advance(13_010);
  expect(one.timestampMs(23_000, 63_000)).toBe(63_000);
  one.advance(23_010);
  expect(one.timestampMs(33_004, 73_004), 'late, not set').toBe(73_004);
  one.advance(33_010);
  expect(one.timestampMs(43_000, 83_000)).toBe(83_000);
});

test('offsets lie on a grid that is coarse where targets are few', () => {
  const check = (intervalMs: number, targets: number, expected: number) => expect(offsetGridMs(intervalMs, targets)).toBe(expected);
  check(5_000, 20, 1000);
  check(5_000, 21, 500);
  check(5_000, 40, 500);
  check(5_000, 41, 250);
  check(15_000, 1_000, 25);
  check(15_000, 100_000, 1);
  check(1_000, 1, 125);
  check(60_000, 1, 1000);
  check(10, 1, 1);
});
