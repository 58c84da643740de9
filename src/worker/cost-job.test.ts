// That nothing of an arena stays taken, however a job ends; what it counts is compared with answers in federation/preview.test.ts.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import { runCost } from './cost-job.ts';
import type { CostRequest } from './messages.ts';
import { runOwners } from './owners-job.ts';
import { TextWindow } from './text-window.ts';

const NOW = 1_700_000_000_000;
const WINDOW_BYTES = 64 * 1024;

const named = (name: string) => [{ name: '__name__', op: '=', value: name } as const];

const request = (fields: Partial<CostRequest>): CostRequest => ({
  type: 'federateCost',
  selectors: [named('m'), named('n')],
  all: false,
  leftOut: null,
  externalLabels: [],
  minT: NOW,
  maxT: NOW,
  maxSeries: 0,
  mostMetrics: 10,
  mostLabels: 10,
  ...fields,
});

test('gives back what it took', async () => {
  const head = new TestHead();
  head.write(Array.from({ length: 10_000 }, (_, i) => ({ labels: { __name__: i % 2 ? 'm' : 'n', i: String(i) }, t: NOW, v: 1 })));
  const { arena } = head.reader;
  const window = new TextWindow(head.reader.alloc(WINDOW_BYTES + 64), WINDOW_BYTES);
  const job = jobOn(head, null, { window });
  // Selections are kept.
  expect(await runCost(job, request({}))).toMatchObject({ series: 10_000, selectors: [5000, 5000], textBytes: expect.any(Number) });
  const { takenBytes } = arena;
  await expect(runCost(job, request({ maxSeries: 9999 }))).rejects.toMatchObject({ code: 'too_many_series' });
  await runOwners(job, { ...request({}), type: 'owners', mostSeries: 10, mostNames: 1 });
  expect(arena.takenBytes).toBe(takenBytes);
  for (let pauses = 0; pauses < 12; pauses++) {
    // Given up at each pause once.
    let left = pauses;
    const turns = { wait: async () => void (left-- === 0 && giveUp()) } as never;
    const other = jobOn(head, null, { window, turns, selections: job.parts.selections });
    const giveUp = () => other.cancel();
    await runCost(other, request({})).catch((error) => expect(error).toMatchObject({ code: 'cancelled' }));
    expect(arena.takenBytes, `given up at pause ${pauses}`).toBe(takenBytes);
  }
});

test('where the arena has no room, the job fails and leaves nothing behind', async () => {
  const head = new TestHead();
  head.write(Array.from({ length: 1000 }, (_, i) => ({ labels: { __name__: 'm', i: String(i) }, t: NOW, v: 1 })));
  const { arena } = head.reader;
  const job = jobOn(head, null, { window: new TextWindow(head.reader.alloc(WINDOW_BYTES + 64), WINDOW_BYTES) });
  const { takenBytes } = arena;
  const twice = request({ selectors: [named('m'), named('m')] });
  const outcomes = new Set<string>();
  for (let bytes = 1024; bytes < 64 * 1024; bytes += 1024) {
    await runCost(job, twice);
    const selectionBytes = (arena.takenBytes - takenBytes) / job.parts.selections.size;
    const room = arena.alloc(bytes);
    const others: number[] = [];
    for (let size = 1 << 28; size >= 64; size /= 2) for (let one = arena.alloc(size); one !== 0; one = arena.alloc(size)) others.push(one);
    arena.free(room);
    const outcome = runCost(job, twice).then(
      ({ series }) => `${series} series`,
      (error) => error.code,
    );
    outcomes.add(await outcome);
    for (const one of others) arena.free(one);
    expect(arena.takenBytes, `with ${bytes} bytes`).toBe(takenBytes + job.parts.selections.size * selectionBytes);
  }
  expect([...outcomes]).toEqual(['out_of_memory', '1000 series']);
});

test('owners: counted, with names, the largest first; the last writer counts', async () => {
  const head = new TestHead();
  const write = (labels: [string, string][], owner: number) => {
    const batch = head.writer.openBatch();
    batch.push(head.writer.series(labels, owner), NOW, 1);
    head.writer.append(batch, 0, 1 << 20);
    head.writer.commit();
    batch.free();
  };
  write([['__name__', 'a']], 7);
  write([['__name__', 'b'], ['i', '1']], 7); // biome-ignore format: one a line
  write([['__name__', 'b'], ['i', '2']], 7); // biome-ignore format: one a line
  write([['__name__', 'c']], 7);
  write([['__name__', 'c']], 9);
  write([['__name__', 'd']], 0);
  const check = async (mostSeries: number, mostNames: number, expected: object) =>
    expect(await runOwners(jobOn(head), { ...request({ selectors: [], all: true }), type: 'owners', mostSeries, mostNames })).toEqual(
      expected,
    );
  await check(100, 100, {
    selected: 5,
    owners: [
      { id: 7, series: 3, names: ['a', 'b'] },
      { id: 0, series: 1, names: ['d'] },
      { id: 9, series: 1, names: ['c'] },
    ],
  });
  await check(100, 1, {
    selected: 5,
    owners: [
      { id: 7, series: 3, names: ['a'] },
      { id: 0, series: 1, names: ['d'] },
      { id: 9, series: 1, names: ['c'] },
    ],
  });
  const { owners, selected } = await runOwners(jobOn(head), {
    ...request({ selectors: [], all: true }),
    type: 'owners',
    mostSeries: 2,
    mostNames: 9,
  });
  expect([owners.reduce((sum, { series }) => sum + series, 0), selected]).toEqual([2, 5]);
});
