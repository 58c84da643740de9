// What the log is told of metrics: what is new or another, once, also after a start, and again when it could not be written.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestHead } from '../../../test/support/head.ts';
import type { SampleBatch } from '../../kernel/index.ts';
import { decodeMetadata, encodeMetadata } from '../wal/index.ts';
import { HeadMetadata } from './head-metadata.ts';

const gauge = { type: 'gauge', unit: '', help: 'a gauge' };
const counter = { type: 'counter', unit: 'bytes', help: 'a "counter"\n😀' };

function newHead() {
  const head = new TestHead();
  head.write(['a', 'b'].map((name) => ({ labels: { __name__: name }, t: 1_700_000_000_000, v: 1 })));
  return { head, metadata: new HeadMetadata(head.memory) };
}

/** What is written of one batch. */
function written(metadata: HeadMetadata, batch: SampleBatch, ok = true): string[] {
  const texts = metadata
    .recordsOf(batch)
    .flatMap((record) => decodeMetadata(record)!.map(({ ref, type, unit, help }) => `${ref} ${type} ${unit} ${help}`));
  metadata.settle(batch, ok);
  return texts;
}

test('once, and again when it is another or was not written', () => {
  const { head, metadata } = newHead();
  const describe = (ref: number, what: typeof gauge, ok = true) => {
    const batch = head.writer.openBatch();
    metadata.describe(batch, ref, what);
    const texts = written(metadata, batch, ok);
    batch.free();
    return texts;
  };
  expect(describe(1, gauge)).toEqual(['1 gauge  a gauge']);
  expect(describe(1, gauge)).toEqual([]);
  expect(describe(2, gauge, false)).toEqual(['2 gauge  a gauge']);
  expect(describe(2, gauge)).toEqual(['2 gauge  a gauge']);
  expect(describe(1, counter)).toEqual(['1 counter bytes a "counter"\n😀']);
  expect(describe(1, gauge)).toEqual(['1 gauge  a gauge']);
});

test('what a log says is not written again, of series that it has', () => {
  const { head, metadata } = newHead();
  expect(
    metadata.replay(
      encodeMetadata([
        { ref: 1, ...counter },
        { ref: 2, ...counter },
        { ref: 77, ...counter },
        { ref: 2, ...gauge },
      ]),
    ),
  ).toBe(true);
  expect(metadata.replay(encodeMetadata([{ ref: 1, ...counter }]).subarray(0, 9))).toBe(false);
  const batch = head.writer.openBatch();
  for (const ref of [1, 2]) metadata.describe(batch, ref, counter);
  expect(written(metadata, batch)).toEqual(['2 counter bytes a "counter"\n😀']);
});

test('many long ones take several records; more text than there is room for is counted', () => {
  const { head, metadata } = newHead();
  const batch = head.writer.openBatch();
  for (let i = 0; i < 100; i++) metadata.describe(batch, i + 1, { ...gauge, help: `${i} `.repeat(4000) });
  const records = metadata.recordsOf(batch);
  expect(records.length).toBeGreaterThan(3);
  expect(Math.max(...records.map(({ length }) => length))).toBeLessThan(300_000);
  expect(written(metadata, batch)).toHaveLength(100);
  for (let i = 0; i < 40; i++) metadata.describe(batch, i + 1000, { ...gauge, help: `${i}`.padEnd(1_000_000, 'x') });
  expect(metadata.refused).toBeGreaterThan(0);
  // Texts of series that are gone make room.
  metadata.settle(batch, true);
  metadata.truncate();
  metadata.describe(batch, 1, { ...gauge, help: 'y'.repeat(1_000_000) });
  expect(written(metadata, batch)).toHaveLength(1);
});

test('records come back, and cut off anywhere they are malformed', () => {
  const entry = fc.record({
    ref: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    type: fc.constantFrom('unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'),
    unit: fc.string({ maxLength: 8 }),
    help: fc.string({ unit: 'grapheme', maxLength: 200 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), fc.nat(), (entries, cut) => {
      const record = encodeMetadata(entries);
      expect(decodeMetadata(record)).toEqual(entries);
      const part = decodeMetadata(record.subarray(0, 1 + (cut % (record.length - 1))));
      expect(part === null || part.length < entries.length).toBe(true);
    }),
  );
});

test('bytes as Prometheus writes them', () => {
  // tsdb/docs/format/wal.md: ref, type, number of fields, then names and values.
  expect(encodeMetadata([{ ref: 300, type: 'counter', unit: 'seconds', help: 'H' }]).toString('latin1')).toBe(
    '\x06\xac\x02\x01\x02\x04UNIT\x07seconds\x04HELP\x01H',
  );
  expect(decodeMetadata(Buffer.from('\x06\x05\x63\x03\x04HELP\x01H\x03NEW\x01x\x04UNIT\x00', 'latin1'))).toEqual([
    { ref: 5, type: 'unknown', unit: '', help: 'H' },
  ]);
});
