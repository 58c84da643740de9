// Where the next start begins to replay the log. Closed chunks lie in head chunk files, so that nearly all samples of a log need not be
// looked at: `replay-start.json` in the data folder says up to which place none is needed, and where before it other records are. It is only
// a shortcut: the log has everything still, and a file that does not fit the log and the chunks that are there is no file.
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadChunkAddress } from '../head-chunks/index.ts';
import type { LogSpan } from '../wal/other-records.ts';
import { segmentPath } from '../wal/wal-segments.ts';

export interface LogPlace {
  readonly segment: number;
  /** Of the segment's file, between two records. */
  readonly offset: number;
}

export interface ReplayStart extends LogPlace {
  /** The newest chunk that was in a file then, and the CRC-32C of its data. */
  readonly chunk: HeadChunkAddress & { readonly checksum: number };
  /** What of the log before the place is none of samples, in order. */
  readonly others: readonly LogSpan[];
}

interface Checksum {
  crc32c(bytes: Uint8Array): number;
}

const FILE = 'replay-start.json';
const VERSION = 1;
/** So much of the log before the place must be what it was. */
const TAIL_BYTES = 32 * 1024;

/** @throws Error of the file system: the one before is there still */
export function writeReplayStart(dataFolder: string, start: ReplayStart, checksum: Checksum): void {
  const path = join(dataFolder, FILE);
  const text = JSON.stringify({ version: VERSION, ...start, tail: checksum.crc32c(tailOf(dataFolder, start)) });
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, JSON.stringify({ checksum: checksum.crc32c(Buffer.from(text)), start: text }));
  renameSync(temporary, path);
}

/** Null when there is none, or one that is damaged or of another log. */
export function readReplayStart(dataFolder: string, checksum: Checksum): ReplayStart | null {
  try {
    const file = JSON.parse(readFileSync(join(dataFolder, FILE), 'utf8')) as { checksum?: unknown; start?: unknown };
    if (typeof file.start !== 'string' || checksum.crc32c(Buffer.from(file.start)) !== file.checksum) return null;
    const start = JSON.parse(file.start) as ReplayStart & { version: number; tail: number };
    if (start.version !== VERSION || checksum.crc32c(tailOf(dataFolder, start)) !== start.tail) return null;
    return start;
  } catch {
    return null;
  }
}

/** What it says of the log is not so any more. */
export function removeReplayStart(dataFolder: string): void {
  rmSync(join(dataFolder, FILE), { force: true });
}

function tailOf(dataFolder: string, { segment, offset }: LogPlace): Buffer {
  const tail = Buffer.alloc(Math.min(offset, TAIL_BYTES));
  const file = openSync(segmentPath(join(dataFolder, 'wal'), segment), 'r');
  try {
    for (let read = 0; read < tail.length; ) {
      const more = readSync(file, tail, read, tail.length - read, offset - tail.length + read);
      if (more === 0) throw new Error(`cannot read the log before ${offset} of segment ${segment}: it ends there`);
      read += more;
    }
    return tail;
  } finally {
    closeSync(file);
  }
}
