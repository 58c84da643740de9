// Replay of samples records: what stands in the log stands in the head afterwards, to the last bit; what cannot be taken is counted; and no
// record, however malformed, does more than end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { type PlainLog, samplesRecord } from '../../test/support/plain-log.ts';
import { walRecordSuite } from '../../test/support/wal-record-suite.ts';
import { HeadSeriesReader } from './index.ts';
import { at } from './layout.ts';

const SEED = 5_551_212;
const MALFORMED = 0xffffffff;
const START = 1_700_000_000_000;
const OLDEST = -8.64e15;
const STALE = 0x7ff0000000000002n;

type Sample = PlainLog['samples'][number];

function open(checked: boolean) {
  const head = new TestHead({ bytes: 64 * 1024 * 1024, checked, retentionMs: 0 });
  const { exports, buffer } = head.memory;
  const record = exports.arenaOf(0) >>> 0;
  const arena = exports.arenaOf(1) >>> 0;
  return {
    head,
    /** Series are given refs 1, 2, 3, … */
    addSeries(count: number): void {
      for (let i = 1; i <= count; i++) head.writer.series([['i', String(i)]], 1);
    },
    replay(bytes: Buffer, minT = OLDEST): number {
      bytes.copy(buffer, record);
      return exports.replaySamples(record, bytes.length, minT) >>> 0;
    },
    replaySeries(bytes: Buffer): number {
      bytes.copy(buffer, record);
      return exports.replaySeries(record, bytes.length) >>> 0;
    },
    /** All of them, by ref. */
    series(): Map<number, string[]> {
      const series = new HeadSeriesReader(head.reader);
      const { reader } = head;
      const found = new Map<number, string[]>();
      reader.inEpoch(() => {
        for (const ref of series.sortedRefs()) found.set(ref, reader.labels(reader.kernel.refToSlot(ref) >>> 0).flat());
      });
      series.dispose();
      return found;
    },
    stored(ref: number): Sample[] {
      const limit = 1000;
      exports.enterEpoch(0);
      const pinned = exports.pinSample(exports.refToSlot(ref) >>> 0, exports.horizon() >>> 0, arena);
      const times = arena + 64;
      const values = times + limit * 8;
      const n = pinned === 1 ? exports.pinnedSamples(arena, -9e15, 9e15, times, values, limit, values + limit * 8) : 0;
      exports.leaveEpoch(0);
      return Array.from({ length: n }, (_, i) => [
        ref,
        Number(buffer.readBigInt64LE(times + i * 8)),
        buffer.readBigUInt64LE(values + i * 8),
      ]);
    },
    get unknown(): number {
      return buffer.readUInt32LE(at.REPLAY_UNKNOWN);
    },
  };
}

const bits = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n << 63n, STALE, 0x7ff8000000000001n, 0xfff0000000000001n),
);
const samples = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.oneof(fc.integer({ min: START, max: START + 1e8 }), fc.integer({ min: -1e12, max: 4e12 })),
    bits,
  ),
  { minLength: 1, maxLength: 200, size: 'max' },
);

for (const checked of [false, true])
  walRecordSuite(
    `the kernel's replay, checked: ${checked}`,
    {
      samples(record) {
        const log = open(checked);
        log.addSeries(5);
        const count = log.replay(record);
        if (count === MALFORMED) return null;
        const samples = [1, 2, 3, 4, 5].flatMap((ref) => log.stored(ref));
        // As they stood in the record: the suite's are by time, then by ref.
        return { count, samples: samples.sort((a, b) => a[1] - b[1]) };
      },
      series(record) {
        const log = open(checked);
        const count = log.replaySeries(record);
        return count === MALFORMED ? null : { count, series: log.series() };
      },
    },
    { runs: checked ? 20 : 60 },
  );

describe.for([false, true])('checked: %s', (checked) => {
  test('records over records: each series has its samples that were newer than all before', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), fc.constantFrom(OLDEST, START, START + 5e7), (records, minT) => {
        const log = open(checked);
        log.addSeries(5);
        for (const one of records) expect(log.replay(samplesRecord(one), minT)).toBe(one.length);
        for (let ref = 1; ref <= 5; ref++) {
          const expected: Sample[] = [];
          for (const sample of records.flat())
            if (sample[0] === ref && sample[1] >= minT && sample[1] > (expected.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY))
              expected.push(sample);
          expect(log.stored(ref)).toEqual(expected);
        }
        expect(log.unknown).toBe(0);
      }),
      { seed: SEED, numRuns: checked ? 30 : 100 },
    );
  });

  test('what is far behind the newest sample is taken: the live bound is not for replay', () => {
    const log = open(checked);
    log.addSeries(2);
    const list: Sample[] = [
      [1, START, 1n],
      [2, START - 7 * 86_400_000, STALE],
    ];
    expect(log.replay(samplesRecord(list))).toBe(2);
    expect([...log.stored(1), ...log.stored(2)]).toEqual(list);
  });

  test('oldest and newest time follow what was taken', () => {
    const log = open(checked);
    log.addSeries(2);
    log.replay(
      samplesRecord([
        [1, START, 1n],
        [9, START + 5, 1n],
        [2, START - 3, 1n],
        [1, START - 9, 1n],
      ]),
      START - 5,
    );
    expect(log.head.writer.usage).toMatchObject({ minTimeMs: START - 3, maxTimeMs: START });
  });

  test('refs that lead nowhere, and times that cannot be, are counted and passed over', () => {
    const log = open(checked);
    log.addSeries(2);
    const check = (ref: number, t: number) => {
      const before = log.unknown;
      expect(log.replay(samplesRecord([[ref, t, 7n]]))).toBe(1);
      expect([ref, t, log.unknown - before]).toEqual([ref, t, 1]);
    };
    for (const ref of [0, 3, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52]) check(ref, START);
    check(1, 8.64e15 + 1);
    check(1, 2 ** 62);
    expect(log.replay(samplesRecord([[1, 8.64e15, 7n]]))).toBe(1);
    expect(log.replay(samplesRecord([[2, OLDEST, 7n]]))).toBe(1);
    expect([...log.stored(1), ...log.stored(2)]).toEqual([
      [1, 8.64e15, 7n],
      [2, OLDEST, 7n],
    ]);
  });

  test('what is no samples record is refused; what stands before the fault is taken', () => {
    const log = open(checked);
    log.addSeries(3);
    const list: Sample[] = [
      [1, START, 1n],
      [2, START + 300, 2n],
      [3, START - 70_000, 3n],
    ];
    const whole = samplesRecord(list);
    expect(log.replay(whole.subarray(0, whole.length - 1))).toBe(MALFORMED);
    expect([1, 2, 3].flatMap((ref) => log.stored(ref))).toEqual(list.slice(0, 2));
    expect(log.replay(Buffer.concat([Buffer.of(1), whole.subarray(1)]))).toBe(MALFORMED);
    expect(log.replay(Buffer.alloc(0))).toBe(MALFORMED);
  });
});
