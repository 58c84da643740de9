// A block's meta.json: what it holds and what it was made of (docs/format/block.md). What others keep in it is kept: Thanos has a section there.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BlockError, writeError } from './errors.ts';
import { syncFolder } from './folder-sync.ts';

export interface BlockStats {
  readonly numSamples: number;
  /** Of the samples, those that are numbers, and those that are native histograms. */
  readonly numFloatSamples?: number;
  readonly numHistogramSamples?: number;
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
  /** Fields of others. */
  readonly [other: string]: unknown;
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
    const { size } = statSync(path);
    if (size > MOST_BYTES) throw new BlockError('damaged', `cannot read ${path}: got ${size} bytes, want at most ${MOST_BYTES}`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof BlockError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BlockError('damaged', `cannot open block ${basename(folder)}: it has no ${FILE}`, { cause });
    throw new BlockError('read_failed', `cannot read ${path}: ${message}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // V8 quotes the text around the place, line breaks and all.
    const reason = (cause as Error).message.replaceAll(/\s+/g, ' ');
    throw new BlockError('damaged', `cannot read ${path}: got no JSON: ${reason}`, { cause });
  }
  return checked(value, path);
}

type Wrong = (what: string, got: unknown, want: string) => never;

function checked(value: unknown, path: string): BlockMeta {
  const wrong: Wrong = (what, got, want) => {
    throw new BlockError('damaged', `cannot read ${path}: got ${what} ${JSON.stringify(got) ?? 'none'}, want ${want}`);
  };
  if (!isObject(value)) return wrong('the value', value, 'an object');
  const { version, ulid, minTime, maxTime, stats, compaction, ...others } = value as Record<string, unknown>;
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
  return {
    ulid: ulid as string,
    minTime: minTime as number,
    maxTime: maxTime as number,
    stats: checkedStats(stats),
    compaction: checkedCompaction(compaction, wrong),
    version: VERSION,
    ...others,
  };
}

/** Numbers that are only told, so a missing one is 0. */
function checkedStats(value: unknown): BlockStats {
  const stats = isObject(value) ? value : {};
  const count = (name: string): number => (Number.isSafeInteger(stats[name]) ? (stats[name] as number) : 0);
  return { ...stats, numSamples: count('numSamples'), numSeries: count('numSeries'), numChunks: count('numChunks') };
}

function checkedCompaction(value: unknown, wrong: Wrong): BlockCompaction {
  const compaction = isObject(value) ? value : wrong('compaction', value, 'an object');
  const { level, sources, parents } = compaction;
  if (!Number.isSafeInteger(level) || (level as number) < 0) wrong('compaction.level', level, 'a number');
  for (const [name, list] of [
    ['sources', sources],
    ['parents', parents],
  ] as const)
    if (list !== undefined && list !== null && !Array.isArray(list)) wrong(`compaction.${name}`, list, 'a list');
  return {
    ...compaction,
    level: level as number,
    sources: ((sources ?? []) as unknown[]).filter((source) => typeof source === 'string'),
    ...(Array.isArray(parents) && { parents: parents.filter(isOrigin) }),
  };
}

function isOrigin(value: unknown): value is BlockOrigin {
  return isObject(value) && typeof value.ulid === 'string' && Number.isSafeInteger(value.minTime) && Number.isSafeInteger(value.maxTime);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Replaces what is there as a whole. @throws BlockError */
export function writeBlockMeta(folder: string, meta: BlockMeta): void {
  const path = join(folder, FILE);
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, `${JSON.stringify(meta, null, '\t')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw writeError(path, cause);
  }
}
