// Metadata records of the log (type 6; tsdb/docs/format/wal.md and tsdb/record/record.go of Prometheus): of each series the type, unit and
// help of its metric.
import { Decoder } from '../block/decoder.ts';
import { RecordType } from './wal-record.ts';

export interface RefMetadata {
  readonly ref: number;
  /** As exposed, `unknown` where there is none or one that nobody knows. */
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}

/** By their number in a record. */
const TYPES = ['unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'];
const [UNIT, HELP] = ['UNIT', 'HELP'];

export function encodeMetadata(entries: readonly RefMetadata[]): Buffer {
  const parts: Buffer[] = [Buffer.of(RecordType.METADATA)];
  for (const { ref, type, unit, help } of entries) {
    parts.push(uvarint(ref), Buffer.of(Math.max(0, TYPES.indexOf(type))), uvarint(2));
    for (const text of [UNIT, unit, HELP, help]) {
      const bytes = Buffer.from(text);
      parts.push(uvarint(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** Null when the record is malformed. */
export function decodeMetadata(record: Buffer): RefMetadata[] | null {
  const decoder = new Decoder(record, 1);
  const entries: RefMetadata[] = [];
  while (decoder.left > 0) {
    const ref = decoder.uvarint();
    const type = TYPES[decoder.u8()] ?? TYPES[0];
    const fields = new Map<string, string>();
    for (let count = decoder.uvarint(); count > 0 && !decoder.failed; count--) {
      const name = textOf(decoder);
      fields.set(name, textOf(decoder));
    }
    entries.push({ ref, type, unit: fields.get(UNIT) ?? '', help: fields.get(HELP) ?? '' });
  }
  return decoder.failed ? null : entries;
}

function textOf(decoder: Decoder): string {
  return Buffer.from(decoder.take(decoder.uvarint())).toString();
}

function uvarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
