// Goes once through a table of the index: {u32 length, u32 count, entries, u32 checksum}, in windows, since a table may be larger than
// memory. The checksum is known only at the end: what was taken from the table counts for nothing when this throws.
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import type { PagedFile } from '../block/paged-file.ts';

const WINDOW_BYTES = 1024 * 1024;
/** More than a label name and value can have together. */
export const MOST_ENTRY_BYTES = 64 * 1024 * 1024;

/** Reads one entry. When it is cut off by the window, the decoder has failed, and the entry is met again in a larger one. */
export type TakeEntry = (decoder: Decoder, at: number, index: number) => void;

/** @returns the end of the entries. @throws BlockError */
export function scanTable(file: PagedFile, codec: BlockCodec, offset: number, what: string, take: TakeEntry): number {
  const damaged = (problem: string) => new BlockError('damaged', `cannot read ${file.path}: ${problem}`);
  const head = file.read(offset, 8);
  const length = head.readUInt32BE(0);
  const count = head.readUInt32BE(4);
  const end = offset + 4 + length;
  if (length < 4 || end + 4 > file.sizeBytes) throw damaged(`got ${length} bytes of ${what} at ${offset}, want them inside of the file`);
  let crc = codec.crc32c(head, 4, 8);
  let at = offset + 8;
  let index = 0;
  for (let windowBytes = WINDOW_BYTES; at < end; ) {
    const window = file.read(at, Math.min(windowBytes, end - at));
    const decoder = new Decoder(window);
    let used = 0;
    while (used < window.length) {
      take(decoder, at + used, index);
      if (decoder.failed) break;
      used = decoder.position;
      index++;
    }
    if (used === 0) {
      if (window.length === end - at || windowBytes >= MOST_ENTRY_BYTES) throw damaged(`an entry of the ${what} is cut off at ${at}`);
      windowBytes *= 4;
      continue;
    }
    crc = codec.crc32c(window, 0, used, crc);
    at += used;
  }
  if (crc !== file.read(end, 4).readUInt32BE(0)) throw damaged(`checksum mismatch of the ${what}`);
  if (index !== count) throw damaged(`got ${index} entries in the ${what}, want ${count}`);
  return end;
}
