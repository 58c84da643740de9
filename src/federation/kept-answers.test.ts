import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { KeptAnswers } from './kept-answers.ts';

let clock: FakeClock;
let kept: KeptAnswers<string>;
let asked: string[];

beforeEach(() => {
  clock = new FakeClock(0);
  asked = [];
  kept = new KeptAnswers({ clock, mostWeight: 10, weigh: ({ length }) => length, lighten: () => '' });
});

async function ask(key: string, answer: string | Error = 'x', group = ''): Promise<string | null> {
  return await kept.ask(key, group, async () => {
    asked.push(key);
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

test('equal questions are one, for some seconds', async () => {
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['x', 'x', 'x']);
  await clock.advance(4999);
  await ask('a');
  expect(asked).toEqual(['a', 'b']);
  await clock.advance(1);
  await ask('a');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('of a group there are only so many, under way or kept', async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`q${i}`, '', 'g')));
  expect(outcomes.map((answer) => answer ?? '-').join('')).toBe('----');
  expect(await ask('q3', '', 'g')).toBe('');
  expect([await ask('q99', '', 'g'), await ask('q99', '', 'h'), await ask('q100')]).toEqual([null, '', 'x']);
  await clock.advance(5000);
  expect(await ask('q101', '', 'g')).toBe('');
});

test('what there is no room for is told lightly; groups get half of it', async () => {
  expect([await ask('a', '123456', 'g'), await ask('b', '12345', 'g'), await ask('c', '1', 'g')]).toEqual(['', '12345', '']);
  expect([await ask('d', '12345'), await ask('e', '1'), await ask('b')]).toEqual(['12345', '', '12345']);
  await clock.advance(5000);
  expect(await ask('f', '1234567890')).toBe('1234567890');
});

test('what rejects is asked again', async () => {
  for (let i = 0; i < 20; i++) await expect(ask('a', new Error('no'), 'g')).rejects.toThrow('no');
  expect(await ask('a', 'x', 'g')).toBe('x');
  expect(asked).toHaveLength(21);
});

test('another configuration asks anew, and what was asked before comes back to nobody else', async () => {
  let answer = (_text: string): void => undefined;
  const before = kept.ask('a', '', () => new Promise((resolve) => (answer = resolve)));
  kept.forget();
  expect(await ask('a', 'new')).toBe('new');
  answer('old');
  expect(await before).toBe('old');
  await clock.advance(4000);
  expect(await ask('a')).toBe('new');
});

test('the end leaves no timer', async () => {
  await ask('a');
  kept.close();
  await ask('b');
  expect(clock.timers).toBe(0);
});
