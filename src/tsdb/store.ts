// The store: what belongs to the data folder, in the order of its life. Opening locks the folder; the replay brings the log back into the
// head; then batches are logged and appended.
import { join } from 'node:path';
import { createCodec, type HeadMemory, type WalCompression, WalEncoder } from '../kernel/index.ts';
import type { Logger } from '../model/index.ts';
import { prepareDataFolder } from './data-folder.ts';
import { Head } from './head/head.ts';
import { HeadLog } from './head/head-log.ts';
import { type ReplayProgress, replayLog } from './head/head-replay.ts';
import { acquireLock, type FolderLock } from './lock.ts';
import { repairSegments, WalLog } from './wal/index.ts';

export interface StoreOptions {
  readonly memory: HeadMemory;
  readonly path: string;
  readonly lock: boolean;
  readonly walCompression: WalCompression;
  readonly walSegmentBytes: number;
  readonly sweepIntervalMs: number;
  readonly retentionMs: number;
  readonly logger: Logger;
}

export class Store {
  readonly folder: string;
  readonly head: Head;
  readonly replayProgress: ReplayProgress = { min: 0, max: 0, current: 0 };
  /** Places where the log could not be read, since the start. */
  corruptions = 0;
  readonly #options: StoreOptions;
  readonly #lock: FolderLock | null;
  #log: WalLog | null = null;

  /** @throws DataFolderError, WalError */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.folder = prepareDataFolder(options.path);
    this.#lock = options.lock ? acquireLock(this.folder) : null;
    const { logger } = options;
    if (this.#lock?.warning) logger.warn(this.#lock.warning);
    if (this.#lock?.replaced)
      logger.warn('A lockfile from a previous execution already existed. It was replaced', { file: join(this.folder, 'lock') });
    const { memory, retentionMs, sweepIntervalMs } = options;
    this.head = new Head(memory, { retentionMs, sweepIntervalMs });
  }

  get walCounters() {
    return this.#log?.counters ?? { appends: 0, bytes: 0, failures: 0, truncations: 0 };
  }

  get walSegment(): number {
    return this.#log?.segment ?? 0;
  }

  /** Brings the log into the head, and begins a new segment. Before any reader and any batch. @throws KernelError, WalError */
  async replay(): Promise<void> {
    const { memory, logger, walCompression, walSegmentBytes } = this.#options;
    const walFolder = join(this.folder, 'wal');
    const startMs = performance.now();
    logger.info('Replaying WAL, this may take a while');
    const outcome = await replayLog({
      memory,
      codec: createCodec(),
      walFolder,
      minTimeMs: -8.64e15,
      progress: this.replayProgress,
    });
    for (const { folder, corruption } of outcome.corruptions) {
      this.corruptions++;
      const { folder: aside, files } = repairSegments(folder, this.folder, corruption, new Date());
      logger.warn('The WAL is damaged: what stands before the damage was read, the rest was set aside', {
        segment: corruption.segment.path,
        offset: corruption.offset,
        err: corruption.reason,
        setAside: aside,
        files: files.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', '),
      });
    }
    const { series, samples, unknownSamples, refusedSeries, segments, bytes } = outcome;
    if (unknownSamples > 0) logger.warn('Unknown series references', { samples: unknownSamples });
    if (refusedSeries > 0)
      logger.warn('Series of the WAL were passed over: their labels or references cannot be used', { series: refusedSeries });
    logger.info('WAL replay completed', { series, samples, segments, bytes, durationMs: Math.round(performance.now() - startMs) });
    this.#log = new WalLog(walFolder, walSegmentBytes);
    this.head.logTo(new HeadLog(new WalEncoder(memory), this.#log, walCompression));
  }

  async snapshot(_withHead: boolean): Promise<string> {
    throw new Error('not supported yet');
  }

  async deleteSeries(): Promise<void> {
    throw new Error('not supported yet');
  }

  async cleanTombstones(): Promise<void> {
    throw new Error('not supported yet');
  }

  /** What was handed over before is written. Nothing is taken any more. */
  async close(): Promise<void> {
    await this.head.close();
    this.#log?.close();
    this.#lock?.release();
  }
}
