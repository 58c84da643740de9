// Selecting against a plain second implementation: the same matchers on plain objects.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TestHead, type TestSample } from '../../test/support/head.ts';
import { compareUtf8, type Labels, Matcher, type MatchOp } from '../model/index.ts';
import { type HiddenSeries, SelectionCache } from './selection-cache.ts';
import { selectVisible } from './visible-series.ts';

type Series = Record<string, string>;

const NOW = 1_700_000_000_000;
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

function fulfils(series: Series, matchers: readonly Matcher[], external: Labels): boolean {
  return matchers.every((matcher) => {
    const value = series[matcher.name];
    if (value !== undefined) return matcher.matches(value);
    const label = external.find(([name]) => name === matcher.name);
    return matcher.matches('') || (label !== undefined && matcher.matches(label[1]));
  });
}

function expected(all: readonly Series[], selectors: readonly (readonly Matcher[])[], external: Labels, hidden?: HiddenSeries): string[] {
  const selects = (matchers: readonly Matcher[], index: number, series: Series) =>
    matchers.length > 0 &&
    fulfils(series, matchers, external) &&
    !(hidden !== undefined && index >= hidden.from && fulfils(series, hidden.series, external));
  return all
    .filter((series) => selectors.some((matchers, index) => selects(matchers, index, series)))
    .map((series) => JSON.stringify(Object.entries(series).sort((a, b) => compareUtf8(a[0], b[0]))))
    .sort();
}

class Selecting {
  readonly head: TestHead;
  readonly cache: SelectionCache;

  constructor(head: TestHead, limit = 8) {
    this.head = head;
    this.cache = new SelectionCache(head.reader, limit);
  }

  /** The selected series as sorted JSON, and their names in the order of the selection. */
  async select(
    selectors: readonly (readonly Matcher[])[],
    externalLabels: Labels = [],
    all = false,
    hidden?: HiddenSeries,
  ): Promise<{ series: string[]; names: string[] }> {
    const { reader } = this.head;
    const query = {
      selectors,
      externalLabels,
      all,
      hidden,
      key: JSON.stringify([selectors.map(String), externalLabels, all, hidden?.from, hidden?.series.map(String)]),
      minT: 0,
      maxT: NOW,
      withStale: false,
    };
    return selectVisible(reader, this.cache, query, pause, (visible) => {
      const series: string[] = [];
      const names: string[] = [];
      const { buffer, words } = reader;
      const cold = buffer.readUInt32LE(0x10000 + 20);
      const pairs = buffer.readUInt32LE(0x10000 + 28);
      for (let i = 0; i < visible.count; i++) {
        const record = cold + words[visible.address / 4 + i * 6] * 32;
        const list = buffer.readUInt32LE(record + 4);
        const labels: [string, string][] = [];
        for (let j = 0; j < buffer.readUInt16LE(record + 26); j++) {
          const pair = buffer.readUInt32LE(list + j * 4);
          labels.push([reader.nameText(buffer.readUInt32LE(pairs + pair * 32 + 4)), reader.pairValue(pair)]);
        }
        series.push(JSON.stringify(labels));
        names.push(labels.find(([name]) => name === '__name__')?.[1] ?? '');
      }
      visible.dispose();
      return { series: series.sort(), names };
    });
  }
}

const sample = (labels: Series, t = NOW): TestSample => ({ labels, t, v: 1 });

const seriesArbitrary: fc.Arbitrary<Series> = fc
  .record(
    {
      __name__: fc.constantFrom('up', 'b_total', 'a', 'ä.b', 'job:x', 'a\u{10000}', 'a\uffff'),
      job: fc.constantFrom('a', 'b', 'c d', 'node'),
      instance: fc.integer({ min: 0, max: 60 }).map(String),
      Zone: fc.constantFrom('x', 'y'),
      'l.x': fc.constantFrom('1', '2'),
      dc: fc.constantFrom('eu1', 'us1'),
    },
    { requiredKeys: [] },
  )
  .filter((series) => Object.keys(series).length > 0);

const matcherArbitrary = fc
  .tuple(
    fc.constantFrom('__name__', 'job', 'instance', 'Zone', 'l.x', 'dc', 'absent'),
    fc.constantFrom<MatchOp>('=', '!=', '=~', '!~'),
    fc.constantFrom(
      '',
      'up',
      'a',
      'node',
      '1',
      'eu1',
      'x',
      'nobody',
      '.*',
      '.+',
      'a|b|node',
      'u.*',
      '.*1',
      '(a|b).*',
      '1|2|',
      '[0-9]+',
      '.*d',
    ),
  )
  .map(([name, op, value]) => new Matcher(name, op, value));
const selectorsArbitrary = fc.array(fc.array(matcherArbitrary, { maxLength: 3 }), { minLength: 1, maxLength: 3 });
const externalArbitrary = fc.constantFrom<Labels>(
  [],
  [['dc', 'eu1']],
  [
    ['absent', 'x'],
    ['dc', 'us1'],
  ],
);

