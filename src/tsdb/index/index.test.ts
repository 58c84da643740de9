// The index by itself: names and values at the borders of what is sampled, long texts, many chunks, and memory that stays bounded.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCodec } from '../../kernel/index.ts';
import type { Labels } from '../../model/index.ts';
import { type ChunkPlace, IndexReader, IndexWriter } from './index.ts';

const codec = createCodec();
const NO_CHUNKS: ChunkPlace[] = [];
let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-index-'));
  path = join(root, 'index');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(series: Iterable<{ labels: Labels; chunks?: readonly ChunkPlace[] }>): IndexReader {
  const writer = new IndexWriter(path, codec);
  for (const { labels, chunks } of series) writer.add(labels, chunks ?? NO_CHUNKS);
  writer.write();
  expect(readdirSync(root)).toEqual(['index']);
  return new IndexReader(path, codec);
}

const number = (i: number) => String(i).padStart(6, '0');

test.each([1, 31, 32, 33, 63, 64, 65, 1000])('%i values of a name', (count) => {
  const index = write(Array.from({ length: count }, (_, i) => ({ labels: [['n', number(i * 2)]] as Labels })));
  expect(index.valueCount('n')).toBe(count);
  expect([...index.valuesOf('n')].map(({ value }) => value)).toEqual(Array.from({ length: count }, (_, i) => number(i * 2)));
  const all = index.allPostings();
  expect(all.length).toBe(count);
  for (let i = -1; i <= count * 2; i++)
    expect(index.postings('n', number(i)), number(i)).toEqual(
      i >= 0 && i < count * 2 && i % 2 === 0 ? all.subarray(i / 2, i / 2 + 1) : null,
    );
  expect([index.postings('m', '1'), index.postings('n', ''), index.valueCount('m')]).toEqual([null, null, 0]);
  for (const [i, ref] of all.entries()) expect(index.series(ref)).toEqual({ ref, labels: [['n', number(i * 2)]], chunks: [] });
  index.close();
});

test('texts and entries that are longer than pages and windows', () => {
  const long = (letter: string, length: number) => letter.repeat(length);
  const values = [long('a', 5_000_000), long('b', 40_000), long('b', 40_001), 'c', long('d', 100), long('é', 20_000)];
  const series = values.map((value) => ({ labels: [[value.slice(0, 30_000), value]] as Labels }));
  const many = Array.from({ length: 3000 }, (_, i) => [`x${number(i)}`, long('v', 20)] as const);
  const index = write([...series.slice(0, 5), { labels: many }, series[5]]);
  const refs = index.allPostings();
  expect(index.series(refs[5]).labels).toEqual(many);
  for (const [i, { labels }] of [...series.slice(0, 5).entries(), [6, series[5]] as const]) {
    expect(index.series(refs[i]).labels).toEqual(labels);
    expect(index.postings(...labels[0])).toEqual(refs.subarray(i, i + 1));
  }
  index.close();
});

test('a series of many chunks', () => {
  const chunks = Array.from({ length: 20_000 }, (_, i) => ({
    minTimeMs: -1_000_000 + i * 1000,
    maxTimeMs: -1_000_000 + i * 1000 + (i % 900),
    ref: Math.floor(i / 5000) * 2 ** 32 + 8 + ((i * 7919) % 5000) * 100_000,
  }));
  const index = write([
    { labels: [], chunks },
    { labels: [['a', 'b']], chunks: chunks.slice(0, 1) },
  ]);
  const [first, second] = [...index.allPostings()].map((ref) => index.series(ref).chunks);
  expect(first).toEqual(chunks);
  expect(second).toEqual(chunks.slice(0, 1));
  index.close();
});

test('200,000 series are written and read in bounded memory', { timeout: 20_000 }, () => {
  const count = 200_000;
  function* series() {
    const chunks = Array.from({ length: 40 }, (_, i) => ({ minTimeMs: i * 10, maxTimeMs: i * 10 + 5, ref: 8 + i * 200 }));
    for (let i = 0; i < count; i++) {
      const labels: Labels = [
        ['__name__', number(Math.floor(i / 1000))],
        ['instance', number(i % 1000)],
        ['job', 'a'],
      ];
      yield { labels, chunks };
    }
  }
  const before = process.memoryUsage().arrayBuffers;
  const writer = new IndexWriter(path, codec);
  for (const { labels, chunks } of series()) writer.add(labels, chunks);
  // 4 bytes a label and 4 a series, doubled while an array grows; 8 million chunk places are not among them.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
  writer.write();
  const index = new IndexReader(path, codec);
  expect(index.allPostings().length).toBe(count);
  expect(index.postings('instance', number(77))!.length).toBe(count / 1000);
  const refs = index.postings('__name__', number(42))!;
  expect([refs.length, index.series(refs[7]).labels[1][1], index.series(refs[7]).chunks.length]).toEqual([1000, number(7), 40]);
  expect(index.labelNames()).toEqual(['__name__', 'instance', 'job']);
  index.close();
});
