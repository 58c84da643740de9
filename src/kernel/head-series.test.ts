// What blocks take out of the head: series in label order, chunks bit for bit as the reference encodes the samples.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { bitsOf, encodeChunk } from '../../test/support/reference-chunk.ts';
import { compareUtf8, type Labels, labelsOf } from '../model/index.ts';
import { HeadSeriesReader } from './index.ts';

const T0 = 1_700_006_400_000; // a multiple of 2 h

/** Prometheus's order of label sets. */
function compareLabels(a: Labels, b: Labels): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareUtf8(a[i][0], b[i][0]) || compareUtf8(a[i][1], b[i][1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '😀', '"', '_'), minLength: 1, maxLength: 12 });
const labels = fc.dictionary(word, word, { minKeys: 1, maxKeys: 5 });

test.for([false, true])('series come in label order (checked: %s)', (checked) => {
  fc.assert(
    fc.property(fc.array(labels, { minLength: 1, maxLength: 60 }), (sets) => {
      const head = new TestHead({ bytes: 128 * 1024 * 1024, checked });
      head.write(sets.map((set) => ({ labels: set, t: T0, v: 1 })));
      const series = new HeadSeriesReader(head.reader);
      const found = series.read(series.sortedRefs(), T0, T0).map((one) => one.labels);
      const wanted = [...new Map(sets.map((set) => [JSON.stringify(labelsOf(set)), labelsOf(set)])).values()].sort(compareLabels);
      expect(found).toEqual(wanted);
      series.dispose();
    }),
    { numRuns: 30 },
  );
});

test.for([false, true])('chunks are those of the reference, up to the pin, in the interval (checked: %s)', (checked) => {
  const head = new TestHead({ bytes: 128 * 1024 * 1024, checked });
  const samples = Array.from({ length: 700 }, (_, i) => ({ t: T0 + i * 15_000, v: i % 5 === 0 ? i / 3 : i }));
  for (const { t, v } of samples) head.write([{ labels: { a: 'b' }, t, v }]);
  const series = new HeadSeriesReader(head.reader);
  const refs = series.sortedRefs();
  const [{ chunks }] = series.read(refs, 0, 1e15);
  const seen: number[] = [];
  for (const { minTimeMs, maxTimeMs, data } of chunks) {
    const inside = samples.filter(({ t }) => t >= minTimeMs && t <= maxTimeMs);
    expect(data.readUInt16BE(0)).toBe(inside.length);
    expect(data.subarray(2).toString('hex')).toBe(encodeChunk(inside.map(({ t, v }) => ({ t, bits: bitsOf(v) }))).toString('hex'));
    seen.push(...inside.map(({ t }) => t));
  }
  expect(seen).toEqual(samples.map(({ t }) => t));
  const check = (min: number, max: number) => {
    const found = series.read(refs, min, max)[0]?.chunks ?? [];
    expect(found).toEqual(chunks.filter((chunk) => chunk.maxTimeMs >= min && chunk.minTimeMs <= max));
  };
  check(T0, T0);
  check(T0 + 2_000_000, T0 + 5_000_000);
  check(T0 - 2, T0 - 1);
  check(T0 + 1e9, T0 + 2e9);
  series.dispose();
});
