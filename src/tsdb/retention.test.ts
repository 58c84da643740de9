// What is beyond the retention: a table of cases.
import { expect, test } from 'vitest';
import { beyondRetention } from './retention.ts';

const blocks = (...list: [name: string, maxTime: number, sizeBytes: number][]) =>
  list.map(([ulid, maxTime, sizeBytes]) => ({ ulid, maxTime, sizeBytes }));
const three = blocks(['a', 100, 10], ['b', 200, 20], ['c', 300, 30]);

function check(
  name: string,
  list: ReturnType<typeof blocks>,
  [timeMs, sizeBytes, otherBytes]: [number, number, number],
  time: string,
  size: string,
): void {
  test(name, () => {
    const gone = beyondRetention(list, { timeMs, sizeBytes }, otherBytes);
    expect([gone.time.join(' '), gone.size.join(' ')]).toEqual([time, size]);
  });
}

check('no limits', three, [0, 0, 1000], '', '');
check('time, from the newest block on', three, [150, 0, 0], 'a', '');
check('time, just on the border', three, [100, 0, 0], 'b a', '');
check('time, just within the border', three, [101, 0, 0], 'a', '');
check('time: whatever the order of the blocks', blocks(['b', 200, 20], ['c', 300, 30], ['a', 100, 10]), [150, 0, 0], 'a', '');
check(
  'time: from the newest of all, not of those that end together',
  blocks(['a', 100, 1], ['b', 300, 1], ['c', 300, 1]),
  [10, 0, 0],
  'a',
  '',
);
check('time: before 1970', blocks(['a', -300, 1], ['b', -100, 1]), [150, 0, 0], 'a', '');
check('the newest block always stays by time', blocks(['a', 100, 1]), [1, 0, 0], '', '');
check('size, newest first', three, [0, 55, 0], '', 'a');
check('size, just within the limit', three, [0, 60, 0], '', '');
check('size, with the log', three, [0, 55, 10], '', 'b a');
check('size: the log alone is too large', three, [0, 55, 56], '', 'c b a');
check('size: even the newest', three, [0, 5, 0], '', 'c b a');
check(
  'size: what is older than a large block goes too, small as it is',
  blocks(['a', 100, 1], ['b', 200, 90], ['c', 300, 10]),
  [0, 50, 0],
  '',
  'b a',
);
check('both: each block once', three, [150, 25, 0], 'a', 'c b');
check('both: those beyond the time count for the size, as in Prometheus', three, [250, 55, 0], '', 'a');
check('no blocks', [], [1, 1, 10], '', '');
