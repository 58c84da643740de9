// A deletion is in the log before anybody is told of it, or it did not happen.
import { expect, test } from 'vitest';
import { TestHead } from '../../../test/support/head.ts';
import { flatTombstones, type Tombstone } from '../../kernel/index.ts';
import { StorageError } from '../../storage/index.ts';
import { decodeTombstones } from '../wal/wal-record.ts';
import { type BatchLog, Head } from './head.ts';
import { HeadDeletions, ReplayedTombstones } from './head-deletions.ts';

const stones = (count: number, maxTimeMs = 9) => Array.from({ length: count }, (_, i) => ({ ref: i + 1, minTimeMs: 0, maxTimeMs }));
const add = (deletions: HeadDeletions, head: Head, added: readonly Tombstone[]) => {
  const flat = flatTombstones(added);
  return deletions.add(head, flat, deletions.tombstones.with(flat));
};

function headWith(write: BatchLog['writeRecord']): Head {
  const head = new Head(new TestHead().memory, { retentionMs: 0, sweepIntervalMs: 1e9 });
  head.logTo({ write: () => {}, writeRecord: write });
  return head;
}

test('records come first, in pieces, then everybody is told', async () => {
  const events: (number | string)[] = [];
  const head = headWith(async (record) => {
    await null;
    events.push(decodeTombstones(record)!.length);
  });
  const deletions = new HeadDeletions();
  deletions.onChange = ({ size }) => events.push(`told ${size}`);
  await add(deletions, head, stones(25_000));
  await add(deletions, head, [{ ref: 3, minTimeMs: 10, maxTimeMs: 12 }]);
  expect(events).toEqual([10_000, 10_000, 5000, 'told 25000', 1, 'told 25000']);
  expect(deletions.tombstones.of(3)).toEqual([{ minTimeMs: 0, maxTimeMs: 12 }]);
  deletions.truncate(10);
  deletions.truncate(10);
  expect(events.slice(6)).toEqual(['told 1']);
});

test('what cannot be written is not deleted', async () => {
  const head = headWith(() => {
    throw new StorageError('disk_full', 'no space');
  });
  const deletions = new HeadDeletions();
  deletions.onChange = () => expect.unreachable();
  await expect(add(deletions, head, stones(1))).rejects.toMatchObject({ code: 'disk_full' });
  expect(deletions.tombstones.size).toBe(0);
  await head.close();
  await expect(add(deletions, head, stones(1))).rejects.toMatchObject({ code: 'closed' });
});

test('more than the bound is an error', async () => {
  const head = headWith(() => {
    throw new Error('BUG: it was written');
  });
  const deletions = new HeadDeletions();
  deletions.replayed(stones(3_999_999));
  await expect(
    add(deletions, head, [
      { ref: 1, minTimeMs: 50, maxTimeMs: 60 },
      { ref: 2, minTimeMs: 50, maxTimeMs: 60 },
    ]),
  ).rejects.toThrow('cannot delete series: got 4000001 intervals in all, want at most 4000000');
  expect(deletions.tombstones.size).toBe(3_999_999);
});

test('of a log: series that it does not have, and what blocks have, are passed over', () => {
  const head = new TestHead();
  head.write([{ labels: { __name__: 'a' }, t: 1_700_000_000_000, v: 1 }]);
  const replayed = new ReplayedTombstones(head.memory, 5);
  const record = (ref: number, maxTimeMs: number) => {
    const bytes = Buffer.alloc(11);
    bytes[0] = 3;
    bytes.writeBigUInt64BE(BigInt(ref), 1);
    bytes.set([0, maxTimeMs * 2], 9);
    return bytes;
  };
  for (const [ref, max] of [
    [1, 9],
    [1, 4],
    [2, 9],
    [2 ** 40, 9],
  ])
    expect(replayed.take(record(ref, max))).toBe(true);
  expect(replayed.take(record(1, 9).subarray(0, 10))).toBe(false);
  expect(replayed.stones).toEqual([{ ref: 1, minTimeMs: 0, maxTimeMs: 9 }]);
});
