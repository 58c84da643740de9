// Compaction against the real ones: what promtool wrote and we compacted is dumped as before and served by Prometheus, and of the same blocks
// Prometheus makes the same.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCodec } from '../../src/kernel/index.ts';
import { formatLabels, labelsOf } from '../../src/model/index.ts';
import { FloatSamples } from '../../src/storage/index.ts';
import { readBlockMeta, writeBlockMeta, writeTombstones } from '../../src/tsdb/block/index.ts';
import { blockNames, removeBlock } from '../../src/tsdb/block-folder.ts';
import { blockRanges, compactBlocks, planCompaction } from '../../src/tsdb/compaction/index.ts';
import { type BlockMeta, BlockReader, writeBlock } from '../../src/tsdb/index.ts';
import { freePort } from '../support/free-port.ts';
import { chunked, contentOf, type MadeSeries, makeSeries, seededRandom } from '../support/made-blocks.ts';
import { findPeer, requirePeer, startPrometheus } from '../support/peers.ts';

const HOUR_MS = 3_600_000;
const T0 = Math.floor(1_700_000_000_000 / (18 * HOUR_MS)) * 18 * HOUR_MS;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
/** The blocks are years old. */
const KEEP = '--storage.tsdb.retention.time=100y';

const codec = createCodec();
const promtool = (...args: string[]) => execFileSync(findPeer('promtool')!, ['tsdb', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });

const metasIn = (folder: string): BlockMeta[] =>
  blockNames(folder)
    .map((ulid) => readBlockMeta(join(folder, ulid)))
    .sort((a, b) => a.minTime - b.minTime);

/** As a store does it, which always has a block that is newer. */
function compactAll(folder: string, ranges: readonly number[]): void {
  for (;;) {
    const metas = metasIn(folder);
    const newest: BlockMeta = { ...metas[0], ulid: 'newest', minTime: T0 + 1e9, maxTime: T0 + 1e9 + 1 };
    const plan = planCompaction([...metas, newest], ranges);
    if (plan.length === 0) return;
    compactBlocks({ dataFolder: folder, ulids: plan.map(({ ulid }) => ulid), codec });
    for (const { ulid } of plan) removeBlock(folder, ulid);
  }
}

/** One sample a line, without regard to the order of series, and of samples of equal times. */
const dumped = (folder: string): string[] => promtool('dump', folder).trimEnd().split('\n').sort();

interface Backfill {
  readonly name: string;
  readonly hours: number;
  readonly fromMs: number;
  readonly stepMs: number;
}

/** Blocks of two hours by promtool: counters, floats, infinities, NaN; odd labels. */
function backfill(folder: string, { name, hours, fromMs, stepMs }: Backfill): void {
  const lines: string[] = [];
  for (let series = 0; series < 6; series++) {
    for (let time = fromMs, i = 0; time < fromMs + hours * HOUR_MS; time += stepMs, i++) {
      // A series that comes and goes.
      if (series === 5 && i % 500 > 300) continue;
      const value = [i, i / 7, i % 50 === 0 ? 'NaN' : 1.5, i % 2 === 0 ? '+Inf' : '-Inf', 1e300 * (i % 3), i][series];
      lines.push(`${name}{s="${series}",text="a\\"b\\\\c ü 😀"} ${value} ${(time / 1000).toFixed(3)}`);
    }
  }
  const file = join(folder, '..', `${name}-${fromMs}.txt`);
  writeFileSync(file, `${lines.join('\n')}\n# EOF\n`);
  promtool('create-blocks-from', 'openmetrics', file, folder);
}

