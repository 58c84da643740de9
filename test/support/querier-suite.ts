// What every implementation of the read contract (src/storage/querier.ts) must do, whatever it keeps its samples in.
import { afterAll, describe, expect, test } from 'vitest';
import { compareLabels, type Labels, labelsOf, Matcher } from '../../src/model/index.ts';
import { type Querier, SeriesSamples, type SeriesSet, type StoredSeries } from '../../src/storage/index.ts';
import { seededRandom } from './made-blocks.ts';
import { type SampleValue, type StoredRow, wordsOf } from './stored-rows.ts';

export interface QuerierUnderTest {
  open(pause: () => Promise<void>): Querier;
  /** Fails when something is still held after all queriers were disposed of. */
  expectNothingHeld(): void;
  close?(): void;
}

/** `time:bits` of each. */
export function textOf({ floats: { count, times, words } }: SeriesSamples): string[] {
  return Array.from({ length: count }, (_, i) => `${times[i]}:${words[i * 2 + 1].toString(16)}.${words[i * 2].toString(16)}`);
}

export async function seriesOf(set: SeriesSet): Promise<StoredSeries[]> {
  const all: StoredSeries[] = [];
  for await (const batch of set) all.push(...batch);
  return all;
}

export const START = 1_700_006_400_000;
const STEP_MS = 15_000;
const STEPS = 300;
export const END = START + (STEPS - 1) * STEP_MS;
const SPECIAL: readonly SampleValue[] = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, Number.NaN, 'stale'];

/** In no order: 700 series of `many`, so that there are several batches, and a few long ones. */
function rows(): StoredRow[] {
  const random = seededRandom(7);
  const samples = (steps: (i: number) => boolean, value: (i: number) => SampleValue): StoredRow[1] =>
    Array.from({ length: STEPS }, (_, i) => i)
      .filter(steps)
      .map((i) => [START + i * STEP_MS, value(i)]);
  const all: StoredRow[] = [
    [
      { __name__: 'm', x: 'whole' },
      samples(
        () => true,
        (i) => i * 1.5,
      ),
    ],
    [
      { __name__: 'm', x: 'special' },
      samples(
        () => true,
        (i) => SPECIAL[i % SPECIAL.length],
      ),
    ],
    [
      { __name__: 'm', x: 'gap' },
      samples(
        (i) => i < 40 || i > 240,
        (i) => i,
      ),
    ],
    [
      { __name__: 'm', x: 'early' },
      samples(
        (i) => i < 20,
        (i) => (i === 19 ? 'stale' : i),
      ),
    ],
    [
      { __name__: 'm', x: 'late' },
      samples(
        (i) => i > 280,
        (i) => i,
      ),
    ],
    [
      { __name__: 'm' },
      samples(
        (i) => i % 7 === 0,
        () => random(),
      ),
    ],
    [
      { __name__: 'm', x: 'é\u{1f600}"\\\n', 'a.b': 'quoted name' },
      samples(
        (i) => i === 150,
        () => 1,
      ),
    ],
  ];
  for (let i = 0; i < 700; i++) all.push([{ __name__: 'many', i: String((i * 7919) % 700) }, [[END - (i % 2) * STEP_MS, i]]]);
  return all;
}

const named = (name: string): Matcher[] => [new Matcher('__name__', '=', name)];
const whole = { minTimeMs: START, maxTimeMs: END };

