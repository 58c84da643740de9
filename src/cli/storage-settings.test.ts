import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './flags.ts';
import { settingsOf } from './settings.ts';
import { formatRetention, maxBlockMsOf, retentionOf, type StorageSettings } from './storage-settings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NONE = { timeMs: 0, sizeBytes: 0, percentage: 0 };

function settingsFor(line: string): ReturnType<typeof settingsOf> {
  const invocation = parseCommandLine(line === '' ? [] : line.split(' '));
  if (invocation.command !== 'serve') throw new Error(`expected the server, got ${invocation.command}`);
  return settingsOf(invocation.flags);
}

describe('flags', () => {
  const byDefault: StorageSettings = {
    path: 'data/',
    lock: true,
    walCompression: 'snappy',
    walSegmentBytes: 128 * 2 ** 20,
    metadataRecords: false,
    minBlockMs: 2 * HOUR_MS,
    maxBlockMs: 0,
    retention: { timeMs: 0, sizeBytes: 0 },
  };
  const check = (line: string, changed: Partial<StorageSettings>) =>
    test(line, () => expect(settingsFor(line).storage).toEqual({ ...byDefault, ...changed }));
  check('', {});
  check('--storage.tsdb.path=/x', { path: '/x' });
  check('--storage.tsdb.no-lockfile', { lock: false });
  check('--enable-feature=metadata-wal-records', { metadataRecords: true });
  check('--no-storage.tsdb.wal-compression', { walCompression: 'none' });
  check('--storage.tsdb.wal-compression-type=zstd', { walCompression: 'zstd' });
  check('--storage.tsdb.wal-compression-type=zstd --no-storage.tsdb.wal-compression', { walCompression: 'none' });
  check('--storage.tsdb.wal-segment-size=10MB', { walSegmentBytes: 10 * 2 ** 20 });
  check('--storage.tsdb.wal-segment-size=256MiB', { walSegmentBytes: 256 * 2 ** 20 });
  check('--storage.tsdb.min-block-duration=10m --storage.tsdb.max-block-duration=1h', { minBlockMs: HOUR_MS / 6, maxBlockMs: HOUR_MS });
  check('--storage.tsdb.retention.time=30d --storage.tsdb.retention.size=5GB', {
    retention: { timeMs: 30 * DAY_MS, sizeBytes: 5 * 2 ** 30 },
  });
  test('--web.enable-admin-api', () => {
    expect([settingsFor('').enableAdminApi, settingsFor('--web.enable-admin-api').enableAdminApi]).toEqual([false, true]);
  });
});

describe('what is wrong with a flag', () => {
  const check = (line: string, message: string) => test(line, () => expect(() => settingsFor(line)).toThrow(message));
  check(
    '--storage.tsdb.wal-compression-type=gzip',
    'cannot read flag --storage.tsdb.wal-compression-type: got "gzip", want one of snappy, zstd',
  );
  check('--storage.tsdb.wal-segment-size=9MB', 'cannot read flag --storage.tsdb.wal-segment-size: got "9MB", want between 10MB and 256MB');
  check('--storage.tsdb.wal-segment-size=257MB', 'want between 10MB and 256MB');
  check('--storage.tsdb.path=', 'cannot read flag --storage.tsdb.path: got "", want a folder');
  check('--storage.tsdb.retention.time=15', 'cannot read flag --storage.tsdb.retention.time: not a valid duration string: "15"');
});

test('the retention in force, and the longest block', () => {
  const check = (line: string, configured: Partial<typeof NONE>, retention: Partial<typeof NONE>, maxBlockMs: number) => {
    const { storage } = settingsFor(line);
    const inForce = retentionOf(storage, { ...NONE, ...configured });
    expect([inForce, maxBlockMsOf(storage, inForce)], line).toEqual([{ ...NONE, ...retention }, maxBlockMs]);
  };
  check('', {}, { timeMs: 15 * DAY_MS }, 36 * HOUR_MS);
  check('', { timeMs: 30 * DAY_MS }, { timeMs: 30 * DAY_MS }, 3 * DAY_MS);
  check('', { percentage: 50 }, { percentage: 50 }, 31 * DAY_MS);
  check('', { sizeBytes: 5 }, { sizeBytes: 5 }, 31 * DAY_MS);
  check('--storage.tsdb.retention.size=1GB', {}, { sizeBytes: 2 ** 30 }, 31 * DAY_MS);
  check('--storage.tsdb.retention.size=1GB', { timeMs: DAY_MS }, { timeMs: DAY_MS, sizeBytes: 2 ** 30 }, DAY_MS / 10);
  check('--storage.tsdb.retention.time=2d', { sizeBytes: 7 }, { timeMs: 2 * DAY_MS, sizeBytes: 7 }, (2 * DAY_MS) / 10);
  check('--storage.tsdb.retention.time=2d', { timeMs: DAY_MS }, { timeMs: DAY_MS }, DAY_MS / 10);
  check('--storage.tsdb.retention.time=1h', {}, { timeMs: HOUR_MS }, 2 * HOUR_MS);
  check('--storage.tsdb.retention.time=10y', {}, { timeMs: 3650 * DAY_MS }, 31 * DAY_MS);
  check('--storage.tsdb.max-block-duration=1d', {}, { timeMs: 15 * DAY_MS }, DAY_MS);
  check('--storage.tsdb.max-block-duration=1h', {}, { timeMs: 15 * DAY_MS }, 2 * HOUR_MS);
});

test('the retention as it is shown', () => {
  const check = (retention: Partial<typeof NONE>, want: string) => expect(formatRetention({ ...NONE, ...retention })).toBe(want);
  check({ timeMs: 15 * DAY_MS }, '15d');
  check({ sizeBytes: 5 * 2 ** 30 }, '5GiB');
  check({ timeMs: 36 * HOUR_MS, sizeBytes: 1536, percentage: 12.5 }, '1d12h or 12.5%');
  check({ timeMs: 36 * HOUR_MS, sizeBytes: 1536 }, '1d12h or 1KiB512B');
});

test('the flags are shown with what was worked out', () => {
  const check = (line: string, time: string, maxBlock: string) => {
    const { shownFlags } = settingsFor(line);
    expect([shownFlags['storage.tsdb.retention.time'], shownFlags['storage.tsdb.max-block-duration']], line).toEqual([time, maxBlock]);
  };
  check('', '15d', '1d12h');
  check('--storage.tsdb.retention.time=30d', '30d', '3d');
  check('--storage.tsdb.retention.size=1GB', '0s', '31d');
  check('--storage.tsdb.max-block-duration=6h', '15d', '6h');
});
