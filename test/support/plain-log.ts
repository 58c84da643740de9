// A plain reader of the write-ahead log's bytes, from Prometheus's documents (tsdb/docs/format/wal.md, tsdb/wlog, tsdb/record) and without
// a line of ours: the judge of what the kernel encodes. It throws at the first byte that is not as they say.
import { zstdDecompressSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { plainCrc32c } from './plain-crc32c.ts';

const PAGE_BYTES = 32_768;

/** Records of an output that begins at `pageUsed` of a page, without their compression. */
export function plainRecords(bytes: Buffer, pageUsed = 0): Buffer[] {
  const records: Buffer[] = [];
  let parts: Buffer[] | null = null;
  let flags = 0;
  for (let at = 0; at < bytes.length; ) {
    const left = PAGE_BYTES - ((pageUsed + at) % PAGE_BYTES);
    const kind = bytes[at];
    if (left < 7 || kind === 0) {
      if (parts !== null || bytes.subarray(at, at + left).some((byte) => byte !== 0)) throw new Error(`bad padding at ${at}`);
      at += left;
      continue;
    }
    const length = bytes.readUInt16BE(at + 1);
    if (length > left - 7 || at + 7 + length > bytes.length) throw new Error(`a fragment of ${length} bytes at ${at}, ${left} left`);
    const data = bytes.subarray(at + 7, at + 7 + length);
    if (plainCrc32c.crc32c(data) !== bytes.readUInt32BE(at + 3)) throw new Error(`checksum at ${at}`);
    const type = kind & 7;
    if (type > 4 || kind > 31 || type <= 2 !== (parts === null)) throw new Error(`a fragment of kind ${kind} at ${at}`);
    parts ??= [];
    if (type <= 2) flags = kind & 0x18;
    else if (flags !== (kind & 0x18)) throw new Error(`other flags at ${at}`);
    parts.push(data);
    if (type === 1 || type === 4) {
      const packed = Buffer.concat(parts);
      records.push(flags === 0 ? packed : flags === 8 ? Buffer.from(uncompress(packed)) : zstdDecompressSync(packed));
      parts = null;
    }
    at += 7 + length;
  }
  if (parts !== null) throw new Error('the last record has no end');
  return records;
}

export interface PlainLog {
  /** Label names and values by ref, in the order they came; a ref that comes again must bring the same. */
  readonly series: Map<number, readonly string[]>;
  /** ref, ms, value's bits. */
  readonly samples: (readonly [ref: number, t: number, bits: bigint])[];
}

/** Series and samples of records, added to `log`. */
export function plainLog(records: readonly Buffer[], log: PlainLog = { series: new Map(), samples: [] }): PlainLog {
  for (const record of records) {
    if (record[0] === 1) takeSeries(record, log);
    else if (record[0] === 2) takeSamples(record, log);
    else throw new Error(`a record of type ${record[0]}`);
  }
  return log;
}

function takeSeries(record: Buffer, { series }: PlainLog): void {
  let at = 1;
  const uvarint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = record.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = uvarint();
    at += length;
    if (at > record.length) throw new Error('a text beyond its record');
    return record.toString('utf8', at - length, at);
  };
  while (at < record.length) {
    const ref = Number(record.readBigUInt64BE(at));
    at += 8;
    const labels = Array.from({ length: uvarint() * 2 }, text);
    const known = series.get(ref);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(labels)) throw new Error(`ref ${ref} is two series`);
    series.set(ref, labels);
  }
}

function takeSamples(record: Buffer, { series, samples }: PlainLog): void {
  let at = 17;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = record.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
  };
  const firstRef = record.readBigUInt64BE(1);
  const firstT = record.readBigInt64BE(9);
  while (at < record.length) {
    const ref = Number(firstRef + varint());
    const t = Number(firstT + varint());
    if (!series.has(ref)) throw new Error(`a sample of ref ${ref} comes before its series`);
    samples.push([ref, t, record.readBigUInt64BE(at)]);
    at += 8;
  }
}

/** A samples record; refs and times may be anything. */
export function samplesRecord(samples: PlainLog['samples']): Buffer {
  const parts: Buffer[] = [Buffer.alloc(17)];
  parts[0][0] = 2;
  const varint = (value: bigint) => {
    const bytes: number[] = [];
    let u = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    for (; u >= 0x80n; u >>= 7n) bytes.push(Number(u & 0x7fn) | 0x80);
    parts.push(Buffer.from([...bytes, Number(u)]));
  };
  const [[firstRef, firstT] = [0, 0]] = samples;
  parts[0].writeBigUInt64BE(BigInt(firstRef), 1);
  parts[0].writeBigInt64BE(BigInt(firstT), 9);
  for (const [ref, t, bits] of samples) {
    varint(BigInt(ref) - BigInt(firstRef));
    varint(BigInt(t) - BigInt(firstT));
    const value = Buffer.alloc(8);
    value.writeBigUInt64BE(bits);
    parts.push(value);
  }
  return Buffer.concat(parts);
}

/** A series record: label names and values one after the other. */
export function seriesRecord(series: readonly (readonly [ref: number, labels: readonly string[]])[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length: number[] = [];
    let rest = bytes.length;
    for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
    return Buffer.concat([Buffer.from([...length, rest]), bytes]);
  };
  const parts = series.map(([ref, labels]) => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(ref));
    return Buffer.concat([head, Buffer.of(labels.length / 2), ...labels.map(text)]);
  });
  return Buffer.concat([Buffer.of(1), ...parts]);
}
