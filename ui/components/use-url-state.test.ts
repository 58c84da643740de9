import { expect, test } from 'vitest';
import { type HistoryStep, isInPlace } from './use-url-state.ts';

test('a step is an entry of its own; of a text that is typed, the first letters are', () => {
  const check = (step: HistoryStep, beside: { typing?: boolean } | null | undefined, want: boolean) =>
    expect(isInPlace(step, beside)).toBe(want);
  check('in place', null, true);
  check('in place', { typing: true }, true);
  check('step', null, false);
  check('step', { typing: true }, false);
  check('typing', null, false);
  check('typing', undefined, false);
  check('typing', {}, false);
  check('typing', { typing: true }, true);
});
