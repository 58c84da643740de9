// Blocks made of blocks: what is in them, what their meta.json says, and what is left when the work is ended, or fails, in the middle.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chunked, contentOf, filesOf, type MadeSeries, makeSeries, sampleText, seededRandom } from '../../../test/support/made-blocks.ts';
import { createCodec } from '../../kernel/index.ts';
import { compareLabels, formatLabels, type Labels, type TimeInterval } from '../../model/index.ts';
import { FloatSamples, SeriesSamples } from '../../storage/index.ts';
import {
  type BlockCompaction,
  BlockError,
  type BlockMeta,
  BlockReader,
  readBlockMeta,
  writeBlock,
  writeBlockMeta,
  writeTombstones,
} from '../block/index.ts';
import { removeLeftovers } from '../block-folder.ts';
import { selectFromBlocks } from '../querier/index.ts';
import { type CompactionOptions, cleanTombstones, compactBlocks } from './index.ts';

const HOUR_MS = 3_600_000;
const T0 = Math.floor(1_700_000_000_000 / (6 * HOUR_MS)) * 6 * HOUR_MS;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
const codec = createCodec();
const random = seededRandom(SEED);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-compaction-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Made {
  readonly meta: BlockMeta;
  readonly series: readonly MadeSeries[];
}

/** A block of two hours, of which some series are those of all others. */
function makeBlock(startMs: number, options: { count?: number; compaction?: BlockCompaction; series?: MadeSeries[] } = {}): Made {
  const { count = 60, compaction, series = makeSeries(random, count, { startMs, mostSamples: 300 }) } = options;
  const meta = writeBlock(root, { minTimeMs: startMs, maxTimeMs: startMs + 2 * HOUR_MS, codec, compaction }, chunked(series))!;
  return { meta, series };
}

const compact = (blocks: readonly Made[], more: Partial<CompactionOptions> = {}): BlockMeta | null =>
  compactBlocks({ dataFolder: root, ulids: blocks.map(({ meta }) => meta.ulid), codec, ...more });

/** What a query is answered out of these blocks. */
function served(ulids: readonly string[]): Map<string, string> {
  const blocks = ulids.map((ulid) => new BlockReader(join(root, ulid), codec));
  blocks.sort((a, b) => a.meta.minTime - b.meta.minTime);
  const query = { selectors: [[]], minTimeMs: Number.MIN_SAFE_INTEGER, maxTimeMs: Number.MAX_SAFE_INTEGER };
  const content = new Map<string, string>();
  const samples = new SeriesSamples();
  for (const series of selectFromBlocks(blocks, query)) {
    series.read(query.minTimeMs, query.maxTimeMs, samples);
    const text = sampleText(samples.floats);
    if (text !== '') content.set(formatLabels(series.labels), text);
  }
  for (const block of blocks) block.close();
  return content;
}

const ulidsOf = (...blocks: readonly Made[]): string[] => blocks.map(({ meta }) => meta.ulid);

