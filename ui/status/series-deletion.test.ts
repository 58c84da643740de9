import { expect, test } from 'vitest';
import { type DeletionDraft, deletionOf, deletionParameters, draftFaults, matchesInWords, samplesInWords } from './series-deletion.ts';

const draft = (selectors: string, start = '', end = ''): DeletionDraft => ({ selectors, start, end });
const T0 = Date.UTC(2026, 0, 31, 13, 5, 9);

test('what is wrong with a draft', () => {
  const check = (one: DeletionDraft, want: Partial<DeletionDraft>) =>
    expect(draftFaults(one, true), JSON.stringify(one)).toEqual({ selectors: '', start: '', end: '', ...want });
  check(draft('up'), {});
  check(draft('up\n\n {job="a"} ', '2026-01-31 13:05:09', '2026-01-31 13:05:09'), {});
  check(draft(' \n'), { selectors: 'Write a selector, such as up{job="api"}.' });
  check(draft('up{'), { selectors: '1:4: parse error: unexpected end of input inside braces' });
  check(draft('up\nx{'), { selectors: 'x{: 1:3: parse error: unexpected end of input inside braces' });
  check(draft('up', 'yesterday', '2026-13-01'), {
    start: 'Write a time as 2026-01-31 13:05:09.',
    end: 'Write a time as 2026-01-31 13:05:09.',
  });
  check(draft('up', '2026-01-31 13:05:09', '2026-01-31 13:05:08'), { end: 'The end is before the start.' });
});

test('what the API is told', () => {
  const check = (one: DeletionDraft, want: object) => expect(deletionParameters(deletionOf(one, true))).toEqual(want);
  check(draft('up\r\n{job="a"}\n'), { 'match[]': ['up', '{job="a"}'], start: undefined, end: undefined });
  check(draft('up', '2026-01-31 13:05:09', '2026-01-31 13:05:09.5'), {
    'match[]': ['up'],
    start: T0 / 1000,
    end: T0 / 1000 + 0.5,
  });
});

test('what is deleted, in words', () => {
  const check = (start: string, end: string, want: string) =>
    expect(samplesInWords(deletionOf(draft('up', start, end), true), (ms) => `t+${(ms - T0) / 1000}`)).toBe(want);
  check('', '', 'all samples');
  check('2026-01-31 13:05:09', '', 'the samples from t+0 on');
  check('', '2026-01-31 13:05:10', 'the samples up to t+1');
  check('2026-01-31 13:05:09', '2026-01-31 13:05:10', 'the samples from t+0 to t+1');
});

test('how many series match', () => {
  const check = (count: number, isCut: boolean, want: string) => expect(matchesInWords(count, isCut)).toBe(want);
  check(0, false, 'No series matches now: there is nothing to delete.');
  check(1, false, '1 series matches now:');
  check(10_000, false, '10,000 series match now:');
  check(10_000, true, 'More than 10,000 series match now.');
});
