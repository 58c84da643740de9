// The log's reader and writer: what is written is read back; changed segments give a prefix of what was written, and a place.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codec, compressions, fragment, newFolder, readLog, someRecords, writeLog } from '../../../test/support/wal-folder.ts';
import { listSegments } from './index.ts';

for (const compression of compressions) {
  test(`any records come back, over pages and segments (${compression})`, () => {
    const record = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.uint8Array({ minLength: 30_000, maxLength: 70_000, size: 'max' }),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (list) => {
        const records = list.map((bytes) => Buffer.from(bytes));
        const folder = writeLog(records, compression, 128 * 1024);
        expect(readLog(folder)).toEqual({ records: records, corruption: null });
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });
}

function checkCorrupt(name: string, bytes: Buffer, reason: string): void {
  test(`corrupt: ${name}`, () => {
    const folder = newFolder();
    writeFileSync(join(folder, '00000000'), bytes);
    expect(readLog(folder)).toMatchObject({ records: [], corruption: { reason, goodBytes: 0 } });
  });
}

const record = Buffer.from('\u0001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
checkCorrupt('a first part alone', fragment(2, record), 'unexpected end of the segment inside a record');
checkCorrupt('a last part alone', fragment(4, record), 'a record goes on that did not begin');
checkCorrupt('a record inside another', Buffer.concat([fragment(2, record), fragment(1, record)]), 'a record begins inside another');
checkCorrupt(
  'padding inside a record',
  Buffer.concat([fragment(2, record), Buffer.alloc(32_768)]),
  'a page ends inside a record without a part of it',
);
checkCorrupt(
  'parts not compressed alike',
  Buffer.concat([fragment(2 + 8, record), fragment(4, record)]),
  "a record's parts are not compressed alike",
);
checkCorrupt('compressed in two ways', fragment(1 + 24, record), "unknown type 25 of a record's part");
checkCorrupt('bytes behind the zero', Buffer.from([0, 0, 1]), 'unexpected non-zero byte in the padding of a page');
checkCorrupt('beyond its page', Buffer.from([1, 0xff, 0xff, 0, 0, 0, 0]), "a record's part of 65535 bytes reaches beyond its page");
checkCorrupt(
  'snappy that tells an absurd length',
  fragment(1 + 8, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])),
  'cannot decompress snappy: got a length of 4294967295, want at most 132',
);
checkCorrupt('no zstd', fragment(1 + 16, record), 'Unknown frame descriptor');
checkCorrupt('snappy without its mark', fragment(1, codec.compressSnappy(record)!), 'a record is compressed and does not say so');
checkCorrupt('zstd without its mark', fragment(1, zstdCompressSync(record)), 'a record is compressed and does not say so');

test('a kind of record that is not known yet is handed over', () => {
  const folder = newFolder();
  const unknown = Buffer.concat([Buffer.of(77), record]);
  writeFileSync(join(folder, '00000000'), fragment(1, unknown));
  expect(readLog(folder)).toEqual({ records: [unknown], corruption: null });
});

test('zeros at the end, as a file system may leave them, are no damage', () => {
  const folder = newFolder();
  writeFileSync(join(folder, '00000000'), Buffer.concat([fragment(1, record), Buffer.alloc(100_000)]));
  writeFileSync(join(folder, '00000001'), fragment(1, record));
  expect(readLog(folder)).toEqual({ records: [record, record], corruption: null });
});

test('a bomb of zeros is not unpacked', () => {
  const folder = newFolder();
  const bomb = zstdCompressSync(Buffer.alloc(128 * 1024 * 1024 + 1));
  writeFileSync(join(folder, '00000000'), fragment(1 + 16, bomb));
  expect(readLog(folder).corruption?.reason).toContain('Cannot create a Buffer larger than');
});

test('a missing segment is said', () => {
  const folder = writeLog(someRecords(30, 5), 'none', 128 * 1024);
  rmSync(listSegments(folder)[1].path);
  expect(() => listSegments(folder)).toThrow('segments are not sequential: 00000000 is followed by 00000002');
});