describe.each([{ checked: false }, { checked: true }])('selecting, checked build: $checked', ({ checked }) => {
  let selecting: Selecting;
  const all = new Map<string, Series>();

  beforeAll(() => {
    selecting = new Selecting(new TestHead({ checked }), 1000);
  });

  test('random selectors while series come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seriesArbitrary, { maxLength: 10 }),
        selectorsArbitrary,
        externalArbitrary,
        async (added, selectors, external) => {
          selecting.head.write(added.map((series) => sample(series)));
          for (const series of added) all.set(JSON.stringify(Object.entries(series).sort()), series);
          const { series, names } = await selecting.select(selectors, external);
          expect(series).toEqual(expected([...all.values()], selectors, external));
          expect(names).toEqual(names.toSorted(compareUtf8));
        },
      ),
      { seed: 11, numRuns: 400 },
    );
    expect(all.size).toBeGreaterThan(500);
  });

  test('random selectors that some series are hidden from, while series come', async () => {
    const hiddenArbitrary = fc.record({ series: fc.array(matcherArbitrary, { maxLength: 2 }), from: fc.integer({ min: 0, max: 3 }) });
    let less = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(seriesArbitrary, { maxLength: 5 }),
        selectorsArbitrary,
        externalArbitrary,
        hiddenArbitrary,
        async (added, selectors, external, hidden) => {
          const check = async () => {
            const { series, names } = await selecting.select(selectors, external, false, hidden);
            expect(series).toEqual(expected([...all.values()], selectors, external, hidden));
            expect(names).toEqual(names.toSorted(compareUtf8));
            return series.length;
          };
          await check();
          selecting.head.write(added.map((series) => sample(series)));
          for (const series of added) all.set(JSON.stringify(Object.entries(series).sort()), series);
          if ((await check()) < expected([...all.values()], selectors, external).length) less++;
        },
      ),
      { seed: 12, numRuns: 400 },
    );
    expect(less).toBeGreaterThan(30);
  });

  test('a kept selection and one made afresh are the same', async () => {
    const fresh = new Selecting(selecting.head);
    const selectors = [[new Matcher('job', '=~', '.*')]];
    expect(await selecting.select(selectors)).toEqual(await fresh.select(selectors));
    expect((await fresh.select([], [], true)).series).toHaveLength(all.size);
    expect((await fresh.select([[]])).series).toEqual([]);
  });
});

test('many values without a verdict: each is asked once, in several rounds', async () => {
  const selecting = new Selecting(new TestHead());
  const series = Array.from({ length: 20_000 }, (_, i): Series => ({ __name__: `m${i % 7}`, id: `id-${i}`, job: 'j' }));
  selecting.head.write(series.map((labels) => sample(labels)));
  const selectors = [[new Matcher('job', '=', 'j'), new Matcher('id', '!~', '.*-1.*7'), new Matcher('id', '=~', 'id-.*[3-9]')]];
  const found = await selecting.select(selectors);
  expect(found.series).toEqual(expected(series, selectors, []));
  expect(found.series.length).toBeGreaterThan(10_000);
});

test('series that were removed leave a kept selection, and their slots may be used again', async () => {
  const head = new TestHead({ retentionMs: 3_600_000 });
  const selecting = new Selecting(head);
  const selectors = [[new Matcher('job', '=', 'j')]];
  const old = NOW - 10 * 3_600_000;
  const name = (i: number) => ({ __name__: `m${i % 5}`, i: String(i), job: 'j' });
  head.write(Array.from({ length: 300 }, (_, i) => sample(name(i), old)));
  expect((await selecting.select(selectors)).series).toHaveLength(300);
  head.write(Array.from({ length: 50 }, (_, i) => sample(name(i * 2), NOW)));
  for (let round = 0; round < 3; round++) {
    while (head.writer.sweep(head.writer.nextTick(), NOW - 3_600_000, 1000));
    head.writer.reclaim();
  }
  expect(head.writer.usage.seriesRemoved).toBe(250);
  expect((await selecting.select(selectors)).series).toHaveLength(50);
  head.write(Array.from({ length: 200 }, (_, i) => sample({ __name__: 'new', i: `n${i}`, job: 'j' })));
  expect((await selecting.select(selectors)).series).toHaveLength(250);
});

test('the least recently used selections make room', async () => {
  const head = new TestHead({ bytes: 64 * 1024 * 1024 });
  const selecting = new Selecting(head, 3);
  head.write(Array.from({ length: 2000 }, (_, i) => sample({ __name__: 'm', i: String(i) })));
  for (let i = 0; i < 40; i++) {
    expect((await selecting.select([[new Matcher('i', '!=', String(i))]])).series).toHaveLength(1999);
    expect(selecting.cache.size).toBeLessThanOrEqual(3);
  }
});

test('what does not fit into the arena is refused, and nothing is lost of it', async () => {
  const head = new TestHead({ bytes: 64 * 1024 * 1024 });
  const selecting = new Selecting(head);
  const before = head.reader.arena.takenBytes;
  const hog = head.reader.arena.alloc(head.reader.arena.bytes - before - 200_000);
  head.write(Array.from({ length: 20_000 }, (_, i) => sample({ __name__: 'm', i: String(i) })));
  await expect(selecting.select([[new Matcher('__name__', '=', 'm')]])).rejects.toMatchObject({ code: 'out_of_memory' });
  head.reader.arena.free(hog);
  expect(head.reader.arena.takenBytes).toBe(before);
  expect((await selecting.select([[new Matcher('__name__', '=', 'm')]])).series).toHaveLength(20_000);
});

test('one selection wanted twice at once is made once and right', async () => {
  const head = new TestHead();
  const selecting = new Selecting(head);
  head.write(Array.from({ length: 30_000 }, (_, i) => sample({ __name__: `m${i % 3}`, i: String(i) })));
  const selectors = [[new Matcher('i', '=~', '.*7')]];
  const [a, b] = await Promise.all([selecting.select(selectors), selecting.select(selectors)]);
  expect(a.series).toHaveLength(3000);
  expect(b).toEqual(a);
});
