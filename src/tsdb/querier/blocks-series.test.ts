import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCodec } from '../../kernel/index.ts';
import { addInterval, compareLabels, labelsOf, Matcher } from '../../model/index.ts';
import { FloatSamples, SeriesSamples } from '../../storage/index.ts';
import { BlockReader, type BlockSeries, writeBlock, writeTombstones } from '../block/index.ts';
import { encodeXorChunks } from '../chunk/index.ts';
import { selectFromBlocks } from './blocks-series.ts';

const codec = createCodec();
let folder: string;
const open: BlockReader[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-querier-'));
});
afterAll(() => {
  for (const block of open) block.close();
  rmSync(folder, { recursive: true, force: true });
});

const STALE = { low: 2, high: 0x7ff00000 };
type Written = Record<string, readonly (readonly [t: number, v: number | 'stale'])[]>;

/** Series of the metric m by their label x. */
function blockOf(series: Written): BlockReader {
  const all = Object.entries(series).map(([x, samples]): BlockSeries & { times: number[] } => {
    const list = new FloatSamples();
    for (const [t, v] of samples) {
      const [low, high] = v === 'stale' ? [STALE.low, STALE.high] : new Uint32Array(Float64Array.of(v).buffer);
      list.push(t, low, high);
    }
    return { labels: labelsOf({ __name__: 'm', x }), chunks: encodeXorChunks(list), times: samples.map(([t]) => t) };
  });
  all.sort((a, b) => compareLabels(a.labels, b.labels));
  const times = all.flatMap((s) => s.times);
  const meta = writeBlock(folder, { minTimeMs: Math.min(...times), maxTimeMs: Math.max(...times) + 1, codec }, all)!;
  open.push(new BlockReader(join(folder, meta.ulid), codec));
  return open.at(-1)!;
}

function read(blocks: readonly BlockReader[], minTimeMs: number, maxTimeMs: number, ...selectors: Matcher[][]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const series of selectFromBlocks(blocks, { selectors: selectors.length === 0 ? [[]] : selectors, minTimeMs, maxTimeMs })) {
    const samples = new SeriesSamples();
    series.read(minTimeMs, maxTimeMs, samples);
    const { times, values, count } = samples.floats;
    const text = (i: number) => (samples.floats.isStale(i) ? 'stale' : String(values[i]));
    found[series.labels[1][1]] = Array.from({ length: count }, (_, i) => `${times[i]}:${text(i)}`).join(' ');
  }
  return found;
}

test('blocks one after the other, and overlapping ones', () => {
  const first = blockOf({
    a: [
      [1, 1],
      [2, 2],
    ],
    c: [[1, 1]],
  });
  const second = blockOf({
    a: [
      [11, 11],
      [12, 'stale'],
    ],
    b: [[11, 1]],
  });
  const across = blockOf({
    a: [
      [2, 99],
      [3, 3],
      [11, 99],
      [20, 20],
    ],
    d: [[5, 5]],
  });
  expect(read([first, second], 0, 100)).toEqual({ a: '1:1 2:2 11:11 12:stale', b: '11:1', c: '1:1' });
  expect(Object.keys(read([second, first], 0, 100))).toEqual(['a', 'b', 'c']);
  expect(read([first, second, across], 0, 100)).toEqual({ a: '1:1 2:2 3:3 11:11 12:stale 20:20', b: '11:1', c: '1:1', d: '5:5' });
  expect(read([across, first, second], 0, 100).a).toBe('1:1 2:99 3:3 11:99 12:stale 20:20');
});

test('only what lies in the interval', () => {
  const block = blockOf({ a: Array.from({ length: 1000 }, (_, i) => [i, i] as const), b: [[500, 1]] });
  expect(read([block], 998, 2000)).toEqual({ a: '998:998 999:999' });
  expect(read([block], 500, 500)).toEqual({ a: '500:500', b: '500:1' });
  expect(read([block], 1000, 2000)).toEqual({});
  expect(read([block], -5, -1)).toEqual({});
});

test('the union of selectors has a series once', () => {
  const block = blockOf({ a: [[1, 1]], b: [[1, 2]], c: [[1, 3]] });
  const x = (op: '=' | '=~', value: string) => [new Matcher('x', op, value)];
  expect(read([block], 0, 9, x('=~', 'a|b'), x('=', 'b'), x('=', 'nope'))).toEqual({ a: '1:1', b: '1:2' });
});

test('what is deleted is left out', () => {
  const block = blockOf({
    a: [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
    b: [[1, 1]],
  });
  const tombstones = new Map();
  for (const series of block.select([new Matcher('x', '=', 'a')], 0, 9)) {
    tombstones.set(series.ref, addInterval(addInterval([], { minTimeMs: 2, maxTimeMs: 2 }), { minTimeMs: 4, maxTimeMs: 9 }));
  }
  writeTombstones(block.folder, tombstones, codec);
  block.reloadTombstones();
  expect(read([block], 0, 9)).toEqual({ a: '1:1 3:3', b: '1:1' });
});

test('a selection that is left in the middle lets go of its blocks', () => {
  const block = blockOf({ a: [[1, 1]], b: [[1, 1]] });
  for (const series of selectFromBlocks([block, block], { selectors: [[]], minTimeMs: 0, maxTimeMs: 9 })) {
    expect(series.labels[1][1]).toBe('a');
    break;
  }
  expect(read([block, block], 0, 9)).toEqual({ a: '1:1', b: '1:1' });
});
