// The tombstones of a block: which samples of which series are deleted (docs/format/tombstones.md). Read and written as a whole.
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addInterval, type TimeInterval } from '../../model/index.ts';
import { Decoder } from './decoder.ts';
import { BlockError, writeError } from './errors.ts';
import { type Checksums, FileWriter } from './file-writer.ts';
import { syncFolder } from './folder-sync.ts';

const MAGIC = 0x0130ba30;
const VERSION = 1;
const FILE = 'tombstones';
const HEADER_BYTES = 5;
const CRC_BYTES = 4;

/** By the series' reference in the index; intervals in order, not touching. */
export type Tombstones = ReadonlyMap<number, readonly TimeInterval[]>;

/** None where the block has no such file. @throws BlockError */
export function readTombstones(folder: string, codec: Checksums): Tombstones {
  const path = join(folder, FILE);
  const bytes = read(path);
  const stones = new Map<number, TimeInterval[]>();
  if (bytes === null) return stones;
  const damaged = (what: string) => new BlockError('damaged', `cannot read ${path}: ${what}`);
  if (bytes.length < HEADER_BYTES + CRC_BYTES) throw damaged(`got ${bytes.length} bytes, want at least ${HEADER_BYTES + CRC_BYTES}`);
  if (bytes.readUInt32BE(0) !== MAGIC) throw damaged('it does not begin as tombstones do');
  if (bytes[4] !== VERSION) throw new BlockError('unsupported', `cannot read ${path}: got version ${bytes[4]}, want ${VERSION}`);
  const end = bytes.length - CRC_BYTES;
  if (codec.crc32c(bytes, HEADER_BYTES, end) !== bytes.readUInt32BE(end)) throw damaged('checksum mismatch');
  const decoder = new Decoder(bytes, HEADER_BYTES, end);
  while (decoder.left > 0) {
    const ref = decoder.uvarint();
    const interval = { minTimeMs: decoder.varint(), maxTimeMs: decoder.varint() };
    if (decoder.failed) throw damaged('an entry is cut off');
    const known = stones.get(ref);
    if (known === undefined) stones.set(ref, [interval]);
    // Intervals stand in order in the file, so nearly each is behind the one before.
    else if (interval.minTimeMs > known[known.length - 1].maxTimeMs + 1) known.push(interval);
    else stones.set(ref, [...addInterval(known, interval)]);
  }
  return stones;
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new BlockError('read_failed', `cannot read ${path}: ${message}`, { cause });
  }
}

/** Replaces what is there as a whole. @throws BlockError */
export function writeTombstones(folder: string, stones: Tombstones, codec: Checksums): void {
  const path = join(folder, FILE);
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  const file = new FileWriter(temporary, codec);
  try {
    file.u32(MAGIC);
    file.u8(VERSION);
    file.beginSection();
    for (const [ref, intervals] of stones) {
      for (const { minTimeMs, maxTimeMs } of intervals) {
        file.uvarint(ref);
        file.varint(minTimeMs);
        file.varint(maxTimeMs);
      }
    }
    file.endSection();
    file.close();
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (error) {
    file.abandon();
    rmSync(temporary, { force: true });
    throw error instanceof BlockError ? error : writeError(path, error);
  }
}
