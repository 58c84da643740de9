// The head under the read contract's suite, and what it alone promises: one horizon for all selections, and no memory that stays.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { END, type QuerierUnderTest, querierSuite, START, seriesOf, textOf } from '../../test/support/querier-suite.ts';
import { byTime, type StoredRow } from '../../test/support/stored-rows.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import { flatTombstones, HeadSeriesReader, HeadTombstones, type Tombstone } from '../kernel/index.ts';
import { compareLabels, labelsOf, Matcher } from '../model/index.ts';
import { SeriesSamples } from '../storage/index.ts';
import { HeadQuerier } from './head-querier.ts';

const T0 = 1_700_000_000_000;

function underTest(head: TestHead): QuerierUnderTest {
  const { reader } = head;
  const before = reader.arena.takenBytes;
  const job = jobOn(head);
  return {
    open: (pause) => new HeadQuerier(Object.create(job, { pause: { value: pause } })),
    expectNothingHeld: () => {
      while (reader.onPressure()); // kept selections
      expect(reader.arena.takenBytes).toBe(before);
    },
  };
}

querierSuite('the head', (stored) => {
  const head = new TestHead();
  for (const samples of byTime(stored)) head.write(samples);
  return underTest(head);
});

/** Of what is in the head, the suite sees what its own rows are: the rest is deleted, in the middle of series, at both ends, and series as a whole. */
querierSuite('a head of which much is deleted', (stored) => {
  const head = new TestHead();
  const stones: Tombstone[] = [];
  const all = stored.map(([labels, samples], i): StoredRow => {
    const more = samples.flatMap(([t, v], j): StoredRow[1] =>
      j % 9 === i % 9
        ? [
            [t, v],
            [t + 7000, 'stale'],
            [t + 7001, v],
          ]
        : [[t, v]],
    );
    return [labels, [[START - 30_000, 1], ...more, [END + 5000, i], [END + 6000, 'stale']]];
  });
  const gone = ['a', 'z'].map(
    (x): StoredRow => [
      { __name__: 'm', x, only: 'here' },
      [
        [START, 1],
        [END, 2],
      ],
    ],
  );
  for (const samples of byTime([...all, ...gone])) head.write(samples);
  const { reader } = head;
  const series = new HeadSeriesReader(reader);
  for (const { ref, labels } of series.newest(series.sortedRefs())) {
    const row = stored.find(([own]) => compareLabels(labelsOf(own), labels) === 0);
    if (row === undefined) stones.push({ ref, minTimeMs: START - 30_000, maxTimeMs: END });
    for (const [t] of row?.[1] ?? []) stones.push({ ref, minTimeMs: t + 7000, maxTimeMs: t + 7500 });
    if (row !== undefined) for (const t of [START - 30_000, END + 5000, END + 6000]) stones.push({ ref, minTimeMs: t, maxTimeMs: t });
  }
  series.dispose();
  reader.tombstones = new HeadTombstones().with(flatTombstones(stones));
  return underTest(head);
});

const named = (name: string) => ({ matchers: [new Matcher('__name__', '=', name)], minTimeMs: T0, maxTimeMs: T0 + 100_000 });

test('all selections are of one horizon, whatever is written while they are looked for and read', async () => {
  const head = new TestHead();
  let written = 0;
  const write = () => {
    written++;
    head.write(
      ['a', 'b'].flatMap((m) =>
        Array.from({ length: 3 }, (_, i) => ({ labels: { __name__: m, i: String(i) }, t: T0 + written, v: written })),
      ),
    );
  };
  write();
  const querier = new HeadQuerier(jobOn(head));
  for (let round = 0; round < 30; round++) {
    // A batch that comes in the middle of the selecting, at each place where that waits, is in both sets or in none.
    const writing = (async () => {
      for (let i = 0; i < round; i++) await null;
      write();
    })();
    const sets = await Promise.all((await querier.select([named('a'), named('b')])).map(seriesOf));
    await writing;
    const samples = new SeriesSamples();
    const seen = sets.map((set) =>
      set.map((series) => {
        series.read(T0, T0 + 100_000, samples);
        return textOf(samples);
      }),
    );
    expect(seen[0]).toHaveLength(3);
    expect(seen[1]).toEqual(seen[0]);
    expect(new Set(seen[0].map((texts) => texts.length)).size).toBe(1);
  }
  querier.dispose();
});

test('selections that two jobs ask for in another order', async () => {
  const head = new TestHead();
  head.write(Array.from({ length: 500 }, (_, i) => ({ labels: { __name__: i % 2 === 0 ? 'a' : 'b', i: String(i) }, t: T0, v: i })));
  const job = jobOn(head);
  const ask = async (...names: string[]) => {
    const querier = new HeadQuerier(job);
    const sets = await Promise.all((await querier.select(names.map(named))).map(seriesOf));
    querier.dispose();
    return sets.map((set) => [set.length, set[0].labels[0][1]]);
  };
  expect(await Promise.all([ask('a', 'b'), ask('b', 'a'), ask('a', 'b', 'a')])).toEqual([
    [
      [250, 'a'],
      [250, 'b'],
    ],
    [
      [250, 'b'],
      [250, 'a'],
    ],
    [
      [250, 'a'],
      [250, 'b'],
      [250, 'a'],
    ],
  ]);
});

test('an arena without room is a storage error', async () => {
  const head = new TestHead();
  head.write(Array.from({ length: 2000 }, (_, i) => ({ labels: { __name__: 'a', i: String(i) }, t: T0, v: i })));
  const querier = new HeadQuerier(jobOn(head));
  const { arena } = head.reader;
  for (let bytes = 1 << 24; bytes >= 64; bytes /= 2) while (arena.alloc(bytes) !== 0);
  await expect(querier.select([named('a')])).rejects.toMatchObject({ name: 'StorageError', code: 'out_of_memory' });
  querier.dispose();
});

test('labels of a series that went meanwhile: told, unless they were read at once', async () => {
  const read = async (labelsAtOnce: boolean) => {
    const head = new TestHead();
    head.write(Array.from({ length: 3 }, (_, i) => ({ labels: { __name__: 'a', i: String(i) }, t: T0, v: i })));
    head.write([{ labels: { __name__: 'a', i: '0' }, t: T0 + 90_000, v: 7 }]);
    const querier = new HeadQuerier(jobOn(head), labelsAtOnce);
    const [set] = await querier.select([named('a')]);
    const series = await seriesOf(set);
    // All but the first have no sample that is new enough.
    while (head.writer.sweep(head.writer.nextTick(), T0 + 60_000, 1000));
    const labels = series.map((one) => {
      try {
        return [one.label('i'), one.labels.length];
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    querier.dispose();
    return labels;
  };
  expect(await read(false)).toEqual([['0', 2], 'gone', 'gone']);
  expect(await read(true)).toEqual([
    ['0', 2],
    ['1', 2],
    ['2', 2],
  ]);
});
