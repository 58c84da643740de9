// Blocks that are written and read again hold the same to the last bit, and matchers select what a plain filter over all series selects.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunked, contentOf, type MadeSeries, makeSeries, sampleText, seededRandom } from '../../../test/support/made-blocks.ts';
import { createCodec } from '../../kernel/index.ts';
import { compareUtf8, type Labels, labelValue, Matcher } from '../../model/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import { encodeXorChunks } from '../chunk/index.ts';
import { BlockError, BlockReader, type BlockSeries, ChunkEncoding, writeBlock, writeTombstones } from './index.ts';

const T0 = 1_700_006_400_000;
const BLOCK_MS = 7_200_000;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
const codec = createCodec();
const random = seededRandom(SEED);
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-block-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(series: Iterable<BlockSeries>, options: { segmentBytes?: number } = {}): BlockReader {
  const meta = writeBlock(root, { minTimeMs: T0, maxTimeMs: T0 + BLOCK_MS, codec, ...options }, series);
  return new BlockReader(join(root, meta!.ulid), codec);
}

const oneChunk = (labels: Labels, ...times: number[]): BlockSeries => {
  const samples = new FloatSamples();
  for (const time of times) samples.push(time, 0, 0);
  return { labels, chunks: encodeXorChunks(samples) };
};

describe('what is written is read', () => {
  test.each([1, 2, 31, 32, 33, 700])(`%i series at random (seed ${SEED})`, (count) => {
    const series = makeSeries(random, count, { startMs: T0, mostSamples: 400 });
    // Files of chunks small enough that there are several.
    const block = write(chunked(series), { segmentBytes: 20_000 });
    expect(contentOf(block)).toEqual(series.map(({ labels, samples }) => [labels, sampleText(samples)]));
    const samples = series.reduce((sum, series) => sum + series.samples.count, 0);
    expect(block.meta).toMatchObject({
      minTime: T0,
      maxTime: T0 + BLOCK_MS,
      version: 1,
      stats: { numSamples: samples, numFloatSamples: samples, numSeries: series.length },
      compaction: { level: 1, sources: [block.meta.ulid] },
    });
    if (count === 700) expect(readdirSync(join(block.folder, 'chunks')).length).toBeGreaterThan(3);
    block.close();
  });

  test('times before 1970 and far ahead', () => {
    const times = [-9e12, -1, 0, 1, 9e12, 2 ** 52, 2 ** 53 - 1];
    const block = write(
      times
        .map((time) => oneChunk([['t', String(time).padStart(20, '0')]], time))
        .sort((a, b) => compareUtf8(a.labels[0][1], b.labels[0][1])),
    );
    expect(
      contentOf(block)
        .map(([, text]) => Number(text.split(':')[0]))
        .sort((a, b) => a - b),
    ).toEqual(times);
    block.close();
  });

  test('histogram chunks are carried, unknown encodings refused by name', () => {
    const other = (encoding: number) =>
      write([{ labels: [['a', 'b']], chunks: [{ minTimeMs: T0, maxTimeMs: T0 + 5, encoding, data: Buffer.from([0, 7, 1, 2, 3]) }] }]);
    const histograms = other(ChunkEncoding.HISTOGRAM);
    const [series] = histograms.select([], T0, T0);
    expect([...series.chunks()]).toEqual([{ minTimeMs: T0, maxTimeMs: T0 + 5, encoding: 2, data: Buffer.from([0, 7, 1, 2, 3]) }]);
    expect(histograms.meta.stats).toEqual({ numSamples: 7, numHistogramSamples: 7, numSeries: 1, numChunks: 1 });
    const xor2 = other(ChunkEncoding.XOR2);
    expect(() => contentOf(xor2)).toThrow(`cannot read block ${xor2.meta.ulid}: got a chunk with encoding XOR2, want XOR or a histogram's`);
    expect(() => contentOf(other(99))).toThrow(/encoding 99, want/);
  });
});

