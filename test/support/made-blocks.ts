// Series made at random, from a seed, and blocks out of them: samples keep their bits, labels have whatever Prometheus allows.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareLabels, isClassicLabelName, type Label, type Labels } from '../../src/model/index.ts';
import { FloatSamples, SeriesSamples } from '../../src/storage/index.ts';
import { type BlockReader, type BlockSeries, decodeChunk, encodeXorChunks } from '../../src/tsdb/index.ts';

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = ['a', 'b', 'job', 'x y', 'é', '\u{1f600}', '\uffee', '"\\\n', 'a.b', '0', 'zz'.repeat(300), 'instance', '__meta'];
const VALUES = [0, -0, 1, -1.5, 1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const STALE = [2, 0x7ff00000] as const;

export interface MadeSeries {
  readonly labels: Labels;
  readonly samples: FloatSamples;
}

export interface MakeOptions {
  readonly startMs: number;
  readonly mostSamples: number;
  /** Only label names that need no quotes. */
  readonly classicNames?: boolean;
}

/** In label order, no label set twice; each has 1 to `mostSamples` samples from `startMs` on. */
export function makeSeries(random: () => number, count: number, options: MakeOptions): MadeSeries[] {
  const names = options.classicNames ? TEXTS.filter(isClassicLabelName) : TEXTS;
  const below = (n: number) => Math.floor(random() * n);
  const byLabels = new Map<string, MadeSeries>();
  for (let i = 0; i < count; i++) {
    const labels = new Map<string, string>([['__name__', `m${below(4)}`]]);
    for (let left = below(6); left > 0; left--)
      labels.set(names[below(names.length)], random() < 0.3 ? String(i) : TEXTS[below(TEXTS.length)]);
    const sorted: Label[] = [...labels];
    sorted.sort((a, b) => compareLabels([a], [b]));
    byLabels.set(JSON.stringify(sorted), { labels: sorted, samples: makeSamples(random, options.startMs, 1 + below(options.mostSamples)) });
  }
  return [...byLabels.values()].sort((a, b) => compareLabels(a.labels, b.labels));
}

function makeSamples(random: () => number, startMs: number, count: number): FloatSamples {
  const samples = new FloatSamples();
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  const kind = random();
  let time = startMs + Math.floor(random() * 15_000);
  for (let i = 0; i < count; i++) {
    value[0] = kind < 0.4 ? i * 3 : kind < 0.8 ? random() * 1000 : VALUES[Math.floor(random() * VALUES.length)];
    if (random() < 0.02) samples.push(time, ...STALE);
    else samples.push(time, words[0], words[1]);
    time += random() < 0.9 ? 15_000 : 1 + Math.floor(random() * 40_000);
  }
  return samples;
}

export function* chunked(series: readonly MadeSeries[]): Generator<BlockSeries> {
  for (const { labels, samples } of series) yield { labels, chunks: encodeXorChunks(samples) };
}

/** Samples as text, each `time:bits`: equal texts are equal to the last bit. */
export function sampleText({ count, times, words }: FloatSamples): string {
  let text = '';
  for (let i = 0; i < count; i++) text += `${times[i]}:${words[i * 2 + 1].toString(16)}.${words[i * 2].toString(16)} `;
  return text;
}

/** What a block has, series by series, without regard to tombstones. */
export function contentOf(block: BlockReader): [labels: Labels, samples: string][] {
  const content: [Labels, string][] = [];
  for (const series of block.select([], Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const samples = new SeriesSamples();
    for (const chunk of series.chunks()) decodeChunk(chunk, samples);
    content.push([series.labels, sampleText(samples.floats)]);
  }
  return content;
}

/** The files of a folder by their paths in it. */
export function filesOf(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    if (statSync(join(folder, name)).isFile()) files.set(name, readFileSync(join(folder, name)));
  return files;
}
