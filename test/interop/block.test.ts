// Our blocks read by promtool and served by the real Prometheus, its blocks read by us: every sample, tombstones included.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCodec } from '../../src/kernel/index.ts';
import { formatLabels, type Labels, type TimeInterval } from '../../src/model/index.ts';
import { writeTombstones } from '../../src/tsdb/block/index.ts';
import { BlockReader, ULID, writeBlock } from '../../src/tsdb/index.ts';
import { chunked, contentOf, filesOf, type MadeSeries, makeSeries, sampleText, seededRandom } from '../support/made-blocks.ts';
import { findPeer, requirePeer, startPrometheus } from '../support/peers.ts';

const BLOCK_MS = 7_200_000;
const T0 = Math.floor(1_700_000_000_000 / BLOCK_MS) * BLOCK_MS;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
const EMPTY_CONFIG = 'global: {scrape_interval: 1h}\n';
/** The blocks are years old. */
const KEEP = '--storage.tsdb.retention.time=100y';

const codec = createCodec();
const promtool = (...args: string[]) => execFileSync(findPeer('promtool')!, ['tsdb', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });

/** Samples by series; a value is its bits, but any NaN is one: texts do not tell them apart. */
type Content = Map<string, [timeMs: number, value: string][]>;

const shown = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
const isStale = (low: number, high: number) => low === 2 && high === 0x7ff00000;

function expectedContent(
  series: readonly MadeSeries[],
  options: { stale: boolean; deleted?: (labels: Labels) => TimeInterval | null },
): Content {
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  const content: Content = new Map();
  for (const { labels, samples } of series) {
    const deleted = options.deleted?.(labels) ?? { minTimeMs: 1, maxTimeMs: 0 };
    const list: [number, string][] = [];
    for (let i = 0; i < samples.count; i++) {
      words.set(samples.words.subarray(i * 2, i * 2 + 2));
      if (!options.stale && isStale(words[0], words[1])) continue;
      if (samples.times[i] >= deleted.minTimeMs && samples.times[i] <= deleted.maxTimeMs) continue;
      list.push([samples.times[i], shown(value[0])]);
    }
    if (list.length > 0) content.set(formatLabels(labels), list);
  }
  return content;
}

function dumpedContent(text: string): Content {
  const content: Content = new Map();
  for (const line of text.trimEnd().split('\n')) {
    const [, labels, value, time] = /^(\{.*\}) (\S+) (-?\d+)$/.exec(line)!;
    const list = content.get(labels) ?? [];
    list.push([Number(time), shown(Number(value.replace('Inf', 'Infinity')))]);
    content.set(labels, list);
  }
  return content;
}

async function servedContent(url: string): Promise<Content> {
  const query = new URLSearchParams({ query: '{__name__=~".+"}[2h]', time: String((T0 + BLOCK_MS - 1) / 1000) });
  const response = await fetch(`${url}/api/v1/query?${query}`);
  const { data } = (await response.json()) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
  return new Map(
    data.result.map(({ metric, values }) => [
      formatLabels(Object.entries(metric).sort((a, b) => (a[0] < b[0] ? -1 : 1))),
      values.map(([time, value]) => [Math.round(time * 1000), shown(Number(value.replace('Inf', 'Infinity')))]),
    ]),
  );
}

const openBlocks = (folder: string): BlockReader[] =>
  readdirSync(folder)
    .filter((name) => ULID.test(name))
    .map((name) => new BlockReader(join(folder, name), codec))
    .sort((a, b) => a.meta.minTime - b.meta.minTime);

