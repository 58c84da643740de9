import { expect, test } from 'vitest';
import { type Pull, PullHistory } from './pull-history.ts';

const pull = (timeMs: number, more: Partial<Pull> = {}): Pull => ({
  timeMs,
  ok: true,
  series: timeMs * 10,
  bytes: timeMs * 100,
  durationSeconds: 0.5,
  lagSeconds: -1,
  ...more,
});

test('the ring keeps the last pulls, oldest first, and counts all', () => {
  const history = new PullHistory(3);
  const check = (times: number[], pulls: number, failures: number): void =>
    expect([history.columns().timesMs, history.pulls, history.failures]).toEqual([times, pulls, failures]);
  check([], 0, 0);
  history.record(pull(1));
  check([1], 1, 0);
  history.record(pull(2, { ok: false, series: null, bytes: null, lagSeconds: null }));
  expect(history.columns()).toEqual({
    timesMs: [1, 2],
    ok: [true, false],
    series: [10, null],
    bytes: [100, null],
    durationSeconds: [0.5, 0.5],
    lagSeconds: [-1, null],
  });
  for (const time of [3, 4, 5]) history.record(pull(time));
  check([3, 4, 5], 5, 1);
  expect(history.columns(2).timesMs).toEqual([4, 5]);
  expect(history.columns(0).timesMs).toEqual([]);
  history.failLast();
  history.failLast();
  check([3, 4, 5], 5, 2);
  expect(history.columns().ok).toEqual([true, true, false]);
});

test('what the last good pull brought', () => {
  const history = new PullHistory(3);
  const check = (lastOk: boolean, series: number | null, lag: number | null): void =>
    expect([history.lastOk, history.lastSeries, history.lastLagSeconds]).toEqual([lastOk, series, lag]);
  history.failLast();
  check(false, null, null);
  history.record(pull(1));
  check(true, 10, -1);
  history.record(pull(2, { ok: false, series: null, lagSeconds: null }));
  check(false, 10, -1);
  history.record(pull(3, { series: 0, lagSeconds: null }));
  check(true, 0, null);
  for (let i = 0; i < 3; i++) history.record(pull(4, { ok: false }));
  check(false, null, null);
});
