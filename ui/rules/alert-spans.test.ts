import { expect, test } from 'vitest';
import type { MatrixRow } from '../../src/answers/index.ts';
import { alertRows, alertsQuery, rangeBefore, ticksOf, timelineOf } from './alert-spans.ts';

const RANGE = { startMs: 0, endMs: 100_000, stepMs: 10_000 };
const series = (alertstate: string, instance: string, ...seconds: number[]): MatrixRow => ({
  metric: { __name__: 'ALERTS', alertname: 'Down', alertstate, instance },
  values: seconds.map((time) => [time, '1']),
});
const check = (matrix: MatrixRow[], want: Record<string, string[]>) =>
  expect(
    Object.fromEntries(
      alertRows(matrix, RANGE).map(({ labels, spans }) => [
        labels.instance,
        spans.map(({ state, fromMs, toMs }) => `${state} ${fromMs / 1000}-${toMs / 1000}`),
      ]),
    ),
  ).toEqual(want);

test('steps that follow one another are one span, and both states of an alert one row', () => {
  check([], {});
  check([series('firing', 'a', 10, 20, 30)], { a: ['firing 10-40'] });
  check([series('firing', 'a', 10, 30, 40)], { a: ['firing 10-20', 'firing 30-50'] });
  check([series('firing', 'a', 30, 40), series('pending', 'a', 10, 20)], { a: ['pending 10-30', 'firing 30-50'] });
  check([series('firing', 'a', 90, 100)], { a: ['firing 90-100'] });
  check([series('other', 'a', 10)], {});
});

test('alerts whose only sample is at the end of the range have a span too', () => {
  check([series('firing', 'a', 100), series('firing', 'b', 100)], { a: ['firing 100-100'], b: ['firing 100-100'] });
  check([series('pending', 'a', 80, 90), series('firing', 'a', 100)], { a: ['pending 80-100', 'firing 100-100'] });
});

test('samples out of the range, and series without samples, make no span', () => {
  check([series('firing', 'a', 110), series('firing', 'b'), series('firing', 'c', -10, 0, 100, 110)], {
    c: ['firing 0-10', 'firing 100-100'],
  });
});

test('what is newest comes first', () => {
  const rows = alertRows([series('firing', 'old', 10), series('firing', 'new', 90), series('pending', 'mid', 50)], RANGE);
  expect(rows.map(({ labels }) => labels.instance)).toEqual(['new', 'mid', 'old']);
});

test('a timeline has the alerts that are shown, in their order, and after them those that have ended', () => {
  const rows = alertRows(
    [series('firing', 'a', 10), series('firing', 'b', 90), series('firing', 'c', 50), series('firing', 'd', 40)],
    RANGE,
  );
  const labels = (instance: string) => ({ instance, alertname: 'Down' });
  const texts = (shown: string[], all: string[], finds = (_: string) => true) => {
    const { active, ended } = timelineOf(rows, {
      shown: shown.map(labels),
      all: all.map(labels),
      finds: ({ instance }) => finds(instance),
    });
    return [active, ended].map((some) => some.map(({ labels, spans }) => labels.instance + spans.length).join(' '));
  };
  expect(texts(['a', 'new', 'b'], ['a', 'new', 'b'])).toEqual(['a1 new0 b1', 'c1 d1']);
  expect(texts(['b'], ['a', 'b'], (instance) => instance !== 'c')).toEqual(['b1', 'd1']);
  expect(texts([], [])).toEqual(['', 'b1 c1 d1 a1']);
});

test('the query quotes, and leaves templates out', () => {
  expect(alertsQuery('a"b\\', { severity: 'page', team: '{{ $labels.team }}' })).toBe(
    String.raw`ALERTS{alertname="a\"b\\", severity="page"}`,
  );
});

test('ranges move by whole steps', () => {
  expect(rangeBefore(3_600_007_000, 3_600_000)).toEqual({ startMs: 3_596_400_000, endMs: 3_600_000_000, stepMs: 15_000 });
  expect(rangeBefore(1_004_999, 900_000).stepMs).toBe(5_000);
  expect(rangeBefore(1_004_999, 900_000).endMs).toBe(1_000_000);
});

test('ticks are round', () => {
  expect(ticksOf({ startMs: 30_000, endMs: 3_630_000, stepMs: 1 }, 6)).toEqual([600, 1200, 1800, 2400, 3000, 3600].map((s) => s * 1000));
});
