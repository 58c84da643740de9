// The log's records in TypeScript, for what is not in the kernel: filtering them for a checkpoint, and tombstones
// (tsdb/docs/format/wal.md and tsdb/record/record.go of Prometheus). A record that is none gives null.
import { TOMBSTONE_FIELDS, type Tombstone } from '../../kernel/index.ts';
import { Decoder } from '../block/decoder.ts';
import { putVarint } from '../block/file-writer.ts';

/** 4, 5 and 7 to 14 are others of Prometheus's: exemplars, markers, histograms, samples with start times, the least time of a checkpoint. */
export const RecordType = { SERIES: 1, SAMPLES: 2, TOMBSTONES: 3, METADATA: 6 } as const;
/** No server writes higher ones. */
export const HIGHEST_RECORD_TYPE = 15;

/** Times beyond (the year 144,683) are no times; differences of those within are whole numbers still. */
const LATEST_MS = 2 ** 52;

/** A series record with those series alone whose ref is kept; null when the record is malformed, empty when none is left. */
export function filterSeries(record: Buffer, keep: (ref: number) => boolean, count: (kept: boolean) => void): Buffer | null {
  const decoder = new Decoder(record, 1);
  const kept: Buffer[] = [record.subarray(0, 1)];
  while (decoder.left > 0) {
    const begin = decoder.position;
    const ref = decoder.u64();
    for (let labels = decoder.uvarint(); labels > 0 && !decoder.failed; labels--) {
      decoder.take(decoder.uvarint());
      decoder.take(decoder.uvarint());
    }
    if (decoder.failed) return null;
    const stays = keep(ref);
    count(stays);
    if (stays) kept.push(record.subarray(begin, decoder.position));
  }
  return kept.length === 1 ? Buffer.alloc(0) : Buffer.concat(kept);
}

/**
 * A samples record without the samples before minTimeMs, and without those that no replay can take (refs and times out of bounds); null when
 * the record is malformed, empty when none is left.
 */
export function filterSamples(record: Buffer, minTimeMs: number, count: (kept: boolean) => void): Buffer | null {
  if (record.length === 1) return Buffer.alloc(0);
  const decoder = new Decoder(record, 1);
  const firstRef = decoder.u64();
  const firstTime = decoder.take(8).length === 8 ? record.readBigInt64BE(9) : 0n;
  const firstTimeMs = Number(firstTime);
  const out = Buffer.allocUnsafe(record.length + 32);
  let at = 17;
  let keptRef = 0;
  let keptTime = 0;
  while (decoder.left > 0) {
    const ref = firstRef + decoder.varint();
    const from = decoder.position;
    const difference = decoder.varint();
    const bits = decoder.take(8);
    if (decoder.failed) return null;
    // One absurd time in a record must not make the others inexact.
    const isExact = Number.isSafeInteger(difference) && Number.isSafeInteger(firstTimeMs);
    const time = isExact ? firstTimeMs + difference : Number(BigInt.asIntN(64, firstTime + exactVarint(record, from)));
    const stays = time >= minTimeMs && Math.abs(time) <= LATEST_MS && ref > 0 && ref <= Number.MAX_SAFE_INTEGER;
    count(stays);
    if (!stays) continue;
    if (keptRef === 0) {
      keptRef = ref;
      keptTime = time;
    }
    at = putVarint(out, at, ref - keptRef);
    at = putVarint(out, at, time - keptTime);
    at += bits.copy(out, at);
  }
  if (decoder.failed) return null;
  if (keptRef === 0) return Buffer.alloc(0);
  out[0] = RecordType.SAMPLES;
  out.writeBigUInt64BE(BigInt(keptRef), 1);
  out.writeBigInt64BE(BigInt(keptTime), 9);
  return out.subarray(0, at);
}

/** A varint that was found to be one. */
function exactVarint(bytes: Buffer, at: number): bigint {
  let value = 0n;
  for (let i = 0; ; i++) {
    value |= BigInt(bytes[at + i] & 0x7f) << BigInt(7 * i);
    if (bytes[at + i] < 0x80) break;
  }
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
}

export function decodeTombstones(record: Buffer): Tombstone[] | null {
  const decoder = new Decoder(record, 1);
  const stones: Tombstone[] = [];
  while (decoder.left > 0) stones.push({ ref: decoder.u64(), minTimeMs: decoder.varint(), maxTimeMs: decoder.varint() });
  return decoder.failed ? null : stones;
}

/** @param stones ref, first and last ms of each */
export function encodeTombstones(stones: Float64Array): Buffer {
  const out = Buffer.alloc(1 + (stones.length / TOMBSTONE_FIELDS) * 28);
  out[0] = RecordType.TOMBSTONES;
  let at = 1;
  for (let i = 0; i < stones.length; i += TOMBSTONE_FIELDS) {
    out.writeBigUInt64BE(BigInt(stones[i]), at);
    at = putVarint(out, at + 8, stones[i + 1]);
    at = putVarint(out, at, stones[i + 2]);
  }
  return out.subarray(0, at);
}

/** The metadata of each series that a record tells: the ref, and its bytes in the record. */
export function splitMetadata(record: Buffer): { readonly ref: number; readonly bytes: Buffer }[] | null {
  const decoder = new Decoder(record, 1);
  const found: { ref: number; bytes: Buffer }[] = [];
  while (decoder.left > 0) {
    const begin = decoder.position;
    const ref = decoder.uvarint();
    decoder.u8();
    for (let fields = decoder.uvarint(); fields > 0 && !decoder.failed; fields--) {
      decoder.take(decoder.uvarint());
      decoder.take(decoder.uvarint());
    }
    if (decoder.failed) return null;
    found.push({ ref, bytes: Buffer.from(record.subarray(begin, decoder.position)) });
  }
  return decoder.failed ? null : found;
}

export function joinMetadata(parts: Iterable<Buffer>): Buffer {
  return Buffer.concat([Buffer.from([RecordType.METADATA]), ...parts]);
}
