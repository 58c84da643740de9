// Series of several sources merged: the same as a plain Map of times makes of them, whatever overlaps and whatever is deleted.

import { describe, expect, test } from 'vitest';
import { makeSeries, sampleText, seededRandom } from '../../../test/support/made-blocks.ts';
import { compareLabels, formatLabels, type Labels, labelsOf, type TimeInterval } from '../../model/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import { type BlockSeries, ChunkEncoding, type EncodedChunk, type StoredBlockSeries } from '../block/index.ts';
import { decodeXorChunk, encodeXorChunks, XorEncoder } from '../chunk/index.ts';
import { mergeChunks, mergeSeries } from './index.ts';

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
const STALE = [2, 0x7ff00000] as const;

interface PlainSeries {
  readonly labels: Labels;
  readonly samples: FloatSamples;
  readonly deleted: readonly TimeInterval[];
}

/** As a block's reader gives them: the data of each chunk is good until the next one. */
function stored(
  series: readonly PlainSeries[],
  chunksOf: (samples: FloatSamples) => EncodedChunk[] = encodeXorChunks,
): StoredBlockSeries[] {
  const shared = new Uint8Array(1 << 16);
  return series.map(({ labels, samples, deleted }, ref) => ({
    ref,
    labels,
    deleted,
    firstTimeMs: samples.times[0],
    lastTimeMs: samples.lastTimeMs,
    *chunks() {
      for (const chunk of chunksOf(samples)) {
        shared.fill(0xaa);
        shared.set(chunk.data);
        yield { ...chunk, data: shared.subarray(0, chunk.data.length) };
      }
    },
  }));
}

function samplesOf(chunks: readonly EncodedChunk[]): FloatSamples {
  const samples = new FloatSamples();
  for (const { data } of chunks) decodeXorChunk(data, samples);
  return samples;
}

/** Each `time:bits`, by the text of the labels. */
function plainMerge(sources: readonly (readonly PlainSeries[])[]): Map<string, string> {
  const all = new Map<string, Map<number, string>>();
  for (const source of sources) {
    for (const { labels, samples, deleted } of source) {
      const known = all.get(formatLabels(labels)) ?? new Map<number, string>();
      all.set(formatLabels(labels), known);
      for (let i = 0; i < samples.count; i++) {
        const time = samples.times[i];
        if (known.has(time) || deleted.some(({ minTimeMs, maxTimeMs }) => time >= minTimeMs && time <= maxTimeMs)) continue;
        known.set(time, `${time}:${samples.words[i * 2 + 1].toString(16)}.${samples.words[i * 2].toString(16)} `);
      }
    }
  }
  const texts = [...all].map(([labels, samples]): [string, string] => [
    labels,
    [...samples]
      .sort((a, b) => a[0] - b[0])
      .map(([, text]) => text)
      .join(''),
  ]);
  return new Map(texts.filter(([, text]) => text !== ''));
}

/** In order, each with its chunks in order, without overlaps, and with the times that they say. */
function checkedTexts(merged: Iterable<BlockSeries>): Map<string, string> {
  const texts = new Map<string, string>();
  let last: Labels | null = null;
  for (const { labels, chunks } of merged) {
    if (last !== null && compareLabels(last, labels) >= 0) throw new Error(`${formatLabels(labels)} behind ${formatLabels(last)}`);
    last = labels;
    let endMs = Number.NEGATIVE_INFINITY;
    for (const chunk of chunks) {
      const { count, times } = samplesOf([chunk]);
      expect(count).toBeGreaterThan(0);
      expect(chunk.minTimeMs).toBeGreaterThan(endMs);
      expect([chunk.minTimeMs, chunk.maxTimeMs]).toEqual([times[0], times[count - 1]]);
      endMs = chunk.maxTimeMs;
    }
    texts.set(formatLabels(labels), sampleText(samplesOf(chunks)));
  }
  return texts;
}

/** Times on a grid, so that sources often have the same ones; values tell the source. */
function randomSamples(random: () => number, source: number, stepMs: number): FloatSamples {
  const samples = new FloatSamples();
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  let time = Math.floor(random() * 40) * stepMs;
  for (let left = 1 + Math.floor(random() * random() * 700); left > 0; left--) {
    value[0] = source * 1000 + Math.floor(random() * 10);
    samples.push(time, ...(random() < 0.05 ? STALE : ([words[0], words[1]] as const)));
    time += (1 + (random() < 0.1 ? Math.floor(random() * 150) : 0)) * stepMs;
  }
  return samples;
}

