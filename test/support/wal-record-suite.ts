// What every reader of the log's series and samples records must do: the kernel's replay (assembly/replay-*.ts) and the checkpoints' filter
// (src/tsdb/wal/wal-record.ts). Which records are well formed is the same for both.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlainLog, samplesRecord, seriesRecord } from './plain-log.ts';

export interface WalRecordsUnderTest {
  /** How many samples a record has, and those it brings, in its order; null: it is malformed. Refs 1 to 5 are series that are new each time. */
  samples(record: Buffer): { readonly count: number; readonly samples: PlainLog['samples'] } | null;
  /** How many series a record has, and their labels by ref; null: it is malformed. The log is new each time. */
  series(record: Buffer): { readonly count: number; readonly series: ReadonlyMap<number, readonly string[]> } | null;
}

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? 5_551_212);
const START = 1_700_000_000_000;
const STALE = 0x7ff0000000000002n;

const bits = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n << 63n, STALE, 0x7ff8000000000001n, 0xfff0000000000001n, 0x7ff0000000000000n),
);
/** By time, then by ref: each series' times ascend. */
const samples = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.oneof(fc.integer({ min: START, max: START + 1e8 }), fc.integer({ min: -1e12, max: 4e12 })),
      bits,
    ),
    {
      minLength: 1,
      maxLength: 200,
      size: 'max',
    },
  )
  .map((list): PlainLog['samples'] => {
    const seen = new Set<string>();
    const sorted = [...list].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    return sorted.filter(([ref, t]) => !seen.has(`${ref} ${t}`) && seen.add(`${ref} ${t}`));
  });
const labels = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,12}$/), fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' })), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 6,
  })
  .map((pairs) => pairs.sort(([a], [b]) => (a < b ? -1 : 1)).flat());
const series = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 1e6 }), labels), { selector: ([ref]) => ref, minLength: 1, maxLength: 12 })
  .map((list) => list.filter(([, own], i) => list.findIndex(([, other]) => String(other) === String(own)) === i));

export function walRecordSuite(name: string, records: WalRecordsUnderTest, { runs = 150 } = {}): void {
  describe(name, () => {
    test('samples come back to the last bit, whatever lies between their refs and times', () => {
      fc.assert(
        fc.property(samples, (list) => {
          expect(records.samples(samplesRecord(list))).toEqual({ count: list.length, samples: list });
        }),
        { seed: SEED, numRuns: runs },
      );
    });

    test('series come back, with any texts', () => {
      fc.assert(
        fc.property(series, (list) => {
          expect(records.series(seriesRecord(list))).toEqual({ count: list.length, series: new Map(list) });
        }),
        { seed: SEED, numRuns: runs },
      );
    });

    const checkMalformed = (what: string, hex: string) => {
      const record = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      test(`malformed: ${what}`, () => expect(record[0] === 1 ? records.series(record) : records.samples(record)).toBe(null));
    };
    checkMalformed('a ref of a series cut off', '01 000000');
    checkMalformed('a series without a count of labels', '01 0000000000000001');
    checkMalformed('a label beyond the record', '01 0000000000000001 01 7f 61');
    checkMalformed('labels without end', '01 0000000000000001 ffffffffffff0f');
    checkMalformed('labels of a length beyond all numbers', '01 0000000000000001 01 ffffffffffffffffff01');
    checkMalformed('a first sample cut off', '02 0000000000000001 00000000');
    checkMalformed('a sample without a time', '02 0000000000000001 0000000000000001 00');
    checkMalformed('a value cut off', '02 0000000000000001 0000000000000001 00 00 00000000');
    checkMalformed('a varint of 11 bytes', '02 0000000000000001 0000000000000001 ffffffffffffffffffffff01 00 0000000000000000');

    test('records without samples or series', () => {
      expect(records.samples(Buffer.of(2))).toEqual({ count: 0, samples: [] });
      expect(records.samples(samplesRecord([]))).toEqual({ count: 0, samples: [] });
      expect(records.series(Buffer.of(1))).toEqual({ count: 0, series: new Map() });
    });

    test('cut off at every byte: malformed, unless it ends behind a sample or a series', () => {
      const list: PlainLog['samples'] = [
        [1, START, 1n],
        [2, START + 300, 2n],
        [3, START + 70_000, STALE],
      ];
      const cutAt = (whole: Buffer, ends: readonly number[], read: (record: Buffer) => { readonly count: number } | null) => {
        for (let length = 1; length <= whole.length; length++) {
          const place = ends.indexOf(length);
          expect([length, read(whole.subarray(0, length))?.count]).toEqual([length, place < 0 ? undefined : place]);
        }
      };
      const wholeSamples = samplesRecord(list);
      // 17 bytes, which say nothing by themselves; then 1 + 1 + 8, 1 + 2 + 8, 1 + 3 + 8.
      for (const [i, length] of [17, 27, 38, 50].entries()) expect(records.samples(wholeSamples.subarray(0, length))?.count).toBe(i);
      cutAt(wholeSamples.subarray(0, 17), [1], (record) => (record.length === 17 ? null : records.samples(record)));
      for (let length = 18; length < 50; length++)
        if (![27, 38].includes(length)) expect([length, records.samples(wholeSamples.subarray(0, length))]).toEqual([length, null]);
      const one = seriesRecord([[1, ['a', 'x', 'b', 'y']]]);
      const two = seriesRecord([
        [1, ['a', 'x', 'b', 'y']],
        [2, ['c', 'z']],
      ]);
      cutAt(two, [1, one.length, two.length], (record) => records.series(record));
    });

    test('changed bytes and any bytes: malformed, or no more than there is room for', () => {
      const check = (record: Buffer) => {
        const read = record[0] === 1 ? records.series(record) : records.samples(record);
        // A series takes 9 bytes at least, a sample 10.
        if (read !== null) expect(read.count).toBeLessThanOrEqual(record.length / 9);
      };
      const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(samples, series, changes, fc.uint8Array({ maxLength: 300, size: 'max' }), (some, others, list, bytes) => {
          for (const record of [samplesRecord(some), seriesRecord(others)]) {
            for (const [place, byte] of list) record[1 + (place % (record.length - 1))] = byte;
            check(record);
          }
          check(Buffer.from([1, ...bytes]));
          check(Buffer.from([2, ...bytes]));
        }),
        { seed: SEED, numRuns: runs * 3 },
      );
    });
  });
}
