import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { type Logger, silentLogger } from '../model/index.ts';
import { LastSteps } from './last-steps.ts';

test('a step that hangs is left behind, and told of', async () => {
  const clock = new FakeClock(0);
  const told: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (_message, fields) => void told.push(fields) };
  const steps = new LastSteps(clock, logger);
  await steps.take('done', Promise.resolve());
  await expect(steps.take('failing', Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect([steps.isLate, clock.timers, told]).toEqual([false, 0, []]);
  const hung = steps.take('rules', new Promise(() => undefined));
  await clock.advance(15_000);
  await hung;
  await steps.take('done', Promise.resolve());
  expect([steps.isLate, clock.timers, told]).toEqual([true, 0, [{ what: 'rules' }]]);
});