describe.runIf(requirePeer('promtool') && requirePeer('prometheus'))(`blocks, seed ${SEED}`, () => {
  let root: string;
  let folder: string;
  let series: MadeSeries[];
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tributary-test-blocks-'));
    folder = join(root, 'ours');
    // Promtool's dump wants a log, be it empty.
    mkdirSync(join(folder, 'wal'), { recursive: true });
    series = makeSeries(seededRandom(SEED), 900, { startMs: T0, mostSamples: 300, classicNames: true });
    writeBlock(folder, { minTimeMs: T0, maxTimeMs: T0 + BLOCK_MS, codec, segmentBytes: 60_000 }, chunked(series));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('promtool dumps what was put in', () => {
    expect(readdirSync(join(folder, openBlocks(folder)[0].meta.ulid, 'chunks')).length).toBeGreaterThan(2);
    expect(dumpedContent(promtool('dump', folder))).toEqual(expectedContent(series, { stale: true }));
  });

  test('promtool lists and analyses it', () => {
    const [{ meta }] = openBlocks(folder);
    const [, line] = promtool('list', folder).trim().split('\n');
    const { numSamples, numChunks, numSeries } = meta.stats;
    expect(line.split(/\s{2,}/)).toEqual([
      meta.ulid,
      String(T0),
      String(T0 + BLOCK_MS),
      '2h0m0s',
      String(numSamples),
      String(numChunks),
      String(numSeries),
      expect.any(String),
    ]);
    expect(promtool('list', '-r', folder)).toContain(meta.ulid);
    const analysis = promtool('analyze', '--extended', folder);
    expect(analysis).toContain(`Series: ${numSeries}\n`);
    expect(analysis).toContain(`Label names: ${openBlocks(folder)[0].labelNames().length}\n`);
  });

  test('Prometheus serves every sample, without what our tombstones delete, and finds no fault with the block', async () => {
    const copy = join(root, 'served');
    const meta = writeBlock(copy, { minTimeMs: T0, maxTimeMs: T0 + BLOCK_MS, codec }, chunked(series))!;
    const deleted: TimeInterval = { minTimeMs: T0 + 600_000, maxTimeMs: T0 + 1_200_000 };
    const isDeleted = (labels: Labels) => labels.some(([name, value]) => name === '__name__' && value === 'm1');
    const block = new BlockReader(join(copy, meta.ulid), codec);
    const stones = new Map(
      [...block.select([], T0, T0 + BLOCK_MS)].filter(({ labels }) => isDeleted(labels)).map(({ ref }) => [ref, [deleted]]),
    );
    expect(stones.size).toBeGreaterThan(50);
    writeTombstones(block.folder, stones, codec);
    const prometheus = await startPrometheus({ config: EMPTY_CONFIG, dataDir: copy, flags: [KEEP] });
    try {
      const want = expectedContent(series, { stale: false, deleted: (labels) => (isDeleted(labels) ? deleted : null) });
      expect(await servedContent(prometheus.url)).toEqual(want);
    } finally {
      await prometheus.stop();
    }
  });

  test('what Prometheus deletes of its own block is told to us', async () => {
    const text = join(root, 'text');
    const lines = Array.from({ length: 300 }, (_, i) => [
      `x{i="1"} ${i} ${T0 / 1000 + i * 15}`,
      `x{i="2"} ${-i} ${T0 / 1000 + i * 15}`,
    ]).flat();
    writeFileSync(text, `${lines.join('\n')}\n# EOF\n`);
    const theirs = join(root, 'deleted');
    promtool('create-blocks-from', 'openmetrics', text, theirs);
    const prometheus = await startPrometheus({ config: EMPTY_CONFIG, dataDir: theirs, flags: [KEEP, '--web.enable-admin-api'] });
    try {
      for (const [start, end] of [
        [30, 60],
        [600, 1200],
        [1201, 1300],
      ]) {
        const query = new URLSearchParams({ 'match[]': 'x{i="1"}', start: String(T0 / 1000 + start), end: String(T0 / 1000 + end) });
        expect((await fetch(`${prometheus.url}/api/v1/admin/tsdb/delete_series?${query}`, { method: 'POST' })).status).toBe(204);
      }
    } finally {
      await prometheus.stop();
    }
    const [block] = openBlocks(theirs);
    const [one, two] = block.select([], T0, T0 + BLOCK_MS);
    const interval = (from: number, to: number) => ({ minTimeMs: T0 + from * 1000, maxTimeMs: T0 + to * 1000 });
    expect(one.deleted).toEqual([interval(30, 60), interval(600, 1200), interval(1201, 1300)]);
    expect(two.deleted).toEqual([]);
    expect(block.meta.stats.numTombstones).toBe(3);
  });

  test('their blocks are read by us as promtool dumps them, and written by us again to the same bytes', () => {
    const text = join(root, 'openmetrics');
    const lines: string[] = [];
    for (const { labels, samples } of series.slice(0, 200)) {
      const name = labels.find((label) => label[0] === '__name__')![1];
      const others = labels.filter((label) => label[0] !== '__name__');
      const value = new Float64Array(samples.words.slice(0, samples.count * 2).buffer);
      const own = others.map(
        ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
      );
      for (let i = 0; i < samples.count; i++)
        lines.push(`${name}{${own.join(',')}} ${shown(value[i]).replace('Infinity', 'Inf')} ${(samples.times[i] + 3_600_000) / 1000}`);
    }
    writeFileSync(text, `${lines.join('\n')}\n# EOF\n`);
    const theirs = join(root, 'theirs');
    mkdirSync(join(theirs, 'wal'), { recursive: true });
    promtool('create-blocks-from', 'openmetrics', text, theirs);
    const blocks = openBlocks(theirs);
    expect(blocks.length).toBeGreaterThan(1);
    const content: Content = new Map();
    for (const block of blocks) {
      for (const [labels, samples] of contentOf(block)) {
        const list = content.get(formatLabels(labels)) ?? [];
        list.push(...textSamples(samples));
        content.set(formatLabels(labels), list);
      }
    }
    expect(content).toEqual(dumpedContent(promtool('dump', theirs)));
    for (const block of blocks) expectSameBytes(block);
  });

  /** Chunk files are the same to the byte; so are all parts of the index, but that theirs has label indices, which moves what follows. */
  function expectSameBytes(block: BlockReader): void {
    const { minTime, maxTime } = block.meta;
    const all = [...block.select([], minTime, maxTime)].map((series) => ({ labels: series.labels, chunks: [...series.chunks()] }));
    const meta = writeBlock(join(root, 'again'), { minTimeMs: minTime, maxTimeMs: maxTime, codec }, all)!;
    const [theirs, ours] = [filesOf(block.folder), filesOf(join(root, 'again', meta.ulid))];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const name of ours.keys()) {
      if (name !== 'index' && name !== 'meta.json') expect(ours.get(name)!.equals(theirs.get(name)!), name).toBe(true);
    }
    const [their, our] = [indexParts(theirs.get('index')!), indexParts(ours.get('index')!)];
    expect(our.untilSeriesEnd.equals(their.untilSeriesEnd)).toBe(true);
    expect(our.postings.equals(their.postings)).toBe(true);
    const { ulid: _ours, compaction: _level, ...facts } = JSON.parse(String(ours.get('meta.json')));
    const { ulid: _theirs, compaction: _other, ...wanted } = JSON.parse(String(theirs.get('meta.json')));
    delete facts.stats.numFloatSamples;
    expect(facts).toEqual(wanted);
  }

  function indexParts(index: Buffer): { untilSeriesEnd: Buffer; postings: Buffer } {
    const [, , labelIndices, labelIndicesTable, postings] = [52, 44, 36, 28, 20].map((back) =>
      Number(index.readBigUInt64BE(index.length - back)),
    );
    return { untilSeriesEnd: index.subarray(0, labelIndices), postings: index.subarray(Math.ceil(postings / 4) * 4, labelIndicesTable) };
  }

  function textSamples(text: string): [number, string][] {
    const value = new Float64Array(1);
    const words = new Uint32Array(value.buffer);
    return text
      .trimEnd()
      .split(' ')
      .map((sample) => {
        const [, time, high, low] = /^(-?\d+):(\w+)\.(\w+)$/.exec(sample)!;
        words.set([Number.parseInt(low, 16), Number.parseInt(high, 16)]);
        return [Number(time), shown(value[0])];
      });
  }

  test('samples keep their bits on the way through', () => {
    const [block] = openBlocks(folder);
    expect(contentOf(block)).toEqual(series.map(({ labels, samples }) => [labels, sampleText(samples)]));
  });
});
