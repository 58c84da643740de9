// What the kernel encodes for the log, read by a plain reader: every record whole wherever in a page it begins, every sample and its series
// there, to the last bit, and nothing that the append will refuse.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { seededRandom } from '../../test/support/made-blocks.ts';
import { type PlainLog, plainLog, plainRecords } from '../../test/support/plain-log.ts';
import { walFramingSuite } from '../../test/support/wal-framing-suite.ts';
import { at, PIECE_SAMPLES, type SampleBatch, type WalCompression, WalEncoder } from './index.ts';

const SEED = 99_417;
const START = 1_700_000_000_000;
const STALE = 0x7ff0000000000002n;
const COMPRESSIONS: readonly WalCompression[] = ['none', 'snappy', 'zstd'];
/** The last offset of a page where a fragment's header fits. */
const LAST_BEGIN = 32_768 - 7;

/** 1,020,000 bytes: a series' labels may take 1 MiB. */
const LONGEST = '€'.repeat(340_000);

class Log {
  readonly head: TestHead;
  readonly encoder: WalEncoder;

  constructor(checked: boolean) {
    this.head = new TestHead({ bytes: 128 * 1024 * 1024, checked });
    this.encoder = new WalEncoder(this.head.memory);
  }

  slot(labels: Record<string, string>): number {
    return this.head.writer.series(Object.entries(labels), 1);
  }

  ref(slot: number): number {
    const { buffer } = this.head.memory;
    return buffer.readUInt32LE(buffer.readUInt32LE(at.COLD_BASE) + slot * 32);
  }

  batch(samples: readonly (readonly [slot: number, t: number, v: number | 'stale'])[]): SampleBatch {
    const batch = this.head.writer.openBatch();
    for (const [slot, t, v] of samples) {
      if (v === 'stale') batch.pushStale(slot, t);
      else batch.push(slot, t, v);
    }
    return batch;
  }

  commit(batch: SampleBatch) {
    for (let piece = this.head.writer.append(batch, 0, 1); piece !== 0; ) piece = this.head.writer.append(batch, piece, 1);
    const counts = this.head.writer.commit();
    batch.free();
    return counts;
  }

  /** The outputs that these batches take, each behind the other from `pageUsed` on, as one. */
  encode(batches: readonly SampleBatch[], compression: WalCompression, pageUsed = 0): { bytes: Buffer; outputs: number } {
    const parts: Buffer[] = [];
    let used = pageUsed;
    let piece = 0;
    for (let i = 0; i < batches.length; ) {
      this.encoder.begin(used, compression);
      for (; i < batches.length; i++) {
        piece = this.encoder.addBatch(batches[i], piece);
        if (piece !== 0) break;
      }
      const output = Buffer.from(this.encoder.takeOutput());
      parts.push(output);
      if (output.length === 0 && i < batches.length) throw new Error('want at least something of a batch in an empty output');
      if (parts.length > 50) throw new Error('want an end');
      used = (used + output.length) % 32_768;
    }
    return { bytes: Buffer.concat(parts), outputs: parts.length };
  }

  /** What is written of one batch that begins a page. */
  written(samples: readonly (readonly [slot: number, t: number, v: number | 'stale'])[]): PlainLog {
    const batch = this.batch(samples);
    const log = plainLog(plainRecords(this.encode([batch], 'none').bytes));
    batch.free();
    return log;
  }
}

function bitsOf(v: number | 'stale'): bigint {
  const bytes = Buffer.alloc(8);
  if (v === 'stale') return STALE;
  bytes.writeDoubleBE(v);
  return bytes.readBigUInt64BE();
}

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: 0, max: 1000 }),
  fc.constantFrom<number | 'stale'>('stale', 0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
);
const labels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }), {
  minKeys: 1,
  maxKeys: 8,
});
const pageUsed = fc.oneof(fc.nat(LAST_BEGIN), fc.integer({ min: LAST_BEGIN - 40, max: LAST_BEGIN }));
/** Rounds of batches that are written together: of each sample which series, how much later than that one's newest, and the value. */
const rounds = fc.array(
  fc.array(fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: -3, max: 60_000 }), value), { maxLength: 60 }), {
    minLength: 1,
    maxLength: 3,
  }),
  { minLength: 1, maxLength: 3 },
);