/** @param make puts the rows into what is tested; rows are in no order, a row's samples in time order */
export function querierSuite(name: string, make: (stored: readonly StoredRow[]) => QuerierUnderTest): void {
  describe(`${name} as a querier`, () => {
    const stored = rows();
    const sorted = [...stored].map(([labels, samples]) => [labelsOf(labels), samples] as const);
    sorted.sort(([a], [b]) => compareLabels(a, b));
    let made: QuerierUnderTest | null = null;
    afterAll(() => made?.close?.());
    const pauses = { count: 0, failAt: Number.POSITIVE_INFINITY };
    const pause = async () => {
      if (++pauses.count >= pauses.failAt) throw new Error('given up');
    };
    /** Opens a querier, and lets go of it. */
    const using = async (use: (querier: Querier) => Promise<void>) => {
      made ??= make(stored);
      const querier = made.open(pause);
      try {
        await use(querier);
      } finally {
        querier.dispose();
        made.expectNothingHeld();
      }
    };
    const ofName = (metric: string) =>
      sorted.filter(([labels]) => labels.some(([label, value]) => label === '__name__' && value === metric));
    const within = (samples: StoredRow[1], from: number, to: number) =>
      samples.flatMap(([t, v]) => {
        const [low, high] = wordsOf(v);
        return t < from || t > to ? [] : `${t}:${high.toString(16)}.${low.toString(16)}`;
      });

    test('series in label order, in several batches, with all their samples to the last bit', () =>
      using(async (querier) => {
        const [set] = await querier.select([{ matchers: [], ...whole }]);
        const found: [Labels, string[]][] = [];
        const samples = new SeriesSamples();
        let batches = 0;
        for await (const batch of set) {
          batches++;
          expect(batch.length).toBeGreaterThan(0);
          // One by one, and before all of them together.
          const names = querier.together(() => batch.map((series) => [series.label('__name__'), series.label('none of these')]));
          for (const [i, series] of batch.entries()) {
            expect(names[i]).toEqual([series.labels.find(([name]) => name === '__name__')?.[1] ?? '', '']);
            series.read(START, END, samples);
            found.push([series.labels, textOf(samples)]);
          }
        }
        expect(found).toEqual(sorted.map(([labels, all]) => [labels, within(all, START, END)]));
        expect(batches).toBeGreaterThan(1);
        expect(pauses.count).toBeGreaterThan(1);
      }));

    test('any interval, and the newest sample of it: what a plain filter says', () =>
      using(async (querier) => {
        const random = seededRandom(11);
        const [set] = await querier.select([{ matchers: named('m'), ...whole }]);
        const all = await seriesOf(set);
        const samples = new SeriesSamples();
        for (let round = 0; round < 400; round++) {
          const to = START - STEP_MS + Math.floor(random() * (STEPS + 2)) * STEP_MS + Math.floor(random() * 3) - 1;
          const from = to - [0, 1, STEP_MS, 300_000, 7_200_000][round % 5];
          // Not in their order, and again and again.
          const at = Math.floor(random() * all.length);
          const wanted = within(ofName('m')[at][1], from, to);
          all[at].read(from, to, samples);
          expect(textOf(samples)).toEqual(wanted);
          expect([all[at].readNewest(from, to, samples), textOf(samples)]).toEqual([wanted.length > 0, wanted.slice(-1)]);
        }
        all[0].read(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, samples);
        expect(textOf(samples)).toEqual(within(ofName('m')[0][1], START, END));
        all[0].read(END, START, samples);
        expect(textOf(samples)).toEqual([]);
      }));

    test('several selections at once, some of them equal, of different times', () =>
      using(async (querier) => {
        const sets = await querier.select([
          { matchers: named('m'), ...whole },
          { matchers: named('none'), ...whole },
          { matchers: [new Matcher('x', '=~', 'early|late'), ...named('m')], ...whole },
          { matchers: named('m'), minTimeMs: START + 150 * STEP_MS, maxTimeMs: START + 150 * STEP_MS },
        ]);
        const samples = new SeriesSamples();
        const rest = sets.map(seriesOf);
        const found = await Promise.all(rest);
        expect(found.slice(0, 3).map((list) => list.map(({ labels }) => labels))).toEqual([
          ofName('m').map(([labels]) => labels),
          [],
          [labelsOf({ __name__: 'm', x: 'early' }), labelsOf({ __name__: 'm', x: 'late' })],
        ]);
        const alive = found[3].filter((series) => series.readNewest(START + 150 * STEP_MS, START + 150 * STEP_MS, samples));
        expect(alive.map(({ labels }) => labels)).toEqual(
          ofName('m')
            .filter(([, list]) => list.some(([t]) => t === START + 150 * STEP_MS))
            .map(([labels]) => labels),
        );
      }));

    test('nothing beside its time', () =>
      using(async (querier) => {
        const samples = new SeriesSamples();
        for (const [minTimeMs, maxTimeMs] of [
          [START - 100_000, START - 1],
          [END + 1, END + 100_000],
          [END, START],
        ]) {
          const [set] = await querier.select([{ matchers: [], minTimeMs, maxTimeMs }]);
          expect((await seriesOf(set)).filter((series) => series.readNewest(minTimeMs, maxTimeMs, samples))).toEqual([]);
        }
      }));

    test('a loop that is left early, and a set that nobody looks at', () =>
      using(async (querier) => {
        const [first] = await querier.select([
          { matchers: [], ...whole },
          { matchers: named('many'), ...whole },
        ]);
        for await (const [series] of first) {
          expect(series.labels).toEqual(sorted[0][0]);
          break;
        }
      }));

    test('a job that is ended during a pause', async () => {
      pauses.failAt = pauses.count + 2;
      const ended = using(async (querier) => {
        const [set] = await querier.select([{ matchers: [], ...whole }]);
        await seriesOf(set);
      });
      await expect(ended).rejects.toThrow('given up');
      pauses.failAt = Number.POSITIVE_INFINITY;
    });

    test('label sets, each once', () =>
      using(async (querier) => {
        const found: Labels[] = [];
        const selectors = [named('m'), [new Matcher('x', '=', 'gap')], named('none')];
        for await (const batch of querier.labelSets({ selectors, ...whole })) found.push(...batch);
        expect(found).toEqual(ofName('m').map(([labels]) => labels));
        for await (const batch of querier.labelSets({ selectors: [[]], ...whole })) {
          expect(batch[0]).toEqual(sorted[0][0]);
          break;
        }
        for await (const batch of querier.labelSets({ selectors: [[]], minTimeMs: END + 1, maxTimeMs: END + 5 })) expect(batch).toEqual([]);
      }));

    test('label names and values, with matchers and limits', () =>
      using(async (querier) => {
        const check = async (selectors: Matcher[][], limit: number, names: string[], xs: string[], truncated: [boolean, boolean]) => {
          const query = { selectors, ...whole };
          expect(await querier.labelNames(query, limit)).toEqual({ texts: names, truncated: truncated[0] });
          expect(await querier.labelValues('x', query, limit)).toEqual({ texts: xs, truncated: truncated[1] });
        };
        const xs = ['early', 'gap', 'late', 'special', 'whole', 'é\u{1f600}"\\\n'];
        await check([[]], 0, ['__name__', 'a.b', 'i', 'x'], xs, [false, false]);
        await check([[]], 4, ['__name__', 'a.b', 'i', 'x'], xs.slice(0, 4), [false, true]);
        await check([[]], 1, ['__name__'], xs.slice(0, 1), [true, true]);
        await check([named('many')], 0, ['__name__', 'i'], [], [false, false]);
        await check([named('many'), [new Matcher('x', '=', 'gap')]], 0, ['__name__', 'i', 'x'], ['gap'], [false, false]);
        await check([named('none')], 0, [], [], [false, false]);
        const values = await querier.labelValues('i', { selectors: [named('many')], ...whole }, 0);
        expect(values.texts).toHaveLength(700);
        expect(await querier.labelValues('nope', { selectors: [[]], ...whole }, 0)).toEqual({ texts: [], truncated: false });
      }));
  });
}
