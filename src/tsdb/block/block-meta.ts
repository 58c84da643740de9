// A block's meta.json: what it holds and what it was made of.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BlockError } from './errors.ts';

export interface BlockStats {
  readonly numSamples: number;
  readonly numSeries: number;
  readonly numChunks: number;
  readonly numTombstones?: number;
}

export interface BlockOrigin {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
}

export interface BlockCompaction {
  /** How often samples were compacted; 1 for a block out of the head. */
  readonly level: number;
  /** Blocks of level 1 that it was made of. */
  readonly sources: readonly string[];
  readonly parents?: readonly BlockOrigin[];
  readonly failed?: boolean;
  readonly deletable?: boolean;
  readonly hints?: readonly string[];
}

export interface BlockMeta {
  readonly ulid: string;
  /** ms; maxTime is not part of the block. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats: BlockStats;
  readonly compaction: BlockCompaction;
  readonly version: number;
}

const FILE = 'meta.json';
const VERSION = 1;
const MOST_BYTES = 64 * 1024 * 1024;
export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** @throws BlockError */
export function readBlockMeta(folder: string): BlockMeta {
  const path = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BlockError('damaged', `cannot open block ${basename(folder)}: it has no ${FILE}`, { cause });
    throw new BlockError('read_failed', `cannot read ${path}: ${message}`, { cause });
  }
  if (text.length > MOST_BYTES) throw new BlockError('damaged', `cannot read ${path}: it has more than ${MOST_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BlockError('damaged', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  return checked(value, path);
}

function checked(value: unknown, path: string): BlockMeta {
  const wrong = (what: string, got: unknown, want: string): never => {
    throw new BlockError('damaged', `cannot read ${path}: got ${what} ${JSON.stringify(got) ?? 'none'}, want ${want}`);
  };
  if (typeof value !== 'object' || value === null) return wrong('', value, 'an object');
  const { version, ulid, minTime, maxTime, stats, compaction } = value as Record<string, unknown>;
  if (version !== VERSION) {
    if (typeof version === 'number' && version > VERSION)
      throw new BlockError(
        'unsupported',
        `cannot read ${path}: got version ${version}, want ${VERSION}: it was written by something newer`,
      );
    wrong('version', version, String(VERSION));
  }
  if (typeof ulid !== 'string' || !ULID.test(ulid)) wrong('ulid', ulid, 'a ULID');
  if (!Number.isSafeInteger(minTime)) wrong('minTime', minTime, 'milliseconds');
  if (!Number.isSafeInteger(maxTime) || (maxTime as number) < (minTime as number))
    wrong('maxTime', maxTime, 'milliseconds from minTime on');
  const counts = (stats ?? {}) as Record<string, unknown>;
  const count = (name: string): number => (Number.isSafeInteger(counts[name]) ? (counts[name] as number) : 0);
  const { level, sources, parents, ...others } = (compaction ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(level) || (level as number) < 0) wrong('compaction.level', level, 'a number');
  return {
    ulid: ulid as string,
    minTime: minTime as number,
    maxTime: maxTime as number,
    stats: {
      numSamples: count('numSamples'),
      numSeries: count('numSeries'),
      numChunks: count('numChunks'),
      ...(count('numTombstones') > 0 && { numTombstones: count('numTombstones') }),
    },
    compaction: {
      ...others,
      level: level as number,
      sources: Array.isArray(sources) ? sources.filter((source) => typeof source === 'string') : [],
      ...(Array.isArray(parents) && { parents: parents as BlockOrigin[] }),
    },
    version: VERSION,
  };
}

/** Replaces what is there as a whole. @throws BlockError */
export function writeBlockMeta(folder: string, meta: BlockMeta): void {
  const path = join(folder, FILE);
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeSync(file, `${JSON.stringify(meta, null, '\t')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new BlockError(full ? 'disk_full' : 'write_failed', `cannot write ${path}: ${full ? 'no space left on the device' : message}`, {
      cause,
    });
  }
}
