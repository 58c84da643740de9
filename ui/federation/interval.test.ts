import { expect, test } from 'vitest';
import { intervalMs, intervalOf } from './interval.ts';

test('an interval is any duration', () => {
  const check = (text: string, ms: number | null) => expect(intervalMs(text)).toBe(ms);
  check('15s', 15_000);
  check(' 1m30s ', 90_000);
  check('250ms', 250);
  for (const none of ['', '0', '0s', '15', '-5s', '1 m', 'x']) check(none, null);
});

test('what was measured is told as it was meant', () => {
  const check = (seconds: number, text: string) => expect(intervalOf(seconds)).toBe(text);
  check(15, '15s');
  check(14.998, '15s');
  check(60.3, '1m');
  check(2.503, '2s500ms');
  check(0.0001, '1ms');
});
