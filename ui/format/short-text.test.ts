import { expect, test } from 'vitest';
import { beginningOf } from './short-text.ts';

test('texts that are too long are cut, between characters', () => {
  const check = (text: string, want: string | null) => expect(beginningOf(text)).toBe(want);
  check('', null);
  check('x'.repeat(200), null);
  check('x'.repeat(201), 'x'.repeat(120));
  check('😀'.repeat(300), '😀'.repeat(60));
  check(`x${'😀'.repeat(300)}`, `x${'😀'.repeat(59)}`);
});
