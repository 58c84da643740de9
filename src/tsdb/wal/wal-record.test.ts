// The records that a checkpoint filters, beside a plain reading of them (test/support/plain-log.ts); and whatever else the bytes may be.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlainLog, plainLog, samplesRecord, seriesRecord } from '../../../test/support/plain-log.ts';
import { walRecordSuite } from '../../../test/support/wal-record-suite.ts';
import { flatTombstones, type Tombstone } from '../../kernel/index.ts';
import { decodeTombstones, encodeTombstones, filterSamples, filterSeries, joinMetadata, splitMetadata } from './wal-record.ts';

type Samples = PlainLog['samples'];
type Series = readonly (readonly [ref: number, labels: readonly string[]])[];

const STALE = 0x7ff0000000000002n;
const LATEST = 2 ** 52;
const refs = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
const times = fc.oneof(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }), fc.integer({ min: -LATEST, max: LATEST }));
const bits = fc.oneof(fc.constant(STALE), fc.constant(0x7ff8000000000001n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

const everything = { has: () => true } as unknown as PlainLog['series'];

walRecordSuite("the checkpoints' filter", {
  samples(record) {
    let count = 0;
    const kept = filterSamples(record, Number.NEGATIVE_INFINITY, () => count++);
    return kept === null ? null : { count, samples: samplesIn(kept) };
  },
  series(record) {
    let count = 0;
    const keep = () => true;
    const kept = filterSeries(record, keep, () => count++);
    return kept === null ? null : { count, series: kept.length === 0 ? new Map() : plainLog([kept]).series };
  },
});

/** What a plain reader finds in a samples record; an empty one is none. */
function samplesIn(record: Buffer): Samples {
  if (record.length === 0) return [];
  return plainLog([record], { series: everything, samples: [] }).samples;
}

test('samples: those from minTimeMs on stay, bit for bit, and each is counted', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(refs, times, bits), { maxLength: 30 }), times, (samples, minTimeMs) => {
      let kept = 0;
      let dropped = 0;
      const record = filterSamples(samplesRecord(samples), minTimeMs, (stays) => (stays ? kept++ : dropped++))!;
      const expected = samples.filter(([, t]) => t >= minTimeMs);
      expect(samplesIn(record)).toEqual(expected);
      expect([kept, dropped]).toEqual([expected.length, samples.length - expected.length]);
    }),
    { numRuns: 300 },
  );
});

function checkDropped(name: string, [ref, t]: readonly [ref: bigint, t: bigint]): void {
  test(`samples: ${name} is dropped, the others stay`, () => {
    // samplesRecord takes bigints as they are.
    const odd = [ref, t, 5n] as unknown as Samples[number];
    const good: Samples[number] = [7, 1000, STALE];
    for (const samples of [
      [odd, good],
      [good, odd],
    ])
      expect(samplesIn(filterSamples(samplesRecord(samples), Number.NEGATIVE_INFINITY, () => {})!)).toEqual([good]);
  });
}
checkDropped('ref 0', [0n, 1000n]);
checkDropped('a time that no clock shows', [7n, BigInt(LATEST) + 1n]);
checkDropped('the last time of all', [7n, 2n ** 63n - 1n]);
checkDropped('about the first time of all', [7n, -(2n ** 63n) + 2000n]);

test('series: those that are kept stay byte for byte', () => {
  const labels = fc.array(fc.tuple(fc.string({ maxLength: 200 }), fc.string({ maxLength: 20 })), { maxLength: 5 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(refs, labels), { selector: ([ref]) => ref, maxLength: 8 }), fc.func(fc.boolean()), (list, keep) => {
      const series: Series = list.map(([ref, pairs]) => [ref, pairs.flat()]);
      const kept = series.filter(([ref]) => keep(ref));
      const record = filterSeries(seriesRecord(series), keep, () => {});
      expect(record).toEqual(kept.length === 0 ? Buffer.alloc(0) : seriesRecord(kept));
    }),
  );
});

test('tombstones: what is encoded is decoded, also from and to for ever', () => {
  const stone = fc.record({ ref: refs, minTimeMs: times, maxTimeMs: times });
  fc.assert(
    fc.property(fc.array(stone, { maxLength: 9 }), (stones) => {
      expect(decodeTombstones(encodeTombstones(flatTombstones(stones)))).toEqual(stones);
    }),
  );
  const forEver: Tombstone[] = [{ ref: 3, minTimeMs: -(2 ** 63), maxTimeMs: 2 ** 63 }];
  expect(encodeTombstones(flatTombstones(forEver)).toString('hex')).toBe('030000000000000003ffffffffffffffffff01feffffffffffffffff01');
  expect(decodeTombstones(encodeTombstones(flatTombstones(forEver)))).toEqual(forEver);
});

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? Buffer.of(bytes.length) : Buffer.of((bytes.length & 0x7f) | 0x80, bytes.length >> 7);
  return Buffer.concat([length, bytes]);
}

test('metadata: taken apart and put together again', () => {
  const one = Buffer.concat([Buffer.of(5, 1, 2), ...['UNIT', 'bytes', 'HELP', 'What it is.'].map(text)]);
  const two = Buffer.concat([Buffer.of(0x80 | 3, 2, 2, 3), ...['UNIT', '', 'HELP', 'x'.repeat(150), 'MORE', 'later'].map(text)]);
  const parts = splitMetadata(joinMetadata([one, two]))!;
  expect(parts).toEqual([
    { ref: 5, bytes: one },
    { ref: 259, bytes: two },
  ]);
});

const readings: readonly [type: number, name: string, read: (record: Buffer) => unknown][] = [
  [3, 'tombstones', (record) => decodeTombstones(record) && encodeTombstones(flatTombstones(decodeTombstones(record)!))],
  [6, 'metadata', (record) => splitMetadata(record)],
];
for (const [type, name, read] of readings)
  test(`${name}: any bytes are read, or are malformed, and never more`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        read(Buffer.from([type, ...bytes]));
      }),
      { numRuns: 5000 },
    );
  });

function checkMalformed(name: string, hex: string): void {
  test(`malformed: ${name}`, () => {
    const record = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(readings.find(([type]) => type === record[0])![2](record)).toBe(null);
  });
}
checkMalformed('a tombstone cut off', '03 0000000000000001 02');
checkMalformed('metadata beyond the record', '06 01 01 02 04 55');
