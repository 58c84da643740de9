// What every encoder of the log must do: the kernel's (assembly/wal-encode.ts, the live log) and the checkpoints' writer
// (src/tsdb/wal/wal-writer.ts). What they write is read by a plain reader and by ours, which must see the same; damaged, it is a prefix to ours.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from './made-blocks.ts';
import { plainLog, plainRecords } from './plain-log.ts';
import { type Compression, compressions, fragment, newFolder, readLog } from './wal-folder.ts';

export interface LogSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly t: number;
  readonly v: number | 'stale';
}

export interface WalEncoderUnderTest {
  /** The batches as series and samples records, in a new log, framed so that the first byte stands at `pageUsed` of a page. */
  encode(batches: readonly (readonly LogSample[])[], compression: Compression, pageUsed: number): Buffer;
}

const PAGE_BYTES = 32_768;
const HEADER_BYTES = 7;
/** Where a record may begin at the latest. */
const LAST_BEGIN = PAGE_BYTES - HEADER_BYTES;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? 99_417);
const START = 1_700_000_000_000;
const STALE = 0x7ff0000000000002n;
const noise = (length: number) => {
  const random = seededRandom(length);
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i === 0 ? 7 : random() * 256)));
};

/** A record that nothing compresses, and that brings a new segment to this place of its page. */
export function filler(pageUsed: number): Buffer[] {
  return pageUsed === 0 ? [] : [noise(pageUsed - HEADER_BYTES)];
}

/** Ours sees what the plain reader sees. */
function recordsOf(bytes: Buffer, pageUsed: number): Buffer[] {
  const plain = plainRecords(bytes, pageUsed);
  const folder = newFolder();
  writeFileSync(join(folder, '00000000'), Buffer.concat([...filler(pageUsed).map((record) => fragment(1, record)), bytes]));
  const { records, corruption } = readLog(folder);
  rmSync(folder, { recursive: true });
  expect(corruption).toBe(null);
  expect(records.slice(filler(pageUsed).length)).toEqual(plain);
  return plain;
}

export function bitsOf(v: number | 'stale'): bigint {
  const bytes = Buffer.alloc(8);
  if (v === 'stale') return STALE;
  bytes.writeDoubleBE(v);
  return bytes.readBigUInt64BE();
}

const labelsText = (texts: readonly string[]) => JSON.stringify(texts);
export const sortedLabels = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat();

/** Samples with the labels that their refs were given. */
function contentOf(records: readonly Buffer[]): unknown[] {
  const { series, samples } = plainLog(records);
  return samples.map(([ref, t, bits]) => [labelsText(series.get(ref)!), t, bits]);
}

const expected = (batches: readonly (readonly LogSample[])[]) =>
  batches.flat().map(({ labels, t, v }) => [labelsText(sortedLabels(labels)), t, bitsOf(v)]);

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: 0, max: 1000 }),
  fc.constantFrom<number | 'stale'>('stale', 0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
);
const labels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }), {
  minKeys: 1,
  maxKeys: 8,
});
const place = fc.oneof(fc.constant(0), fc.integer({ min: 8, max: LAST_BEGIN }), fc.integer({ min: LAST_BEGIN - 40, max: LAST_BEGIN }));
/** Of each sample its series, and how much later than the sample before it comes. */
const batches = fc
  .tuple(
    fc.uniqueArray(labels, { minLength: 1, maxLength: 8, selector: (one) => labelsText(sortedLabels(one)) }),
    fc.array(fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 60_000 }), value), { minLength: 1, maxLength: 60 }), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([series, lists]) => {
    let t = START;
    return lists.map((list) =>
      list.map(([which, later, v]): LogSample => {
        t += later;
        return { labels: series[which % series.length], t, v };
      }),
    );
  });

/** Its last byte is no zero. */
const sample = (i: number): LogSample => ({ labels: { i: String(i) }, t: START + i, v: i + 0.1 });

