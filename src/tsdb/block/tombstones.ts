// The tombstones of a block: which samples of which series are deleted (tsdb/docs/format/tombstones.md of Prometheus).
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { TimeInterval } from './block-series.ts';
import { Decoder } from './decoder.ts';
import { BlockError } from './errors.ts';
import { type BlockCodec, FileWriter } from './file-writer.ts';

const MAGIC = 0x0130ba30;
const VERSION = 1;
const FILE = 'tombstones';

/** By the series' reference in the index; intervals in order, not touching. */
export type Tombstones = ReadonlyMap<number, readonly TimeInterval[]>;

/** None where the block has no such file. @throws BlockError */
export function readTombstones(folder: string, codec: BlockCodec): Tombstones {
  const path = join(folder, FILE);
  const stones = new Map<number, readonly TimeInterval[]>();
  if (!existsSync(path)) return stones;
  const bytes = readFileSync(path);
  const damaged = (what: string) => new BlockError('damaged', `cannot read ${path}: ${what}`);
  if (bytes.length < 9) throw damaged(`got ${bytes.length} bytes, want at least 9`);
  if (bytes.readUInt32BE(0) !== MAGIC) throw damaged('it does not begin as tombstones do');
  if (bytes[4] !== VERSION) throw new BlockError('unsupported', `cannot read ${path}: got version ${bytes[4]}, want ${VERSION}`);
  const end = bytes.length - 4;
  if (codec.crc32c(bytes, 5, end) !== bytes.readUInt32BE(end)) throw damaged('checksum mismatch');
  const decoder = new Decoder(bytes, 5, end);
  while (decoder.left > 0) {
    const ref = decoder.uvarint();
    const interval = { minTimeMs: decoder.varint(), maxTimeMs: decoder.varint() };
    if (decoder.failed) throw damaged('an entry is cut off');
    stones.set(ref, addInterval(stones.get(ref) ?? [], interval));
  }
  return stones;
}

/** Replaces what is there as a whole. @throws BlockError */
export function writeTombstones(folder: string, stones: Tombstones, codec: BlockCodec): void {
  const path = join(folder, FILE);
  const temporary = `${path}.tmp-${process.pid}`;
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
  } catch (error) {
    file.abandon();
    throw error;
  }
  renameSync(temporary, path);
}

/** The intervals with one more, in order; those that overlap or touch become one. */
export function addInterval(intervals: readonly TimeInterval[], added: TimeInterval): readonly TimeInterval[] {
  let { minTimeMs, maxTimeMs } = added;
  const apart = intervals.filter((other) => {
    if (other.maxTimeMs < minTimeMs - 1 || other.minTimeMs > maxTimeMs + 1) return true;
    minTimeMs = Math.min(minTimeMs, other.minTimeMs);
    maxTimeMs = Math.max(maxTimeMs, other.maxTimeMs);
    return false;
  });
  return [...apart, { minTimeMs, maxTimeMs }].sort((a, b) => a.minTimeMs - b.minTimeMs);
}
