// Series as plain rows, for tests that put the same samples into different parts of the store.
import { createCodec } from '../../src/kernel/index.ts';
import { compareLabels, labelsOf } from '../../src/model/index.ts';
import { FloatSamples } from '../../src/storage/index.ts';
import { type BlockSeries, encodeXorChunks, writeBlock } from '../../src/tsdb/index.ts';

export type SampleValue = number | 'stale';
export type StoredRow = readonly [labels: Record<string, string>, samples: readonly (readonly [timeMs: number, value: SampleValue])[]];

/** The rows' samples by time, those of each time together: as they would be scraped. */
export function byTime(stored: readonly StoredRow[]): { labels: Record<string, string>; t: number; v: SampleValue }[][] {
  const times = new Map<number, { labels: Record<string, string>; t: number; v: SampleValue }[]>();
  for (const [labels, samples] of stored) {
    for (const [t, v] of samples) {
      if (!times.has(t)) times.set(t, []);
      times.get(t)!.push({ labels, t, v });
    }
  }
  return [...times].sort(([a], [b]) => a - b).map(([, samples]) => samples);
}

/** Low and high word of a value. */
export function wordsOf(value: SampleValue): [low: number, high: number] {
  if (value === 'stale') return [2, 0x7ff00000];
  const [low, high] = new Uint32Array(Float64Array.of(value).buffer);
  return [low, high];
}

/** A block in the folder of what the rows have in the interval (ms, both ends included); none where that is nothing. */
export function writeRows(folder: string, rows: readonly StoredRow[], fromMs: number, toMs: number): void {
  const series: BlockSeries[] = [];
  for (const [labels, row] of rows) {
    const samples = new FloatSamples();
    for (const [t, v] of row) if (t >= fromMs && t <= toMs) samples.push(t, ...wordsOf(v));
    if (samples.count > 0) series.push({ labels: labelsOf(labels), chunks: encodeXorChunks(samples) });
  }
  series.sort((a, b) => compareLabels(a.labels, b.labels));
  writeBlock(folder, { minTimeMs: fromMs, maxTimeMs: toMs + 1, codec: createCodec() }, series);
}