export function walFramingSuite(name: string, encoder: WalEncoderUnderTest, { runs = 60 } = {}): void {
  describe.for(compressions)(`${name} (%s)`, (compression) => {
    test('batches come back to the last bit, wherever in a page they begin', () => {
      fc.assert(
        fc.property(batches, place, (list, pageUsed) => {
          expect(contentOf(recordsOf(encoder.encode(list, compression, pageUsed), pageUsed))).toEqual(expected(list));
        }),
        { seed: SEED, numRuns: runs },
      );
    });

    test('at all the last places of a page', () => {
      const list = [[sample(0), sample(1), sample(2)], [sample(3)]];
      for (let pageUsed = LAST_BEGIN; pageUsed > LAST_BEGIN - 150; pageUsed--)
        expect([pageUsed, contentOf(recordsOf(encoder.encode(list, compression, pageUsed), pageUsed))]).toEqual([pageUsed, expected(list)]);
    });

    test('records that leave 0 to 12 bytes of a page, with others behind them', () => {
      const list = [[sample(0)], [sample(1)]];
      const length = firstEnd(encoder, list);
      for (let left = 0; left <= 12; left++) {
        const pageUsed = PAGE_BYTES - length - left;
        expect([left, contentOf(recordsOf(encoder.encode(list, compression, pageUsed), pageUsed))]).toEqual([left, expected(list)]);
      }
    });

    test('many samples, and labels longer than a page', () => {
      const long = (i: number): LogSample => ({ labels: { i: String(i), text: '€'.repeat(30_000) }, t: START + i, v: i });
      const list = [Array.from({ length: 5000 }, (_, i) => sample(i)), [long(5000), long(5001)], [sample(5002)]];
      expect(contentOf(recordsOf(encoder.encode(list, compression, 100), 100))).toEqual(expected(list));
    });

    test('cut off anywhere, or with a bit flipped anywhere: a prefix, and why, or nothing is changed', () => {
      const list = [[sample(0), sample(1)], Array.from({ length: 1500 }, (_, i) => sample(2 + i)), [sample(9999)]];
      const bytes = encoder.encode(list, compression, 0);
      const records = plainRecords(bytes);
      const folder = newFolder();
      const random = seededRandom(SEED);
      const check = (damaged: Buffer, where: string, isCut: boolean) => {
        writeFileSync(join(folder, '00000000'), damaged);
        const { records: found, corruption } = readLog(folder);
        expect(found, where).toEqual(records.slice(0, found.length));
        // What is cut off between two records is a shorter log.
        if (!isCut && found.length < records.length) expect(corruption?.reason, where).toBeTruthy();
      };
      for (let round = 0; round < 150; round++) {
        const length = round < 40 ? round : Math.floor(random() * bytes.length);
        check(bytes.subarray(0, length), `cut off at ${length} of ${bytes.length}`, true);
      }
      const anywhere = Array.from({ length: 150 }, (_, i): [number, number] => [Math.floor(random() * bytes.length), i % 8]);
      for (const [at, bit] of [...kindBits(bytes), ...anywhere]) {
        const damaged = Buffer.from(bytes);
        damaged[at] ^= 1 << bit;
        check(damaged, `bit ${bit} of byte ${at} of ${bytes.length}`, false);
      }
    });
  });
}

/** Those of the kinds of fragments, which no checksum covers. */
function kindBits(segment: Buffer): [at: number, bit: number][] {
  const bits: [number, number][] = [];
  for (let at = 0; at < segment.length; ) {
    const left = PAGE_BYTES - (at % PAGE_BYTES);
    if (left < HEADER_BYTES || segment[at] === 0) at += left;
    else {
      for (let bit = 0; bit < 8; bit++) bits.push([at, bit]);
      at += HEADER_BYTES + segment.readUInt16BE(at + 1);
    }
  }
  return bits;
}

/** Where what a first batch takes ends, without what may pad it. */
function firstEnd(encoder: WalEncoderUnderTest, [first]: readonly (readonly LogSample[])[]): number {
  const bytes = encoder.encode([first], 'none', 0);
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return end;
}
