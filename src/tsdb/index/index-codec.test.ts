// The index codec by properties: whatever series go in come back, by reference and by every label pair; and of a file that is cut off or
// changed at any bit there is what was written, or one clear error, soon.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCodec } from '../../kernel/index.ts';
import { compareLabels, compareUtf8, type Labels } from '../../model/index.ts';
import { type BlockCodec, BlockError } from '../block/index.ts';
import { type ChunkPlace, IndexReader, IndexWriter } from './index.ts';

interface Series {
  readonly labels: Labels;
  readonly chunks: readonly ChunkPlace[];
}

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? 20_240_702);
/** Longer than reading a small index may take. */
const MOST_MS = 1000;
const codec = createCodec();
/** Every checksum is 0, and so right: damage comes through to what reads behind it. */
const blindCodec: BlockCodec = { crc32c: () => 0, chunkRun: createCodec().chunkRun };
let root: string;
let files = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-index-codec-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(series: readonly Series[], by: BlockCodec = codec): string {
  const path = join(root, String(files++));
  const writer = new IndexWriter(path, by);
  for (const { labels, chunks } of series) writer.add(labels, chunks);
  writer.write();
  return path;
}

/** All that an index tells, in every way that it can be asked. */
function everything(path: string, by: BlockCodec = codec): unknown {
  const index = new IndexReader(path, by);
  try {
    const series = [...index.allPostings()].map((ref) => index.series(ref));
    const values = index.labelNames().map((name) => [name, [...index.valuesOf(name)].map(({ value }) => value), index.valueCount(name)]);
    const postings = series.flatMap(({ labels }) => labels.map(([name, value]) => [name, value, [...(index.postings(name, value) ?? [])]]));
    return { series: series.map(({ labels, chunks }) => ({ labels, chunks })), refs: series.map(({ ref }) => ref), values, postings };
  } finally {
    index.close();
  }
}

/** The same, of the series themselves. */
function plainly(series: readonly Series[], refs: readonly number[]): unknown {
  const all = series.flatMap(({ labels }) => labels);
  const names = [...new Set(all.map(([name]) => name))].sort(compareUtf8);
  const has = (labels: Labels, name: string, value: string) => labels.some((label) => label[0] === name && label[1] === value);
  return {
    series,
    refs,
    values: names.map((name) => {
      const values = [...new Set(all.filter((label) => label[0] === name).map(([, value]) => value))].sort(compareUtf8);
      return [name, values, values.length];
    }),
    postings: all.map(([name, value]) => [name, value, refs.filter((_, i) => has(series[i].labels, name, value))]),
  };
}

const text = fc.oneof(
  fc.constantFrom('a', 'b', 'job', '__name__', 'é', '\u{1f600}', '\u{ffee}'),
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 300 }),
);
const labels = fc
  .uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 8 })
  .map((list): Labels => list.sort(([a], [b]) => compareUtf8(a, b)));
const length = fc.oneof(fc.nat(10), fc.nat(7_200_000), fc.nat(2 ** 45));
const chunks = fc
  .tuple(fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), fc.array(fc.tuple(length, length, fc.nat(2 ** 31), fc.nat(3)), { maxLength: 12 }))
  .map(([begin, list]): ChunkPlace[] => {
    let at = begin;
    return list.map(([gap, span, offset, segment]) => {
      const minTimeMs = at + gap + 1;
      at = minTimeMs + span;
      return { minTimeMs, maxTimeMs: at, ref: segment * 2 ** 32 + offset };
    });
  });
const series = fc
  .uniqueArray(fc.record({ labels, chunks }), { selector: (one) => JSON.stringify(one.labels), maxLength: 40 })
  .map((list): Series[] => list.sort((a, b) => compareLabels(a.labels, b.labels)));

test('whatever series go in come back', () => {
  fc.assert(
    fc.property(series, (list) => {
      const path = write(list);
      const found = everything(path) as { refs: number[] };
      expect(found).toEqual(plainly(list, found.refs));
      expect(found.refs).toEqual([...found.refs].sort((a, b) => a - b));
      rmSync(path);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

/** Few, but each part of the file has something. */
const few: Series[] = ['x', 'y', 'yy'].map((value, i) => ({
  labels: [
    ['__name__', 'm'],
    ['b', value],
  ],
  chunks: Array.from({ length: i + 1 }, (_, k) => ({ minTimeMs: k * 1000, maxTimeMs: k * 1000 + 900, ref: 8 + k * 300 })),
}));

function checkDamage(by: BlockCodec, isSame: boolean): void {
  const path = write(few, by);
  const whole = readFileSync(path);
  const wanted = everything(path, by);
  const check = (damaged: Buffer, where: string) => {
    writeFileSync(path, damaged);
    const began = performance.now();
    let outcome: unknown = null;
    try {
      outcome = everything(path, by);
    } catch (error) {
      expect(error instanceof BlockError ? '' : (error as Error).stack, where).toBe('');
      expect((error as Error).message, where).toMatch(/^cannot read [^\n]*$/);
    }
    if (isSame && outcome !== null) expect(outcome, where).toEqual(wanted);
    expect(performance.now() - began, where).toBeLessThan(MOST_MS);
  };
  for (let length = 0; length < whole.length; length++) check(whole.subarray(0, length), `cut off at ${length}`);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3] ^= 1 << (bit & 7);
    check(damaged, `bit ${bit & 7} of byte ${bit >> 3} of ${whole.length}`);
  }
}

test('cut off at every byte, every bit flipped: what was written, or an error', () => checkDamage(codec, true));
test('the same behind checksums that are right: an error or something else, soon', () => checkDamage(blindCodec, false));
