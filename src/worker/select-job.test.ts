import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { type StoredRow, writeRows } from '../../test/support/stored-rows.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import { openBlocks } from '../cli/stored-blocks.ts';
import { loadKernel } from '../kernel/index.ts';
import { type Labels, labelsOf, type MatchOp } from '../model/index.ts';
import type { OpenQuerier } from '../storage/index.ts';
import type { Job } from './job.ts';
import type { MatcherText, SelectRequest } from './messages.ts';
import { runSelect } from './select-job.ts';

const T0 = 1_700_000_000_000;

/** Blocks of these rows, as a querier that keeps account of who uses it. */
function storedBlocks(rows: readonly StoredRow[]): { open: OpenQuerier; readonly held: number } {
  const path = mkdtempSync(join(tmpdir(), 'tributary-test-select-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const times = rows.flatMap(([, samples]) => samples.map(([t]) => t));
  if (times.length > 0) writeRows(path, rows, Math.min(...times), Math.max(...times));
  const account = { held: 0, open: openBlocks(path, loadKernel()) };
  const { open } = account;
  account.open = (pause) => {
    const querier = open(pause);
    account.held++;
    const { dispose } = querier;
    querier.dispose = () => {
      account.held--;
      dispose.call(querier);
    };
    return querier;
  };
  return account;
}

const matcher = (name: string, op: MatchOp, value: string): MatcherText => ({ name, op, value });
const named = (value: string) => [matcher('__name__', '=', value)];
const range = (minT: number, maxT: number, matchers = named('m')): SelectRequest => ({
  type: 'select',
  selectors: [matchers],
  all: false,
  externalLabels: [],
  minT,
  maxT,
  vectorTimeMs: null,
});
const instant = (maxT: number, matchers = named('m'), lookbackMs = 300_000): SelectRequest => ({
  ...range(maxT - lookbackMs + 1, maxT, matchers),
  vectorTimeMs: maxT,
});

interface Answer {
  resultType: string;
  result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
}

async function ask(job: Job, request: SelectRequest): Promise<Answer> {
  const before = job.parts.reader.arena.takenBytes;
  const { json } = await runSelect(job, request);
  // The kept selection is all that stays.
  expect(job.parts.reader.arena.takenBytes - before).toBeLessThanOrEqual(64 * 1024);
  return JSON.parse(Buffer.from(json).toString());
}

function headWith(...batches: readonly (readonly [labels: Record<string, string>, t: number, v: number | 'stale'])[][]): TestHead {
  const head = new TestHead();
  for (const batch of batches) head.write(batch.map(([labels, t, v]) => ({ labels, t, v })));
  return head;
}

const m = (x: string) => ({ __name__: 'm', x });

test('an instant vector has the newest sample of each series, stamped with its time', async () => {
  const head = headWith(
    [
      [m('b'), T0, 1],
      [m('a'), T0, 2],
      [{ __name__: 'other' }, T0, 3],
    ],
    [
      [m('b'), T0 + 1000, 1.5],
      [m('gone'), T0 + 1000, 7],
    ],
    [
      [m('gone'), T0 + 2000, 'stale'],
      [m('new'), T0 + 5000, Number.NaN],
    ],
  );
  const job = jobOn(head);
  const check = async (t: number, ...want: [x: string, value: string][]) => {
    const { resultType, result } = await ask(job, instant(t));
    expect([resultType, result], String(t - T0)).toEqual([
      'vector',
      want.map(([x, value]) => ({ metric: { __name__: 'm', x }, value: [t / 1000, value] })),
    ]);
  };
  await check(T0 + 5000, ['a', '2'], ['b', '1.5'], ['new', 'NaN']);
  await check(T0 + 2001, ['a', '2'], ['b', '1.5']);
  await check(T0 + 1999, ['a', '2'], ['b', '1.5'], ['gone', '7']);
  await check(T0 + 999, ['a', '2'], ['b', '1']);
  await check(T0 - 1);
  await check(T0 + 299_999, ['a', '2'], ['b', '1.5'], ['new', 'NaN']);
  await check(T0 + 300_000, ['b', '1.5'], ['new', 'NaN']);
  expect(await ask(job, instant(T0, [matcher('x', '=~', 'a|b')]))).toMatchObject({
    result: [{ metric: { x: 'a' } }, { metric: { x: 'b' } }],
  });
  expect(await ask(job, instant(T0, named('nope')))).toEqual({ resultType: 'vector', result: [] });
});

test('a matrix has all samples of the interval but stale markers', async () => {
  const head = new TestHead();
  const values = [0, -0, 1, 0.1, 1e21, 1e-7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 'stale' as const, 5];
  for (const [i, v] of values.entries()) head.write([{ labels: m('<"&\\\n✓>'), t: T0 + i * 250, v }]);
  const { resultType, result } = await ask(jobOn(head), range(T0 + 1, T0 + 10_000));
  expect(resultType).toBe('matrix');
  expect(result).toEqual([
    {
      metric: m('<"&\\\n✓>'),
      values: [
        [(T0 + 250) / 1000, '-0'],
        [(T0 + 500) / 1000, '1'],
        [(T0 + 750) / 1000, '0.1'],
        [(T0 + 1000) / 1000, '1e+21'],
        [(T0 + 1250) / 1000, '1e-07'],
        [(T0 + 1500) / 1000, '+Inf'],
        [(T0 + 1750) / 1000, '-Inf'],
        [(T0 + 2000) / 1000, 'NaN'],
        [(T0 + 2500) / 1000, '5'],
      ],
    },
  ]);
  expect((await ask(jobOn(head), range(T0 + 2250, T0 + 2250))).result).toEqual([]);
});

test('times are printed to the millisecond, before 1970 too', async () => {
  const head = headWith(
    [[m('a'), -1500, 1]],
    [[m('a'), -1, 2]],
    [[m('a'), 0, 3]],
    [[m('a'), 7, 4]],
    [[m('a'), 70, 5]],
    [[m('a'), 1700, 6]],
  );
  const { json } = await runSelect(jobOn(head), range(-10_000, 10_000));
  expect(Buffer.from(json).toString()).toBe(
    '{"resultType":"matrix","result":[{"metric":{"__name__":"m","x":"a"},"values":[[-1.500,"1"],[-0.001,"2"],[0,"3"],[0.007,"4"],[0.070,"5"],[1.700,"6"]]}]}',
  );
});

test('long series and many: chunk after chunk, piece after piece', async () => {
  const head = new TestHead();
  for (let i = 0; i < 3000; i++) head.write([{ labels: m('long'), t: T0 + i * 1000, v: i * 1.25 }]);
  const job = jobOn(head);
  const { result } = await ask(job, range(T0 + 10_500, T0 + 2_990_000));
  expect(result[0].values).toEqual(Array.from({ length: 2980 }, (_, i) => [(T0 + (i + 11) * 1000) / 1000, String((i + 11) * 1.25)]));
  const many = Array.from({ length: 5000 }, (_, i) => ({
    labels: { __name__: 'many', x: String((i * 7919) % 5000).padStart(4, '0') },
    t: T0,
    v: i,
  }));
  head.write(many);
  const answer = await ask(job, instant(T0, named('many')));
  expect(answer.result.map(({ metric, value }) => [metric.x, value![1]])).toEqual(
    many.map(({ labels, v }) => [labels.x, String(v)]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const wide = 'w'.repeat(300_000);
  head.write([{ labels: m(wide), t: T0 + 3_000_000, v: 1 }]);
  expect((await ask(job, instant(T0 + 3_000_000, [matcher('x', '=', wide)]))).result[0].metric.x).toBe(wide);
});

test('what is stored elsewhere is merged in label order, its samples before those of the head', async () => {
  const head = headWith(
    [
      [m('b'), T0 + 2000, 20],
      [m('d'), T0 + 2000, 40],
    ],
    [[m('b'), T0 + 3000, 21]],
  );
  const blocks = storedBlocks([
    [{ __name__: 'm' }, [[T0, 0.5]]],
    [
      m('a'),
      [
        [T0, 1],
        [T0 + 1000, 'stale'],
      ],
    ],
    [
      m('b'),
      [
        [T0, 2],
        [T0 + 2000, 2.5],
      ],
    ],
    [m('c'), [[T0 - 900_000, 3]]],
    [m('e'), [[T0 + 1000, 5]]],
  ]);
  const job = jobOn(head, blocks.open);
  const { result } = await ask(job, range(T0, T0 + 5000));
  const seconds = (t: number) => (T0 + t) / 1000;
  expect(result).toEqual([
    { metric: { __name__: 'm' }, values: [[seconds(0), '0.5']] },
    { metric: m('a'), values: [[seconds(0), '1']] },
    {
      metric: m('b'),
      values: [
        [seconds(0), '2'],
        [seconds(2000), '2.5'],
        [seconds(3000), '21'],
      ],
    },
    { metric: m('d'), values: [[seconds(2000), '40']] },
    { metric: m('e'), values: [[seconds(1000), '5']] },
  ]);
  const newest = await ask(job, instant(T0 + 2500));
  expect(newest.result.map(({ metric, value }) => [metric.x ?? '', value![1]])).toEqual([
    ['', '0.5'],
    ['b', '2.5'],
    ['d', '40'],
    ['e', '5'],
  ]);
  expect(blocks.held).toBe(0);
});

test('a job that is given up gives everything back', async () => {
  const stored: StoredRow[] = Array.from({ length: 3000 }, (_, i) => [m(String(i).padStart(5, '0')), [[T0, i]]] as const);
  const blocks = storedBlocks(stored);
  const head = headWith([[m('00001'), T0, 1]]);
  const job = jobOn(head, blocks.open);
  const running = runSelect(job, range(T0, T0));
  setImmediate(() => job.cancel());
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(blocks.held).toBe(0);
  expect(head.reader.arena.takenBytes).toBeLessThan(1024 * 1024);
});

test('samples that come during the query are not part of it', async () => {
  const head = headWith([[m('a'), T0, 1]]);
  const blocks = storedBlocks([]);
  const openMeanwhile: OpenQuerier = (pause) => {
    const querier = blocks.open(pause);
    const { select } = querier;
    querier.select = (queries) => {
      head.write([{ labels: m('a'), t: T0 + 1000, v: 2 }]);
      head.write([
        { labels: m('a'), t: T0 + 2000, v: 3 },
        { labels: m('b'), t: T0 + 2000, v: 3 },
      ]);
      return select.call(querier, queries);
    };
    return querier;
  };
  const { result } = await ask(jobOn(head, openMeanwhile), range(T0, T0 + 5000));
  expect(result).toEqual([{ metric: m('a'), values: [[T0 / 1000, '1']] }]);
});

test('label order is by name, then value, both by their bytes', async () => {
  const written: Record<string, string>[] = [
    { __name__: 'm', A: 'z' },
    { __name__: 'm' },
    { __name__: 'm', a: '' },
    { __name__: 'm', a: '\u{ffff}' },
    { __name__: 'm', a: '\u{10000}' },
    { __name__: 'm', aa: '1' },
    { __name__: 'm', b: '1' },
    { __name__: 'm', b: '1', c: '1' },
    { __name__: 'm', b: '10' },
  ];
  const sets = written.map((labels): Labels => labelsOf(labels).filter(([, value]) => value !== ''));
  const distinct = sets.filter((labels, i) => sets.findIndex((other) => String(other) === String(labels)) === i);
  const head = new TestHead();
  head.write(distinct.toReversed().map((labels) => ({ labels, t: T0, v: 1 })));
  const { result } = await ask(jobOn(head), instant(T0));
  expect(result.map(({ metric }) => metric)).toEqual(distinct.map((labels) => Object.fromEntries(labels)));
});