describe.runIf(requirePeer('promtool') && requirePeer('prometheus'))(`compaction, seed ${SEED}`, () => {
  let root: string;
  const newFolder = (name: string): string => {
    const folder = join(root, name);
    // Promtool's dump wants a log, be it empty.
    mkdirSync(join(folder, 'wal'), { recursive: true });
    return folder;
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tributary-test-compaction-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const checkBackfilled = (name: string, backfills: Backfill[], expected: [fromHours: number, toHours: number, level: number][]) =>
    test(`${name}: promtool dumps what it dumped before, Prometheus serves it`, async () => {
      const folder = newFolder(name);
      for (const one of backfills) backfill(folder, one);
      const before = dumped(folder);
      expect(before.length).toBeGreaterThan(1000);
      compactAll(folder, blockRanges(2 * HOUR_MS, 18 * HOUR_MS));
      expect(metasIn(folder).map(({ minTime, maxTime, compaction }) => [hoursOf(minTime), hoursOf(maxTime), compaction.level])).toEqual(
        expected,
      );
      expect(dumped(folder)).toEqual(before);
      expect(promtool('list', folder).trim().split('\n').length).toBe(expected.length + 1);
      expect(promtool('analyze', folder)).toContain('Label names most involved');
      await expectServed(folder, before);
    });
  const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'));
  /** In full hours, since promtool's blocks begin with their first sample. */
  const hoursOf = (timeMs: number) => Math.round((timeMs - T0) / HOUR_MS);

  async function expectServed(folder: string, lines: readonly string[]): Promise<void> {
    const prometheus = await startPrometheus({ config: '', dataDir: folder, flags: [KEEP] });
    try {
      const query = new URLSearchParams({ query: '{__name__=~".+"}[48h]', time: String((T0 + 40 * HOUR_MS) / 1000) });
      const response = await fetch(`${prometheus.url}/api/v1/query?${query}`);
      const { data } = (await response.json()) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
      const served = data.result.flatMap(({ metric, values }) => {
        const labels = formatLabels(labelsOf(metric));
        return values.map(([time, value]) => `${labels} ${numberOf(value)} ${Math.round(time * 1000)}`);
      });
      const want = lines.map((line) => line.replace(/(\S+) (\S+)$/, (_, value, time) => `${numberOf(value)} ${time}`));
      expect(served.sort()).toEqual(want.sort());
    } finally {
      await prometheus.stop();
    }
  }

  checkBackfilled(
    'one behind the other',
    [{ name: 'm', hours: 20, fromMs: T0, stepMs: 60_000 }],
    [
      [0, 18, 3],
      [18, 20, 1],
    ],
  );
  checkBackfilled(
    'overlapping',
    [
      { name: 'm', hours: 4, fromMs: T0, stepMs: 30_000 },
      { name: 'm', hours: 3, fromMs: T0 + HOUR_MS + 7_000, stepMs: 45_000 },
      { name: 'other', hours: 4, fromMs: T0 + 2 * HOUR_MS, stepMs: 60_000 },
      { name: 'm', hours: 1, fromMs: T0, stepMs: 30_000 },
    ],
    [
      [0, 2, 2],
      [2, 4, 2],
      [4, 6, 1],
    ],
  );

  test('of the same blocks Prometheus makes the same, to the bytes of the chunks', { timeout: 60_000 }, async () => {
    const ours = newFolder('ours');
    makeShortBlocks(ours);
    const theirs = newFolder('theirs');
    cpSync(ours, theirs, { recursive: true });
    const endMs = T0 + 1e6;
    const old = (folder: string) => metasIn(folder).filter(({ maxTime }) => maxTime < endMs);
    const facts = (folder: string) =>
      old(folder).map(({ minTime, maxTime, stats, compaction }) => {
        const { numSamples, numSeries, numChunks } = stats;
        return [minTime - T0, maxTime - T0, compaction.level, compaction.sources.join(' '), numSamples, numSeries, numChunks];
      });
    compactAll(ours, blockRanges(5_000, 45_000));
    // Prometheus looks for what is to be compacted when the head becomes a block, which takes these flags 8 seconds of scrapes.
    const port = await freePort();
    const config = `{global: {scrape_interval: 500ms, scrape_timeout: 400ms}, scrape_configs: [{job_name: p, static_configs: [{targets: ['127.0.0.1:${port}']}]}]}`;
    const flags = [KEEP, '--storage.tsdb.min-block-duration=5s', '--storage.tsdb.max-block-duration=45s'];
    const prometheus = await startPrometheus({ config, port, dataDir: theirs, flags });
    try {
      await vi.waitFor(() => expect(facts(theirs)).toEqual(facts(ours)), { timeout: 25_000, interval: 500 });
    } finally {
      await prometheus.stop();
    }
    const [our, their] = [old(ours), old(theirs)];
    expect(our.length).toBeGreaterThan(3);
    for (let i = 0; i < our.length; i++) {
      const [a, b] = [join(ours, our[i].ulid), join(theirs, their[i].ulid)];
      const [readA, readB] = [a, b].map((folder) => new BlockReader(folder, codec));
      expect(contentOf(readA)).toEqual(contentOf(readB));
      const [ourChunks, theirChunks] = [readA, readB].map(chunksOf);
      expect(ourChunks).toEqual(theirChunks.map((chunk, at) => withoutSpareByte(chunk, ourChunks[at])));
      readA.close();
      readB.close();
    }
  });

  /** The last value's bits may fill a whole byte: Prometheus has then begun another one already, which it never uses. We have not. */
  const withoutSpareByte = (chunk: string, ours: string | undefined) => (chunk === `${ours}00` ? ours : chunk);

  /** Time range, encoding and bytes of all chunks, in the order of the index. */
  function chunksOf(block: BlockReader): string[] {
    const found: string[] = [];
    for (const series of block.select([], T0, T0 + 1e6))
      for (const { minTimeMs, maxTimeMs, encoding, data } of series.chunks())
        found.push(`${minTimeMs} ${maxTimeMs} ${encoding} ${Buffer.from(data).toString('hex')}`);
    return found;
  }

  /** Blocks of 5, 15 and 45 s: full ranges, gaps, overlaps, the same twice, one much of which is deleted, one that failed. */
  function makeShortBlocks(folder: string): void {
    const random = seededRandom(SEED);
    const block = (fromS: number, toS: number, series = shortSeries(random, fromS, toS)): { meta: BlockMeta; series: MadeSeries[] } => {
      const meta = writeBlock(folder, { minTimeMs: T0 + fromS * 1000, maxTimeMs: T0 + toS * 1000, codec }, chunked(series))!;
      return { meta, series };
    };
    for (const at of [0, 5, 10, 15, 20, 25, 30, 35]) block(at, at + 5);
    for (const at of [45, 55, 60, 90]) block(at, at + 5);
    block(135, 150);
    const twice = block(150, 155);
    block(150, 155, twice.series);
    block(152, 163);
    block(180, 225);
    const failed = block(270, 275).meta;
    writeBlockMeta(join(folder, failed.ulid), { ...failed, compaction: { ...failed.compaction, failed: true } });
    for (const at of [275, 280, 285, 290, 295]) block(at, at + 5);
    // Tombstones are looked at from the newest block on, up to the first that is small.
    const stoned = block(360, 405);
    const reader = new BlockReader(join(folder, stoned.meta.ulid), codec);
    const stones = new Map<number, { minTimeMs: number; maxTimeMs: number }[]>();
    for (const { ref } of reader.select([], T0, T0 + 1e6))
      if (random() < 0.5) stones.set(ref, [{ minTimeMs: T0 + 370_000, maxTimeMs: T0 + 390_000 }]);
    reader.close();
    writeTombstones(reader.folder, stones, codec);
    writeBlockMeta(reader.folder, { ...stoned.meta, stats: { ...stoned.meta.stats, numTombstones: stones.size } });
  }

  function shortSeries(random: () => number, fromS: number, toS: number): MadeSeries[] {
    return makeSeries(random, 20, { startMs: 0, mostSamples: 1, classicNames: true }).map(({ labels }) => {
      const samples = new FloatSamples();
      const words = new Uint32Array(2);
      const value = new Float64Array(words.buffer);
      for (let time = fromS * 1000 + Math.floor(random() * 500); time < toS * 1000; time += 100 + Math.floor(random() * 100)) {
        // Blocks that overlap do not have the same time with another value: which one stands is not defined in Prometheus.
        value[0] = time % 97;
        samples.push(T0 + time, words[0], words[1]);
      }
      return { labels, samples };
    });
  }
});
