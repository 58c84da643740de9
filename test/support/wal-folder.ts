// Logs in temporary folders, for tests of what reads and repairs them. The folders are removed when the test file ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createCodec } from '../../src/kernel/index.ts';
import { listSegments, type WalCorruption, WalReader, WalWriter, wholeSegments } from '../../src/tsdb/wal/index.ts';

export type Compression = 'none' | 'snappy' | 'zstd';
export const compressions: readonly Compression[] = ['none', 'snappy', 'zstd'];
export const codec = createCodec();

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-wal-'));
  folders.push(folder);
  return folder;
}

/** A folder with a log of these records. */
export function writeLog(records: readonly Buffer[], compression: Compression, segmentBytes?: number): string {
  const folder = newFolder();
  const writer = new WalWriter(folder, { codec, compression, segmentBytes });
  for (const record of records) writer.append(record);
  writer.close();
  return folder;
}

/** Copies of the records of a folder's segments. */
export function readLog(folder: string): { records: Buffer[]; corruption: WalCorruption | null } {
  const reader = new WalReader(wholeSegments(listSegments(folder)), codec);
  const records: Buffer[] = [];
  for (let record = reader.next(); record !== null; record = reader.next()) records.push(Buffer.from(record));
  return { records, corruption: reader.corruption };
}

/** Records that look like the log's: a type, repeating texts, some noise; some span pages. */
export function someRecords(count: number, seed = 1): Buffer[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  return Array.from({ length: count }, (_, i) => {
    const bytes = Buffer.alloc(1 + (i % 7 === 3 ? 40_000 + (next() % 40_000) : next() % 900));
    for (let k = 0; k < bytes.length; k++) bytes[k] = k % 16 < 12 ? 97 + (k % 16) : next() & 0xff;
    bytes[0] = 1 + (i % 3);
    return bytes;
  });
}

/** One whole record, or a part of one, as it stands in a segment. */
export function fragment(kind: number, data: Buffer): Buffer {
  const header = Buffer.from([kind, data.length >> 8, data.length & 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(codec.crc32c(data), 3);
  return Buffer.concat([header, data]);
}