function deleteFrom(ulid: string, deletedOf: (labels: Labels, index: number) => readonly TimeInterval[]): void {
  const block = new BlockReader(join(root, ulid), codec);
  const stones = new Map<number, readonly TimeInterval[]>();
  let index = 0;
  for (const { ref, labels } of block.select([], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const deleted = deletedOf(labels, index++);
    if (deleted.length > 0) stones.set(ref, deleted);
  }
  block.close();
  writeTombstones(block.folder, stones, codec);
}

const EVERYTHING: TimeInterval = { minTimeMs: Number.MIN_SAFE_INTEGER, maxTimeMs: Number.MAX_SAFE_INTEGER };

describe(`compaction, seed ${SEED}`, () => {
  test('of blocks one behind the other: every sample, and chunks as they were', () => {
    const blocks = [0, 2, 4].map((hours) => makeBlock(T0 + hours * HOUR_MS));
    const meta = compact(blocks, { segmentBytes: 40_000 })!;
    expect(served([meta.ulid])).toEqual(served(ulidsOf(...blocks)));
    const { numSamples, numChunks, numSeries } = meta.stats;
    const sum = (count: (made: Made) => number) => blocks.reduce((total, made) => total + count(made), 0);
    expect(numSamples).toBe(sum((made) => made.meta.stats.numSamples));
    expect(numChunks).toBe(sum((made) => made.meta.stats.numChunks));
    expect(numSeries).toBe(served([meta.ulid]).size);
  });

  test('of overlapping blocks: no sample twice, the first block before the others', () => {
    const first = makeBlock(T0);
    const late = (series: readonly MadeSeries[], byMs: number): MadeSeries[] =>
      series.map(({ labels, samples }) => {
        const moved = new FloatSamples();
        for (let i = 0; i < samples.count; i++) moved.push(samples.times[i] + byMs, samples.words[i * 2] ^ 1, samples.words[i * 2 + 1]);
        return { labels, samples: moved };
      });
    const blocks = [
      first,
      makeBlock(T0 + HOUR_MS, { series: late(first.series, HOUR_MS) }),
      makeBlock(T0, { series: late(first.series.slice(5), 0) }),
      makeBlock(T0 + HOUR_MS),
    ];
    const before = served(ulidsOf(...blocks));
    const meta = compact(blocks.reverse())!;
    expect(served([meta.ulid])).toEqual(before);
    expect(meta).toMatchObject({ minTime: T0, maxTime: T0 + 3 * HOUR_MS });
  });

  test('the same block twice: as it is', () => {
    const one = makeBlock(T0);
    const two = makeBlock(T0, { series: [...one.series] });
    const meta = compact([one, two])!;
    expect(meta.stats).toEqual(one.meta.stats);
    const files = [one.meta.ulid, meta.ulid].map((ulid) => filesOf(join(root, ulid)));
    for (const name of ['index', 'chunks/000001']) expect(files[0].get(name)!.equals(files[1].get(name)!), name).toBe(true);
  });

  test('without what is deleted', () => {
    const blocks = [0, 2].map((hours) => makeBlock(T0 + hours * HOUR_MS));
    deleteFrom(blocks[0].meta.ulid, (_, index) =>
      index % 3 === 0 ? [EVERYTHING] : index % 3 === 1 ? [{ minTimeMs: T0 + 600_000, maxTimeMs: T0 + 2_400_000 }] : [],
    );
    const meta = compact(blocks)!;
    expect(served([meta.ulid])).toEqual(served(ulidsOf(...blocks)));
    const block = new BlockReader(join(root, meta.ulid), codec);
    expect(block.tombstones.size).toBe(0);
    expect(contentOf(block).map(([labels, text]) => [formatLabels(labels), text])).toEqual([...served([meta.ulid])]);
    block.close();
  });

  test('when nothing is left there is no block, and the others are marked', () => {
    const blocks = [0, 2].map((hours) => makeBlock(T0 + hours * HOUR_MS, { count: 5 }));
    for (const { meta } of blocks) deleteFrom(meta.ulid, () => [EVERYTHING]);
    expect(compact(blocks)).toBe(null);
    expect(readdirSync(root).sort()).toEqual(ulidsOf(...blocks).sort());
    for (const { meta } of blocks)
      expect(readBlockMeta(join(root, meta.ulid))).toEqual({ ...meta, compaction: { ...meta.compaction, deletable: true } });
  });

  test('what meta.json says', () => {
    const a = makeBlock(T0, { count: 5, compaction: { level: 2, sources: ['C', 'A'], hints: ['x', 'y'] } });
    const b = makeBlock(T0 + 2 * HOUR_MS, { count: 5, compaction: { level: 1, sources: ['B', 'A'], hints: ['y', 'z'] } });
    const meta = compact([b, a])!;
    expect(readBlockMeta(join(root, meta.ulid))).toEqual(meta);
    expect(meta).toMatchObject({ minTime: T0, maxTime: T0 + 4 * HOUR_MS, version: 1 });
    expect(meta.compaction).toEqual({
      level: 3,
      sources: ['A', 'B', 'C'],
      parents: [a, b].map(({ meta: { ulid, minTime, maxTime } }) => ({ ulid, minTime, maxTime })),
      hints: ['y'],
    });
  });

  test('the same block named twice is one', () => {
    const one = makeBlock(T0, { count: 5 });
    expect(compact([one, one])!.compaction.parents).toHaveLength(1);
  });
});

describe(`tombstones cleaned, seed ${SEED}`, () => {
  const clean = (ulid: string) => cleanTombstones({ dataFolder: root, ulid, codec });

  test('nothing deleted: nothing done', () => {
    const { meta } = makeBlock(T0, { count: 5 });
    expect(clean(meta.ulid)).toEqual({ rewritten: false, meta: null });
    expect(readdirSync(root)).toEqual([meta.ulid]);
  });

  test('the block without what is deleted, else the same', () => {
    const { meta: old } = makeBlock(T0, { compaction: { level: 3, sources: ['A', 'B'], hints: ['x'] } });
    deleteFrom(old.ulid, (_, index) => (index % 2 === 0 ? [{ minTimeMs: T0, maxTimeMs: T0 + 1_200_000 }] : []));
    const before = served([old.ulid]);
    const { rewritten, meta } = clean(old.ulid);
    expect(rewritten).toBe(true);
    expect(served([meta!.ulid])).toEqual(before);
    expect(meta!.stats.numSamples).toBeLessThan(old.stats.numSamples);
    const { ulid, minTime, maxTime } = old;
    expect(meta).toMatchObject({ minTime, maxTime });
    expect(meta!.compaction).toEqual({ level: 3, sources: ['A', 'B'], parents: [{ ulid, minTime, maxTime }], hints: ['x'] });
  });

  test('nothing left', () => {
    const { meta } = makeBlock(T0, { count: 5 });
    deleteFrom(meta.ulid, () => [EVERYTHING]);
    expect(clean(meta.ulid)).toEqual({ rewritten: true, meta: null });
    expect(readBlockMeta(join(root, meta.ulid)).compaction.deletable).toBe(true);
  });
});

describe('compaction that does not come to its end', () => {
  function expectUntouched(
    blocks: readonly Made[],
    work: () => unknown,
    message: string | RegExp,
    marked: Partial<BlockCompaction> = {},
  ): void {
    const contents = () => new Map([...filesOf(root)].filter(([name]) => !name.endsWith('meta.json')));
    const before = contents();
    expect(work).toThrow(message);
    expect(contents()).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(ulidsOf(...blocks).sort());
    for (const { meta } of blocks)
      expect(readBlockMeta(join(root, meta.ulid))).toEqual({ ...meta, compaction: { ...meta.compaction, ...marked } });
  }

  test.each([1, 2, 30, 60])('ended at series %i: the blocks are as they were', (at) => {
    const blocks = [0, 1].map((hours) => makeBlock(T0 + hours * HOUR_MS));
    let asked = 0;
    expectUntouched(blocks, () => compact(blocks, { shouldStop: () => ++asked >= at }), 'the work was ended');
    expect(asked).toBe(at);
  });

  test('a process that ends in the middle leaves what the next start takes away', () => {
    const blocks = [0, 2].map((hours) => makeBlock(T0 + hours * HOUR_MS));
    const before = filesOf(root);
    const image = mkdtempSync(join(tmpdir(), 'tributary-test-compaction-image-'));
    let asked = 0;
    const shouldStop = () => {
      if (++asked === 20) cpSync(root, image, { recursive: true });
      return false;
    };
    expect(compact(blocks, { shouldStop })).not.toBe(null);
    expect(removeLeftovers(image)).toHaveLength(1);
    expect(filesOf(image)).toEqual(before);
    rmSync(image, { recursive: true });
  });

  test('a chunk that is damaged: the block is named, and all are marked as failed', () => {
    const blocks = [0, 2].map((hours) => makeBlock(T0 + hours * HOUR_MS));
    const path = join(root, blocks[1].meta.ulid, 'chunks', '000001');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 0x10;
    writeFileSync(path, bytes);
    expectUntouched(blocks, () => compact(blocks), new RegExp(`${blocks[1].meta.ulid}.*at \\d+$`), { failed: true });
  });

  test('a chunk that is no chunk, with a right checksum: the blocks are named', () => {
    const one = makeBlock(T0, { count: 5 });
    const [{ labels, chunks }] = chunked([...one.series].sort((a, b) => compareLabels(a.labels, b.labels)));
    const { minTimeMs, maxTimeMs } = chunks[0];
    const data = Uint8Array.of(0, 9, 1);
    const bad = writeBlock(root, { minTimeMs: T0, maxTimeMs: T0 + HOUR_MS, codec }, [
      { labels, chunks: [{ ...chunks[0], data, minTimeMs, maxTimeMs }] },
    ])!;
    const blocks = [one, { meta: bad, series: [] }];
    expectUntouched(blocks, () => compact(blocks), /^cannot compact \w{26}, \w{26}: cannot decode an XOR chunk/, { failed: true });
  });

  test('a block that is gone: the others are not marked', () => {
    const one = makeBlock(T0, { count: 5 });
    const gone = '0'.repeat(26);
    const work = () => compactBlocks({ dataFolder: root, ulids: [one.meta.ulid, gone], codec });
    expectUntouched([one], work, new RegExp(gone));
    expect(work).toThrow(BlockError);
  });

  test('a failure does not take away what others keep in meta.json', () => {
    const one = makeBlock(T0, { count: 5 });
    const folder = join(root, one.meta.ulid);
    writeBlockMeta(folder, { ...one.meta, thanos: { labels: { a: 'b' } } });
    deleteFrom(one.meta.ulid, () => [EVERYTHING]);
    expect(compact([one])).toBe(null);
    expect(readBlockMeta(folder)).toMatchObject({ thanos: { labels: { a: 'b' } }, compaction: { deletable: true } });
  });
});