function randomDeletions(random: () => number, { times, count }: FloatSamples): TimeInterval[] {
  if (random() < 0.6) return [];
  const span = times[count - 1] - times[0];
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const minTimeMs = Math.floor(times[0] + (random() * 1.2 - 0.1) * span);
    return { minTimeMs, maxTimeMs: random() < 0.1 ? Number.MAX_SAFE_INTEGER : minTimeMs + Math.floor(random() * span * 0.7) };
  });
}

/** Chunks of any length, as a head cuts them at its ranges. */
function randomChunks(random: () => number): (samples: FloatSamples) => EncodedChunk[] {
  return ({ count, times, words }) => {
    const chunks: EncodedChunk[] = [];
    const encoder = new XorEncoder();
    for (let i = 0; i < count; i++) {
      if (encoder.count > 0 && (encoder.count === 120 || random() < 0.02)) chunks.push(encoder.take());
      encoder.append(times[i], words[i * 2], words[i * 2 + 1]);
    }
    chunks.push(encoder.take());
    return chunks;
  };
}

test(`random series of several sources, seed ${SEED}`, () => {
  const random = seededRandom(SEED);
  for (let round = 0; round < 60; round++) {
    const labels = makeSeries(random, 12, { startMs: 0, mostSamples: 1 }).map((series) => series.labels);
    const sources = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, source) =>
      labels
        .filter(() => random() < 0.7)
        .map((own): PlainSeries => {
          const samples = randomSamples(random, source, 15_000);
          return { labels: own, samples, deleted: randomDeletions(random, samples) };
        }),
    );
    const chunksOf = randomChunks(random);
    const merged = mergeSeries(sources.map((series) => stored(series, chunksOf)));
    expect(checkedTexts(merged), `round ${round}`).toEqual(plainMerge(sources));
  }
});

test(`chunks of one source that overlap, seed ${SEED}`, () => {
  const random = seededRandom(SEED + 1);
  for (let round = 0; round < 60; round++) {
    const lists = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, i) => randomSamples(random, i % 2, 1000));
    const chunks = lists.flatMap((list) => encodeXorChunks(list));
    const times = new Set(lists.flatMap(({ count, times: own }) => [...own.subarray(0, count)]));
    const merged = samplesOf(mergeChunks([chunks]));
    expect([...merged.times.subarray(0, merged.count)]).toEqual([...times].sort((a, b) => a - b));
  }
});

