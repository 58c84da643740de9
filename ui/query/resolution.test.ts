import { expect, test } from 'vitest';
import type { Resolution } from '../panels/panel-address.ts';
import { offeredSteps, stepOf, stepProblem } from './resolution.ts';

test('steps follow the range', () => {
  const check = (rangeS: number, density: 'low' | 'medium' | 'high', stepS: number) =>
    expect(stepOf({ type: 'auto', density }, rangeS * 1000) / 1000).toBe(stepS);
  check(3600, 'low', 36);
  check(3600, 'medium', 14);
  check(3600, 'high', 4);
  check(300, 'medium', 1);
  check(60, 'medium', 0.3);
  check(1, 'high', 0.1);
  check(7 * 86_400, 'medium', 2419);
  expect(stepOf({ type: 'custom', stepMs: 5000 }, 1)).toBe(5000);
});

test('no density is refused by the server', () => {
  for (const rangeMs of [1, 1000, 59_999, 3_600_000, 86_400_000 * 365]) {
    for (const density of ['low', 'medium', 'high'] as const)
      expect(stepProblem(stepOf({ type: 'auto', density }, rangeMs), rangeMs)).toBeNull();
  }
  expect(stepProblem(1000, 12_000_000)).toContain('12000 points');
});

test('a fixed step that a link has is offered too', () => {
  const check = (resolution: Resolution, seconds: number[]) => expect(offeredSteps(resolution).map((ms) => ms / 1000)).toEqual(seconds);
  check({ type: 'custom', stepMs: 20_000 }, [10, 30, 60, 300, 900, 3600]);
  check({ type: 'fixed', stepMs: 60_000 }, [10, 30, 60, 300, 900, 3600]);
  check({ type: 'fixed', stepMs: 20_000 }, [10, 20, 30, 60, 300, 900, 3600]);
});