describe('what is selected', () => {
  let series: MadeSeries[];
  let block: BlockReader;
  beforeAll(() => {
    series = makeSeries(random, 500, { startMs: T0, mostSamples: 200 });
    block = write(chunked(series));
  });
  afterAll(() => block.close());

  const values = ['', 'a', 'é', '\u{1f600}', '.*', '.+', 'a|b', 'a|', '(a|é).*', '[0-9]+', 'm1', 'm1|m2', 'none', '.*z.*', '3'];
  const names = ['__name__', 'a', 'b', 'job', 'é', 'none', '\u{1f600}'];
  const anyMatcher = (): Matcher => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
    return new Matcher(pick(names), pick(['=', '!=', '=~', '!~'] as const), pick(values));
  };
  const expected = (matchers: readonly Matcher[]) =>
    series.filter(({ labels }) => matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name))));

  test(`matchers at random (seed ${SEED})`, () => {
    for (let i = 0; i < 600; i++) {
      const matchers = Array.from({ length: 1 + Math.floor(random() * 3) }, anyMatcher);
      const want = expected(matchers).map(({ labels }) => labels);
      const about = matchers.join(',');
      expect(
        [...block.select(matchers, T0, T0 + BLOCK_MS)].map(({ labels }) => labels),
        about,
      ).toEqual(want);
      const wantNames = [...new Set(want.flatMap((labels) => labels.map(([name]) => name)))].sort(compareUtf8);
      expect(block.labelNames(matchers), about).toEqual(wantNames);
      const name = names[i % names.length];
      const wantValues = [...new Set(want.map((labels) => labelValue(labels, name)))].filter((value) => value !== '').sort(compareUtf8);
      expect(block.labelValues(name, matchers), about).toEqual(wantValues);
    }
  });

  test('all names and values', () => {
    const all = series.flatMap(({ labels }) => labels);
    expect(block.labelNames()).toEqual([...new Set(all.map(([name]) => name))].sort(compareUtf8));
    for (const name of names)
      expect(block.labelValues(name)).toEqual(
        [...new Set(all.filter((label) => label[0] === name).map(([, value]) => value))].sort(compareUtf8),
      );
  });

  test('by time: series and chunks that touch the interval', () => {
    for (let i = 0; i < 100; i++) {
      const from = T0 + Math.floor(random() * 3_000_000);
      const to = from + Math.floor(random() ** 3 * 1_000_000);
      const want = series.flatMap(({ labels, samples }) => {
        const touching = encodeXorChunks(samples).filter(({ minTimeMs, maxTimeMs }) => minTimeMs <= to && maxTimeMs >= from);
        return touching.length === 0 ? [] : [[labels, touching.map(({ minTimeMs, maxTimeMs }) => [minTimeMs, maxTimeMs])]];
      });
      const got = [...block.select([], from, to)].map((series) => [
        series.labels,
        [...series.chunks()].map((c) => [c.minTimeMs, c.maxTimeMs]),
      ]);
      expect(got).toEqual(want);
    }
  });

  test('tombstones are told with their series', () => {
    const [first, second] = block.select([], T0, T0 + BLOCK_MS);
    expect(first.deleted).toEqual([]);
    const intervals = [
      { minTimeMs: T0, maxTimeMs: T0 + 5 },
      { minTimeMs: T0 + BLOCK_MS, maxTimeMs: Number.MAX_SAFE_INTEGER },
    ];
    writeTombstones(block.folder, new Map([[second.ref, intervals]]), codec);
    block.reloadTombstones();
    expect([...block.select([], T0, T0 + BLOCK_MS)].flatMap(({ deleted }) => deleted)).toEqual(intervals);
    // What has nothing left is not there.
    writeTombstones(block.folder, new Map([[second.ref, [{ minTimeMs: T0, maxTimeMs: T0 + BLOCK_MS }]]]), codec);
    block.reloadTombstones();
    expect([...block.select([], T0, T0 + BLOCK_MS)].map(({ ref }) => ref)).not.toContain(second.ref);
  });
});

describe('writing', () => {
  const leftovers = () => readdirSync(root).filter((name) => name.includes('tmp'));

  test('no series, no block', () => {
    expect(writeBlock(root, { minTimeMs: T0, maxTimeMs: T0 + 1, codec }, [])).toBeNull();
    expect(leftovers()).toEqual([]);
  });

  test('nothing is left of a block that could not be finished', () => {
    const failing = (failure: unknown) =>
      function* (): Generator<BlockSeries> {
        yield oneChunk([['a', 'b']], T0);
        throw failure;
      };
    const before = readdirSync(root);
    const bug = new Error('BUG: any');
    expect(() => write(failing(bug)())).toThrow(bug);
    let asked = 0;
    const stopped = { minTimeMs: T0, maxTimeMs: T0 + 1, codec, shouldStop: () => ++asked > 1 };
    expect(() => writeBlock(root, stopped, [oneChunk([['a', 'b']], T0), oneChunk([['a', 'c']], T0)])).toThrow(/the work was ended/);
    expect(readdirSync(root)).toEqual(before);
  });

  const refuses = (what: string, series: BlockSeries[], message: string) => test(what, () => expect(() => write(series)).toThrow(message));
  refuses('labels out of order', [oneChunk([['a', 'c']], T0), oneChunk([['a', 'b']], T0)], 'BUG: series of a block are not in label order');
  refuses('labels twice', [oneChunk([['a', 'b']], T0), oneChunk([['a', 'b']], T0)], 'BUG: series of a block are not in label order');
  const late = oneChunk([['a', 'b']], T0 + 5).chunks;
  refuses('chunks out of order', [{ labels: [['a', 'b']], chunks: [...late, ...late] }], 'BUG: chunks of a series are not in time order');

  test('a folder that is a file', () => {
    const block = write([oneChunk([['a', 'b']], T0)]);
    const path = join(block.folder, 'index');
    expect(() => writeBlock(path, { minTimeMs: T0, maxTimeMs: T0 + 1, codec }, [])).toThrow(BlockError);
    expect(block.sizeBytes).toBe(
      ['index', 'meta.json', 'tombstones', 'chunks/000001'].reduce((sum, name) => sum + statSync(join(block.folder, name)).size, 0),
    );
    block.close();
    expect(() => block.select([], T0, T0).next()).toThrow(/its block is closed/);
  });
});