describe('chunks', () => {
  const samples = (...times: number[]): FloatSamples => {
    const list = new FloatSamples();
    for (const time of times) list.push(time, 0, time);
    return list;
  };
  const chunk = (...times: number[]): EncodedChunk => encodeXorChunks(samples(...times))[0];
  const histogram = (minTimeMs: number, maxTimeMs: number, byte = 7): EncodedChunk => ({
    minTimeMs,
    maxTimeMs,
    encoding: ChunkEncoding.HISTOGRAM,
    data: Uint8Array.of(0, 1, byte),
  });
  /** Untouched chunks by their place in the sources, those made anew by their times. */
  const check = (name: string, sources: EncodedChunk[][], expected: string) =>
    test(name, () => {
      const text = mergeChunks(sources).map((made) => {
        const source = sources.findIndex((chunks) => chunks.includes(made));
        if (source >= 0) return `${source}.${sources[source].indexOf(made)}`;
        const { count, times } = samplesOf([made]);
        return times.subarray(0, count).join('+');
      });
      expect(text.join(' ')).toBe(expected);
    });
  check('of one source stay', [[chunk(1, 2), chunk(3, 4)]], '0.0 0.1');
  check('of several sources, one behind the other, stay', [[chunk(1, 2)], [chunk(3, 4), chunk(5)]], '0.0 1.0 1.1');
  check('of several sources in one another stay where they do not overlap', [[chunk(1, 2), chunk(5, 6)], [chunk(3, 4)]], '0.0 1.0 0.1');
  check('only those that overlap are made anew', [[chunk(1, 2), chunk(5, 7), chunk(9)], [chunk(6, 8)]], '0.0 5+6+7+8 0.2');
  check('a chain of overlaps becomes one', [[chunk(1, 3), chunk(4, 6)], [chunk(2, 5)]], '1+2+3+4+5+6');
  check('the last time of one is the first of another', [[chunk(1, 2)], [chunk(2, 3)]], '1+2+3');
  check('the same chunk twice stays one', [[chunk(1, 2), chunk(3, 4)], [chunk(1, 2)]], '0.0 0.1');
  check('the same histogram twice stays one', [[histogram(1, 2)], [histogram(1, 2)], [histogram(1, 2)]], '0.0');
  check('histograms that do not overlap stay', [[histogram(1, 2)], [histogram(3, 4)]], '0.0 1.0');
  check('none', [[], []], '');
  check(
    '120 a chunk',
    [[chunk(...range(1, 119, 2))], [chunk(...range(2, 182, 2))]],
    `${range(1, 119, 1).concat(120).join('+')} ${range(122, 182, 2).join('+')}`,
  );

  const fails = (name: string, sources: EncodedChunk[][], message: string) =>
    test(name, () => expect(() => mergeChunks(sources)).toThrow(message));
  fails('different histograms that overlap', [[histogram(1, 2)], [histogram(1, 2, 8)]], 'got encoding histogram, want XOR');
  fails('an unknown encoding that overlaps', [[{ ...chunk(1, 2), encoding: 4 }], [chunk(2, 3)]], 'got encoding XOR2, want XOR');
  fails(
    'samples beyond the interval',
    [[{ ...chunk(1, 9), maxTimeMs: 5 }], [chunk(2, 3)]],
    'got samples from 1 to 9 ms, want them from 1 to 5 ms',
  );
  fails('a bit stream that ends early', [[{ ...chunk(1, 9), data: Uint8Array.of(0, 9, 1) }], [chunk(2, 3)]], 'cannot decode an XOR chunk');

  function range(from: number, to: number, step: number): number[] {
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
  }
});

describe('series', () => {
  const one = (name: string, ...times: number[]): PlainSeries => {
    const samples = new FloatSamples();
    for (const time of times) samples.push(time, 0, 0);
    return { labels: labelsOf({ __name__: name }), samples, deleted: [] };
  };
  const fails = (name: string, source: StoredBlockSeries[], message: string) =>
    test(name, () => expect(() => [...mergeSeries([source, stored([one('c', 1)])])]).toThrow(message));
  fails('out of order', stored([one('b', 1), one('a', 1)]), 'got {__name__="a"} behind {__name__="b"}, want them in label order');
  fails('twice in one source', stored([one('b', 1), one('b', 2)]), 'want them in label order');
  fails(
    'with a chunk that ends before it begins',
    stored([one('b', 1)], (samples) => [{ ...encodeXorChunks(samples)[0], maxTimeMs: 0 }]),
    'got a chunk from 1 to 0 ms',
  );
  fails(
    'with a histogram of which a part is deleted',
    stored([{ ...one('b', 1, 2), deleted: [{ minTimeMs: 2, maxTimeMs: 3 }] }], (samples) => [
      { ...encodeXorChunks(samples)[0], encoding: ChunkEncoding.FLOAT_HISTOGRAM },
    ]),
    'got encoding float histogram, want XOR',
  );

  test('a histogram that is deleted as a whole goes', () => {
    const source = stored([{ ...one('b', 1, 2), deleted: [{ minTimeMs: 1, maxTimeMs: 2 }] }], (samples) => [
      { ...encodeXorChunks(samples)[0], encoding: ChunkEncoding.HISTOGRAM },
    ]);
    expect([...mergeSeries([source])]).toEqual([]);
  });

  test('whoever stops in the middle ends the sources', () => {
    let ended = 0;
    function* source(): Generator<StoredBlockSeries> {
      try {
        yield* stored([one('a', 1), one('b', 1), one('c', 1)]);
      } finally {
        ended++;
      }
    }
    for (const { labels } of mergeSeries([source(), source()])) if (labels[0][1] === 'a') break;
    expect(ended).toBe(2);
  });

  test('one series of each source is read ahead, not more', () => {
    const read = [0, 0];
    function* source(index: number): Generator<StoredBlockSeries> {
      for (const series of stored([one('a', 1), one('b', 1), one('c', 1)])) {
        read[index]++;
        yield series;
      }
    }
    const merged = mergeSeries([source(0), source(1)]);
    merged.next();
    expect(read).toEqual([2, 2]);
  });
});
