import { expect, test } from 'vitest';
import { namesWith } from './names-with.ts';

test('each text stands somewhere in the name, as it is written', () => {
  expect(namesWith(['zz_la'])).toBe('{__name__=~"(?i:.*zz_la.*)"}');
  expect(namesWith(['a.b', 'c"(d'])).toBe('{__name__=~"(?i:.*a\\\\.b.*)",__name__=~"(?i:.*c\\"\\\\(d.*)"}');
});
