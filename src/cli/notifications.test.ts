import { expect, test } from 'vitest';
import { activeNotifications } from './notifications.ts';

test('what is to be known, and since when', () => {
  const check = (state: 'starting' | 'ready' | 'stopping', lastSucceeded: boolean, expected: readonly string[]) =>
    expect(
      activeNotifications(state, 1000, { lastSucceeded, lastFailureMs: 2000 }).map(({ text, date, active }) => `${date} ${active} ${text}`),
    ).toEqual(expected);
  const failed = '1970-01-01T00:00:02.000Z true Configuration reload has failed.';
  check('ready', true, []);
  check('ready', false, [failed]);
  check('starting', true, ['1970-01-01T00:00:01.000Z true Tributary is starting and replaying the write-ahead log (WAL).']);
  check('stopping', false, [failed, '1970-01-01T00:00:01.000Z true Tributary is shutting down and gracefully stopping all operations.']);
});