for (const checked of [false, true]) {
  const log = new Log(checked);
  walFramingSuite(
    `the kernel's encoder, checked: ${checked}`,
    {
      // Nothing is committed: every series stays new.
      encode(list, compression, pageUsed) {
        const batches = list.map((samples) => log.batch(samples.map(({ labels, t, v }) => [log.slot(labels), t, v])));
        const { bytes } = log.encode(batches, compression, pageUsed);
        for (const batch of batches) batch.free();
        return bytes;
      },
    },
    { runs: checked ? 20 : 60 },
  );
}

describe.for([false, true])('checked: %s', (checked) => {
  test.for(COMPRESSIONS)('batches come back as they will be appended (%s)', (compression) => {
    fc.assert(
      fc.property(fc.uniqueArray(labels, { minLength: 1, maxLength: 12, selector: keyOf }), rounds, pageUsed, (series, all, begin) => {
        const log = new Log(checked);
        const slots = series.map((one) => log.slot(one));
        const newest = new Map<number, number>();
        const found: PlainLog = { series: new Map(), samples: [] };
        const expected: PlainLog['samples'] = [];
        let used = begin;
        for (const round of all) {
          const batches = round.map((samples) =>
            log.batch(samples.map(([which, later, v]) => [slots[which % slots.length], timeOf(newest, which % slots.length, later), v])),
          );
          const { bytes } = log.encode(batches, compression, used);
          plainLog(plainRecords(bytes, used), found);
          used = (used + bytes.length) % 32_768;
          // Known to be refused is what is not newer than a sample of an earlier round.
          const before = new Map(newest);
          for (const [which, later, v] of round.flat()) {
            const i = which % slots.length;
            const t = timeOf(before, i, later);
            if (before.has(i) && t <= before.get(i)!) continue;
            expected.push([log.ref(slots[i]), t, bitsOf(v)]);
            newest.set(i, Math.max(t, newest.get(i) ?? t));
          }
          for (const batch of batches) log.commit(batch);
        }
        expect(found.samples).toEqual(expected);
        for (const [ref, texts] of found.series) {
          const i = slots.findIndex((slot) => log.ref(slot) === ref);
          expect(texts).toEqual(Object.entries(series[i]).sort(byName).flat());
        }
        expect(found.series.size).toBe(newest.size);
      }),
      { seed: SEED, numRuns: checked ? 40 : 100 },
    );
  });

  test.for(COMPRESSIONS)('records that were made elsewhere come behind the batches, until there is no more room (%s)', (compression) => {
    const log = new Log(checked);
    const batch = log.batch([[log.slot({ __name__: 'm' }), START, 1]]);
    const random = seededRandom(SEED);
    // The second is as long as one may be, and does not get smaller.
    const records = [40, 1536 * 1024, 3, 700_000].map((length) => Buffer.alloc(length, 3));
    for (let i = 1; i < records[1].length; i++) records[1][i] = random() * 256;
    log.encoder.begin(LAST_BEGIN, compression);
    expect(log.encoder.addBatch(batch, 0)).toBe(0);
    for (const record of [...records, records[1]]) expect(log.encoder.addRecord(record)).toBe(true);
    expect(log.encoder.addRecord(records[1])).toBe(false);
    const [series, samples, ...others] = plainRecords(Buffer.from(log.encoder.takeOutput()), LAST_BEGIN);
    expect([series[0], samples[0]]).toEqual([1, 2]);
    expect(others.map(({ length }) => length)).toEqual([...records, records[1]].map(({ length }) => length));
    expect(Buffer.concat(others).equals(Buffer.concat([...records, records[1]]))).toBe(true);
    batch.free();
  });

  test('an output begins where a header fits', () => {
    expect(() => new Log(checked).encoder.begin(LAST_BEGIN + 1, 'none')).toThrow('where no header fits');
  });

  test('a series is written with its first sample, and not again once that is in the head', () => {
    const log = new Log(checked);
    const [x, y] = [log.slot({ a: 'x' }), log.slot({ a: 'y' })];
    const check = (samples: readonly (readonly [number, number, number])[], series: number[], count: number) => {
      const written = log.written(samples);
      expect([[...written.series.keys()], written.samples.length]).toEqual([series.map((slot) => log.ref(slot)), count]);
    };
    check([[x, START, 1]], [x], 1);
    check([[x, START, 1]], [x], 1); // not committed: the write may have failed
    log.commit(log.batch([[x, START, 1]]));
    check(
      [
        [x, START, 1],
        [x, START - 1, 2],
      ],
      [],
      0,
    );
    const both = log.batch([
      [x, START + 1, 1],
      [y, START + 1, 1],
      [x, START + 2, 1],
    ]);
    const known = new Map([[log.ref(x), ['a', 'x']]]);
    expect(plainLog(plainRecords(log.encode([both], 'none').bytes), { series: known, samples: [] })).toEqual({
      series: new Map([
        [log.ref(x), ['a', 'x']],
        [log.ref(y), ['a', 'y']],
      ]),
      samples: [
        [log.ref(x), START + 1, bitsOf(1)],
        [log.ref(y), START + 1, bitsOf(1)],
        [log.ref(x), START + 2, bitsOf(1)],
      ],
    });
    expect(log.commit(both)).toMatchObject({ appended: 3 });
  });

  test('what is too old is not written, nor is its series: replay would take it', () => {
    const log = new Log(checked);
    const [x, y] = [log.slot({ a: 'x' }), log.slot({ a: 'y' })];
    log.commit(log.batch([[x, START, 1]]));
    const check = (t: number, written: number, counts: object) => {
      expect([t, log.written([[y, t, 1]])]).toMatchObject([t, { series: { size: written }, samples: { length: written } }]);
      expect(log.commit(log.batch([[y, t, 1]]))).toMatchObject(counts);
    };
    check(START - 3_600_001, 0, { tooOld: 1, appended: 0 });
    check(START - 3_600_000, 1, { tooOld: 0, appended: 1 });
    log.head.writer.truncateBefore(START + 10);
    const z = log.slot({ a: 'z' });
    expect(log.written([[z, START + 9, 1]]).samples).toHaveLength(0);
    expect(log.written([[z, START + 10, 1]]).samples).toHaveLength(1);
  });

  test('what a block has is too old for an empty head as well', () => {
    const log = new Log(checked);
    const x = log.slot({ a: 'x' });
    log.head.writer.truncateBefore(START);
    expect(log.written([[x, START - 1, 1]])).toMatchObject({ series: { size: 0 }, samples: [] });
    expect(log.commit(log.batch([[x, START - 1, 1]]))).toMatchObject({ tooOld: 1, appended: 0 });
    expect(log.commit(log.batch([[x, START, 1]]))).toMatchObject({ tooOld: 0, appended: 1 });
  });

  test.for(COMPRESSIONS)('batches of many pieces and labels of a megabyte go on in the next output (%s)', (compression) => {
    const log = new Log(checked);
    const large = Array.from({ length: 9 }, (_, i) => log.slot({ i: String(i), text: LONGEST }));
    const many = Array.from({ length: PIECE_SAMPLES * 3 + 7 }, (_, i) => log.slot({ many: String(i) }));
    const samples = [...large, ...many].map((slot, i) => [slot, START + i, Math.sqrt(i)] as const);
    const batches = [log.batch(samples.slice(0, 5000)), log.batch([]), log.batch(samples.slice(5000))];
    const { bytes, outputs } = log.encode(batches, compression, 100);
    expect(outputs).toBeGreaterThan(compression === 'snappy' ? 0 : 2);
    const found = plainLog(plainRecords(bytes, 100));
    expect(found.samples).toEqual(samples.map(([slot, t, v]) => [log.ref(slot), t, bitsOf(v)]));
    expect(found.series.size).toBe(samples.length);
    expect(found.series.get(log.ref(large[4]))).toEqual(['i', '4', 'text', LONGEST]);
  });
});

function keyOf(one: Record<string, string>): string {
  return JSON.stringify(Object.entries(one).sort(byName));
}

/** By bytes; names here are ASCII. */
function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

function timeOf(newest: Map<number, number>, i: number, later: number): number {
  return (newest.get(i) ?? START) + later;
}
