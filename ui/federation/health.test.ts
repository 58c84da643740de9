import { expect, test } from 'vitest';
import { consumerFlow, consumerHealth, flowOf, rhythmOf, sourceFlow, sourceHealth } from './health.ts';
import { consumerOf, historyOf, NOW_MS, sourceOf } from './simulated-tree.ts';

const source = (change: Parameters<typeof sourceOf>[1], word: string) =>
  expect(sourceHealth(sourceOf('a:1', change), NOW_MS).word).toBe(word);
const consumer = (change: Parameters<typeof consumerOf>[1], word: string) =>
  expect(consumerHealth(consumerOf('a', change), NOW_MS).word).toBe(word);
const lag = (seconds: number) => historyOf({ lagSeconds: [seconds, seconds] });

test('how it stands with a source', () => {
  source({}, 'up');
  source({ health: 'down' }, 'failing');
  source({ health: 'unknown', lastPullMs: 0 }, 'not pulled yet');
  source({ history: lag(61) }, 'late');
  source({ history: lag(61), intervalSeconds: 30 }, 'up');
  source({ history: lag(91), intervalSeconds: 30 }, 'late');
  source({ lastPullMs: NOW_MS - 100_000 }, 'up');
  source({ lastPullMs: NOW_MS - 300_000 }, 'no pull for 5m');
});

test('how it stands with a consumer', () => {
  consumer({}, 'answered');
  consumer({ lastError: 'too many series' }, 'failing');
  consumer({ history: lag(100) }, 'late');
  consumer({ lastRequestMs: NOW_MS - 600_000, lastError: 'too many series' }, 'silent for 10m');
  const hourly = historyOf({ timesMs: [NOW_MS - 7_200_000, NOW_MS - 3_600_000] });
  consumer({ lastRequestMs: NOW_MS - 3_600_000, history: hourly }, 'answered');
});

test('a server whose clock is not known says nothing of what is old', () => {
  expect(sourceHealth(sourceOf('a:1', { lastPullMs: 1 }), 0).word).toBe('up');
});

test('what flows is what the last answered pull brought', () => {
  expect(flowOf(historyOf({ ok: [true, false], series: [7, null], bytes: [70, null] }))).toMatchObject({ series: 7, bytes: 70 });
  expect(flowOf(historyOf({ ok: [false, false] }))).toMatchObject({ series: null, lagSeconds: null });
  expect(flowOf(historyOf({ timesMs: [] }))).toMatchObject({ series: null });
});

test('of a source that fails nothing comes, and its newest sample grows older', () => {
  const timesMs = [NOW_MS - 60_000, NOW_MS - 45_000, NOW_MS];
  const history = historyOf({ timesMs, ok: [true, true, false], lagSeconds: [3, 3.5, null] });
  const old = { series: null, bytes: null, durationSeconds: null, lagSeconds: 48.5, isCurrent: false, lastGoodMs: NOW_MS - 45_000 };
  expect(sourceFlow(sourceOf('a:1', { history }), NOW_MS)).toEqual(old);
  expect(consumerFlow(consumerOf('a', { history }), NOW_MS)).toEqual(old);
  expect(sourceFlow(sourceOf('a:1', { health: 'down' }), NOW_MS + 8000)).toMatchObject({ series: null, lagSeconds: 10 });
  expect(sourceFlow(sourceOf('a:1', {}), NOW_MS + 300_000)).toMatchObject({ series: null, lagSeconds: 302 });
  expect(sourceFlow(sourceOf('a:1', {}), NOW_MS + 8000)).toMatchObject({ series: 10, lagSeconds: 2, isCurrent: true });
  expect(sourceFlow(sourceOf('a:1', { history }), 0)).toMatchObject({ lagSeconds: null });
  expect(sourceFlow(sourceOf('a:1', { history: historyOf({ timesMs: [] }) }), NOW_MS)).toMatchObject({
    lagSeconds: null,
    lastGoodMs: null,
  });
});

test('how often somebody asks', () => {
  const check = (gapsMs: readonly number[], gapMs: number, isUneven: boolean): void => {
    let timeMs = 0;
    const timesMs = [0, ...gapsMs.map((gap) => (timeMs += gap))];
    expect(rhythmOf(historyOf({ timesMs }))).toEqual({ gapMs, isUneven });
  };
  const times = (count: number, ...gaps: number[]): number[] => Array.from({ length: count }, () => gaps).flat();
  check(times(20, 15_000), 15_000, false);
  check([15_000], 15_000, false);
  // Two servers behind one address.
  check(times(20, 36, 14_964), 7500, true);
  // A break, and somebody who asks by hand.
  check([...times(20, 15_000), 3_600_000], 15_000, false);
  check([...times(20, 15_000), 2000, 13_000], (20 * 15_000 + 15_000) / 22, false);
  expect(rhythmOf(historyOf({ timesMs: [0] }))).toBe(null);
});
