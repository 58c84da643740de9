// What the flags of the store mean, and how its retention comes from the flags and the configuration together. Defaults, bounds
// and what wins over what: cmd/prometheus/main.go and tsdb/db.go of Prometheus.
import { statfsSync } from 'node:fs';
import type { RetentionConfig } from '../config/index.ts';
import { formatDuration, parseDuration } from '../model/index.ts';
import { formatBytes } from './flag-values.ts';
import { FlagError, type FlagValues } from './flags.ts';

/** Each 0 for none. `percentage` is of the file system's size and goes before `sizeBytes`. */
export interface Retention {
  readonly timeMs: number;
  readonly sizeBytes: number;
  readonly percentage: number;
}

export interface StorageSettings {
  readonly path: string;
  /** Whether the folder is locked against a second server. */
  readonly lock: boolean;
  readonly walCompression: 'none' | 'snappy' | 'zstd';
  readonly walSegmentBytes: number;
  /** Whether the log has metadata records. */
  readonly metadataRecords: boolean;
  readonly minBlockMs: number;
  /** 0: it follows from the retention (maxBlockMs). */
  readonly maxBlockMs: number;
  /** As the flags say; the configuration's wins (retentionOf). */
  readonly retention: { readonly timeMs: number; readonly sizeBytes: number };
}

const MIB = 1024 ** 2;
const DEFAULT_SEGMENT_BYTES = 128 * MIB;
const LEAST_SEGMENT_BYTES = 10 * MIB;
const MOST_SEGMENT_BYTES = 256 * MIB;
const DEFAULT_RETENTION_MS = parseDuration('15d');
const DEFAULT_MIN_BLOCK_MS = parseDuration('2h');
const MOST_BLOCK_MS = parseDuration('31d');
const COMPRESSIONS = ['snappy', 'zstd'] as const;

function walCompressionOf(flags: FlagValues): StorageSettings['walCompression'] {
  const type = COMPRESSIONS.find((name) => name === flags.text('storage.tsdb.wal-compression-type'));
  if (type === undefined) {
    const got = JSON.stringify(flags.text('storage.tsdb.wal-compression-type'));
    throw new FlagError(`cannot read flag --storage.tsdb.wal-compression-type: got ${got}, want one of ${COMPRESSIONS.join(', ')}`);
  }
  return flags.boolean('storage.tsdb.wal-compression') ? type : 'none';
}

function walSegmentBytesOf(flags: FlagValues): number {
  const bytes = flags.number('storage.tsdb.wal-segment-size');
  if (bytes === 0) return DEFAULT_SEGMENT_BYTES;
  if (bytes >= LEAST_SEGMENT_BYTES && bytes <= MOST_SEGMENT_BYTES) return bytes;
  const got = JSON.stringify(flags.text('storage.tsdb.wal-segment-size'));
  throw new FlagError(`cannot read flag --storage.tsdb.wal-segment-size: got ${got}, want between 10MB and 256MB`);
}

/** @throws FlagError */
export function storageSettingsOf(flags: FlagValues): StorageSettings {
  const path = flags.text('storage.tsdb.path');
  if (path === '') throw new FlagError('cannot read flag --storage.tsdb.path: got "", want a folder');
  return {
    path,
    lock: !flags.boolean('storage.tsdb.no-lockfile'),
    walCompression: walCompressionOf(flags),
    walSegmentBytes: walSegmentBytesOf(flags),
    metadataRecords: flags.features().includes('metadata-wal-records'),
    minBlockMs: flags.number('storage.tsdb.min-block-duration') || DEFAULT_MIN_BLOCK_MS,
    maxBlockMs: flags.number('storage.tsdb.max-block-duration'),
    retention: { timeMs: flags.number('storage.tsdb.retention.time'), sizeBytes: flags.number('storage.tsdb.retention.size') },
  };
}

/** What is in force: each value of the configuration before the flag's, and 15 days where nothing limits anything. */
export function retentionOf(settings: StorageSettings, configured: RetentionConfig): Retention {
  const timeMs = configured.timeMs || settings.retention.timeMs;
  const sizeBytes = configured.sizeBytes || settings.retention.sizeBytes;
  const { percentage } = configured;
  return { timeMs: timeMs === 0 && sizeBytes === 0 && percentage === 0 ? DEFAULT_RETENTION_MS : timeMs, sizeBytes, percentage };
}

/** As Prometheus shows it in /api/v1/status/runtimeinfo: `15d or 5GiB`. */
export function formatRetention({ timeMs, sizeBytes, percentage }: Retention): string {
  const limits: string[] = [];
  if (timeMs > 0) limits.push(formatDuration(timeMs));
  if (percentage > 0) limits.push(`${percentage}%`);
  else if (sizeBytes > 0) limits.push(formatBytes(sizeBytes));
  return limits.join(' or ');
}

/** The longest block that compaction makes: a tenth of the retention by time, at most 31 days, unless the flag says something; never shorter than the shortest. */
export function maxBlockMsOf(settings: StorageSettings, retention: Retention): number {
  const tenth = retention.timeMs === 0 ? MOST_BLOCK_MS : Math.min(MOST_BLOCK_MS, Math.floor(retention.timeMs / 10));
  return Math.max(settings.minBlockMs, settings.maxBlockMs || tenth);
}

/** The limits in bytes: a percentage is of the file system that the folder is on. */
export function limitsOf(
  { timeMs, sizeBytes, percentage }: Retention,
  folder: string,
): { readonly timeMs: number; readonly sizeBytes: number } {
  if (percentage === 0) return { timeMs, sizeBytes };
  const { blocks, bsize } = statfsSync(folder);
  return { timeMs, sizeBytes: Math.floor((blocks * bsize * percentage) / 100) };
}
