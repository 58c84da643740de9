import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('those of a lower rank first, else in the order in which they came, one in a turn of the event loop', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const job = async (name: string, rank: number, slices: number) => {
    for (let i = 1; i <= slices; i++) {
      await turns.wait(rank);
      done.push(`${name}${i}`);
    }
  };
  const all = [job('a', 1, 3), job('b', 1, 2), job('c', 2, 1)];
  await turn();
  expect(done).toEqual(['a1']);
  all.push(job('first', 0, 2));
  await Promise.all(all);
  expect(done).toEqual(['a1', 'first1', 'first2', 'b1', 'c1', 'a2', 'b2', 'a3']);
  await job('late', 1, 1);
  expect(done.at(-1)).toBe('late1');
});

test('no rank waits for ever', async () => {
  const turns = new Turns();
  let over = false;
  const busy = async (rank: number) => {
    while (!over) await turns.wait(rank);
  };
  void busy(0);
  void busy(1);
  for (let i = 0; i < 3; i++) await turns.wait(2);
  over = true;
});
