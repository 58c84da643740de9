// A checkpoint: what of the log's older segments is still needed, so that they can go. Written into a folder of another name that becomes
// the checkpoint when it is on the disk; bounded memory, for a background thread.
import { renameSync, rmSync } from 'node:fs';
import { flatTombstones } from '../../kernel/index.ts';
import { syncFolder } from '../block/folder-sync.ts';
import { fileError, WalError } from './errors.ts';
import { type WalCodec, WalReader, wholeSegments } from './wal-reader.ts';
import { decodeTombstones, encodeTombstones, filterSamples, filterSeries, joinMetadata, RecordType, splitMetadata } from './wal-record.ts';
import { checkpointPath, lastCheckpoint, listSegments } from './wal-segments.ts';
import { WalWriter } from './wal-writer.ts';

export interface CheckpointOptions {
  readonly walFolder: string;
  /** What the checkpoint stands for: the last one, and the segments up to this. */
  readonly lastSegment: number;
  /** Samples and tombstones that end before it are not needed (ms). */
  readonly minTimeMs: number;
  /** Whether the head has that series. */
  readonly keep: (ref: number) => boolean;
  readonly codec: WalCodec;
  readonly compression: 'none' | 'snappy' | 'zstd';
}

export interface CheckpointCounts {
  seriesKept: number;
  seriesDropped: number;
  samplesKept: number;
  samplesDropped: number;
}

/** Of metadata that is kept until the end. */
const METADATA_A_RECORD = 1000;

/** @throws WalError: the checkpoint is not there then, and nothing was changed */
export function writeCheckpoint(options: CheckpointOptions): CheckpointCounts {
  const { walFolder, lastSegment, codec, compression } = options;
  const before = lastCheckpoint(walFolder);
  const segments = [
    ...(before === null ? [] : listSegments(before.path)),
    ...listSegments(walFolder).filter(({ number }) => number > (before?.number ?? -1) && number <= lastSegment),
  ];
  const folder = checkpointPath(walFolder, lastSegment);
  const temporary = `${folder}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  const writer = new WalWriter(temporary, { codec, compression });
  const filter = new RecordFilter(options);
  const reader = new WalReader(wholeSegments(segments), codec);
  try {
    for (let record = reader.next(); record !== null; record = reader.next()) {
      const kept = filter.take(record);
      if (kept === null)
        throw new WalError('read_failed', `cannot write checkpoint ${folder}: got a malformed record in ${reader.segment?.path}`);
      if (kept.length > 0) writer.append(kept);
    }
    if (reader.corruption !== null)
      throw new WalError(
        'read_failed',
        `cannot write checkpoint ${folder}: ${reader.corruption.segment.path}: ${reader.corruption.reason}`,
      );
    for (const record of filter.metadata()) writer.append(record);
    writer.close();
    syncFolder(temporary);
    renameSync(temporary, folder);
    syncFolder(walFolder);
  } catch (error) {
    reader.close();
    writer.abandon();
    rmSync(temporary, { recursive: true, force: true });
    throw fileError(folder, error);
  }
  return filter.counts;
}

class RecordFilter {
  readonly counts: CheckpointCounts = { seriesKept: 0, seriesDropped: 0, samplesKept: 0, samplesDropped: 0 };
  readonly #options: CheckpointOptions;
  /** The newest of each series. */
  readonly #metadata = new Map<number, Buffer>();

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** What of the record is needed: empty when nothing is; null when it is malformed. */
  take(record: Buffer): Buffer | null {
    const { keep, minTimeMs } = this.#options;
    const { counts } = this;
    switch (record[0]) {
      case RecordType.SERIES:
        return filterSeries(record, keep, (kept) => (kept ? counts.seriesKept++ : counts.seriesDropped++));
      case RecordType.SAMPLES:
        return filterSamples(record, minTimeMs, (kept) => (kept ? counts.samplesKept++ : counts.samplesDropped++));
      case RecordType.TOMBSTONES: {
        const stones = decodeTombstones(record)?.filter(({ maxTimeMs }) => maxTimeMs >= minTimeMs);
        return stones === undefined ? null : stones.length === 0 ? Buffer.alloc(0) : encodeTombstones(flatTombstones(stones));
      }
      case RecordType.METADATA: {
        const parts = splitMetadata(record);
        for (const { ref, bytes } of parts ?? []) if (keep(ref)) this.#metadata.set(ref, bytes);
        return parts === null ? null : Buffer.alloc(0);
      }
      default:
        // Of a kind that only its writer can judge. A copy: the codec that writes it is the one whose memory it lies in.
        return Buffer.from(record);
    }
  }

  *metadata(): Generator<Buffer> {
    const all = [...this.#metadata.values()];
    for (let from = 0; from < all.length; from += METADATA_A_RECORD) yield joinMetadata(all.slice(from, from + METADATA_A_RECORD));
  }
}
