import { expect, test, vi } from 'vitest';

vi.mock('../preferences/preferences.ts', () => ({ usePreferences: () => ({ utc: true }) }));
const { readMoment } = await import('./moment-text.ts');
const { readDuration } = await import('./duration-text.ts');

const NOW = Date.UTC(2026, 0, 2, 12, 30, 15);
const check = (text: string, ms: number | null | undefined) => expect([text, readMoment(text, NOW, true)]).toEqual([text, ms]);

test('moments', () => {
  check('', null);
  check(' now ', null);
  check('now-5m', NOW - 300_000);
  check('-1h 30m', NOW - 5_400_000);
  check('now + 1d', NOW + 86_400_000);
  check('18:05', Date.UTC(2026, 0, 2, 18, 5));
  check('8:05:09', Date.UTC(2026, 0, 2, 8, 5, 9));
  check('1700000000', 1_700_000_000_000);
  check('1700000000.5', 1_700_000_000_500);
  check('1700000000123', 1_700_000_000_123);
  check('2026-01-02 03:04', Date.UTC(2026, 0, 2, 3, 4));
  check('2026-01-02t03:04:05z', Date.UTC(2026, 0, 2, 3, 4, 5));
  for (const text of ['yesterdayish', 'now-', 'now-5', '5m', '25:00', '-5x', '12']) check(text, undefined);
});

test('durations', () => {
  expect(['2h 30m', ' 1d', '15s'].map(readDuration)).toEqual([9_000_000, 86_400_000, 15_000]);
  for (const text of ['', '1x', '-5m', '0', '0s', '1h30']) expect([text, readDuration(text)]).toEqual([text, undefined]);
});
