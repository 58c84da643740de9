// The store: what belongs to the data folder, in the order of its life. Opening locks the folder and looks at the blocks; the replay brings
// the log back into the head; then batches are logged and appended. From time to time what the head has had for long enough becomes a block,
// the log is cut back behind it, blocks are compacted and those beyond the retention go (store-upkeep.ts).
import { join } from 'node:path';
import { createCodec, type HeadMemory, type WalCompression, WalEncoder } from '../kernel/index.ts';
import type { Logger, Matcher } from '../model/index.ts';
import { Background } from './background/background.ts';
import type { BlockMeta } from './block/index.ts';
import { removeLeftovers } from './block-folder.ts';
import { BlockStock } from './block-stock.ts';
import { prepareDataFolder } from './data-folder.ts';
import { Head } from './head/head.ts';
import { HeadChunkTable } from './head/head-chunk-table.ts';
import { HeadDeletions, ReplayedTombstones } from './head/head-deletions.ts';
import { HeadLog } from './head/head-log.ts';
import { HeadMetadata } from './head/head-metadata.ts';
import { type ReplayOutcome, type ReplayProgress, replayLog } from './head/head-replay.ts';
import { logPieces } from './head/log-pieces.ts';
import { type ReplayStart, readReplayStart, removeReplayStart } from './head/replay-start.ts';
import { HeadChunkUpkeep } from './head-chunk-upkeep.ts';
import { setHeadChunksAside } from './head-chunks/index.ts';
import { acquireLock, type FolderLock } from './lock.ts';
import type { RetentionLimits } from './retention.ts';
import { StoreUpkeep, type UpkeepCounters } from './store-upkeep.ts';
import { decodeMetadata, repairSegments, WalLog } from './wal/index.ts';

export interface StoreOptions {
  readonly memory: HeadMemory;
  readonly path: string;
  readonly lock: boolean;
  readonly walCompression: WalCompression;
  readonly walSegmentBytes: number;
  /** Whether the log says of series what metrics they are. */
  readonly metadataRecords: boolean;
  readonly minBlockMs: number;
  readonly maxBlockMs: number;
  /** As the configuration has it now. */
  readonly retention: () => RetentionLimits;
  readonly sweepIntervalMs: number;
  /** The entry of the background thread, and which arena and epoch slot are its own. */
  readonly background: { readonly entry: URL; readonly index: number };
  readonly logger: Logger;
}

/** Of records in a log (tsdb/record/record.go of Prometheus). */
const RECORD_KINDS: Readonly<Record<number, string>> = {
  4: 'exemplars',
  5: 'markers of out-of-order chunks',
  7: 'native histograms',
  8: 'native histograms',
  9: 'native histograms',
  10: 'native histograms',
  11: 'samples with start timestamps',
};
/** It says from which time a checkpoint is: nothing is lost with it. */
const CHECKPOINT_TIME = 14;
const kindOf = (type: number) => RECORD_KINDS[type] ?? `type ${type}`;
const NO_LOG = { appends: 0, appendsElsewhere: 0, bytes: 0, failures: 0, truncations: 0 };

/** The head goes on behind such blocks; others (of out-of-order or stale series) lie beside what the log still has. */
function isInOrder({ compaction }: BlockMeta): boolean {
  return !compaction.hints?.some((hint) => hint === 'from-out-of-order' || hint === 'from-stale-series');
}

export class Store {
  readonly folder: string;
  readonly head: Head;
  readonly blocks: BlockStock;
  readonly deletions = new HeadDeletions();
  /** Null when it is not logged. */
  readonly metadata: HeadMetadata | null;
  /** Resolves when those who read the head and the blocks now have ended, or have had long enough: false then. Set by who runs them. */
  readersEnd: () => Promise<boolean> = async () => true;
  readonly replayProgress: ReplayProgress = { min: 0, max: 0, current: 0 };
  /** Places where the log could not be read. */
  corruptions = 0;
  readonly #options: StoreOptions;
  readonly #lock: FolderLock | null;
  readonly #background: Background;
  #log: WalLog | null = null;
  #chunks: HeadChunkUpkeep | null = null;
  #upkeep: StoreUpkeep | null = null;

  /** @throws DataFolderError */
  constructor(options: StoreOptions) {
    this.#options = options;
    const { logger, memory, background, sweepIntervalMs } = options;
    this.folder = prepareDataFolder(options.path);
    this.#lock = options.lock ? acquireLock(this.folder) : null;
    if (this.#lock?.warning) logger.warn(this.#lock.warning);
    if (this.#lock?.replaced)
      logger.warn('A lockfile from a previous execution already existed. It was replaced', { file: join(this.folder, 'lock') });
    const left = removeLeftovers(this.folder);
    if (left.length > 0) logger.info('Blocks that were not finished, or not removed, are removed', { folders: left.join(', ') });
    this.head = new Head(memory, { retentionMs: 0, sweepIntervalMs });
    this.metadata = options.metadataRecords ? new HeadMetadata(memory) : null;
    this.#background = new Background({
      memory: memory.memory,
      module: memory.module,
      index: background.index,
      entry: background.entry,
      dataFolder: this.folder,
      clearEpoch: (reader) => memory.exports.clearEpoch(reader),
    });
    this.blocks = new BlockStock(this.folder, this.#background, logger);
  }

  get walCounters() {
    return this.#log?.counters ?? NO_LOG;
  }

  get walSegment(): number {
    return this.#log?.segment ?? 0;
  }

  get upkeepCounters(): UpkeepCounters | null {
    return this.#upkeep?.counters ?? null;
  }

  get headChunkBytes(): number {
    return this.#chunks?.sizeBytes ?? 0;
  }

  /** Closed chunks of the head that went into files. */
  get chunksStored(): number {
    return this.#chunks?.stored ?? 0;
  }

  blockMetas(): BlockMeta[] {
    return this.blocks.good().map(({ meta }) => meta);
  }

  /** Looks at the blocks, brings the log into the head, and begins a new segment. Before any reader and any batch. @throws KernelError, WalError, BackgroundError */
  async replay(): Promise<void> {
    const { memory, walCompression, walSegmentBytes, minBlockMs, maxBlockMs, retention, logger } = this.#options;
    await this.blocks.refresh();
    const blocksEndMs = Math.max(
      -8.64e15,
      ...this.blockMetas()
        .filter(isInOrder)
        .map(({ maxTime }) => maxTime),
    );
    const walFolder = join(this.folder, 'wal');
    this.head.truncate(blocksEndMs);
    const start = readReplayStart(this.folder, createCodec(memory.module));
    const chunks = await this.#loadChunks(blocksEndMs, start?.chunk);
    // Samples before the start are in the chunks, if all of those are there.
    const { others, aliases } = await this.#replayLog(walFolder, blocksEndMs, chunks.hasMark && chunks.left === 0 ? start : null);
    chunks.finish();
    this.head.startSweeps();
    const log = new WalLog(walFolder, walSegmentBytes, { others });
    this.#log = log;
    this.head.logTo(new HeadLog(new WalEncoder(memory), log, walCompression), this.metadata);
    this.#chunks = new HeadChunkUpkeep({ head: this.head, log, background: this.#background, files: chunks.files });
    this.#upkeep = new StoreUpkeep({
      dataFolder: this.folder,
      head: this.head,
      deletions: this.deletions,
      chunks: this.#chunks,
      log,
      aliases,
      blocks: this.blocks,
      background: this.#background,
      walCompression,
      minBlockMs,
      maxBlockMs,
      retention,
      readersEnd: () => this.readersEnd(),
      logger,
    });
    this.#upkeep.start();
  }

  async #loadChunks(minTimeMs: number, mark: ReplayStart['chunk'] | undefined): Promise<HeadChunkTable> {
    const { memory, logger } = this.#options;
    const startMs = performance.now();
    logger.info('Replaying on-disk memory mappable chunks if any');
    const table = await HeadChunkTable.load({ memory, dataFolder: this.folder, checksum: createCodec(memory.module), minTimeMs, mark });
    if (table.damage !== null) {
      this.corruptions++;
      logger.warn('Head chunks are damaged: their samples come from the WAL', {
        err: setHeadChunksAside(this.folder, table.damage, new Date()).message,
      });
    }
    const { count: chunks, left, files } = table;
    if (left > 0) logger.warn('Head chunks were passed over: their samples come from the WAL', { chunks: left });
    const durationMs = Math.round(performance.now() - startMs);
    logger.info('On-disk memory mappable chunks replay completed', { chunks, files: files.length, durationMs });
    return table;
  }

  async #replayLog(walFolder: string, minTimeMs: number, start: ReplayStart | null): Promise<ReplayOutcome> {
    const { memory, logger } = this.#options;
    const startMs = performance.now();
    if (start === null) logger.info('Replaying WAL, this may take a while');
    else logger.info('Replaying WAL: samples before its start are in head chunks', { segment: start.segment, offset: start.offset });
    const deleted = new ReplayedTombstones(memory, minTimeMs);
    const outcome = await replayLog({
      memory,
      piecesOf: logPieces(createCodec(memory.module), this.#background),
      walFolder,
      start,
      minTimeMs,
      progress: this.replayProgress,
      onTombstones: (record) => deleted.take(record),
      // Looked at in any case: a malformed one is damage.
      onMetadata: (record) => (this.metadata === null ? decodeMetadata(record) !== null : this.metadata.replay(record)),
    });
    this.deletions.replayed(deleted.stones);
    for (const { folder, corruption } of outcome.corruptions) {
      this.corruptions++;
      // The log does not end any more where it did, and what comes now has other places.
      removeReplayStart(this.folder);
      const { folder: aside, files } = repairSegments(folder, this.folder, corruption, new Date());
      logger.warn('The WAL is damaged: what stands before the damage was read, the rest was set aside', {
        segment: corruption.segment.path,
        offset: corruption.offset,
        err: corruption.reason,
        setAside: aside,
        files: files.map(({ name, bytes }) => `${name} (${bytes} bytes)`).join(', '),
      });
    }
    const { series, samples, unknownSamples, refusedSeries, segments, bytes, otherRecords } = outcome;
    if (unknownSamples > 0) logger.warn('Unknown series references', { samples: unknownSamples });
    if (refusedSeries > 0)
      logger.warn('Series of the WAL were passed over: their labels or references cannot be used', { series: refusedSeries });
    for (const [type, records] of otherRecords) {
      if (type === CHECKPOINT_TIME) continue;
      logger.warn('Records of the WAL were passed over, and are kept in it: this version cannot read them', {
        kind: kindOf(type),
        records,
      });
    }
    logger.info('WAL replay completed', { series, samples, segments, bytes, durationMs: Math.round(performance.now() - startMs) });
    return outcome;
  }

  /** @throws Error that says why there is no snapshot */
  async snapshot(withHead: boolean): Promise<string> {
    if (this.#upkeep === null) throw new Error('cannot make a snapshot: the log is being replayed');
    return this.#upkeep.snapshot(withHead);
  }

  /** Samples of [minTimeMs, maxTimeMs] (ms) of the series that all matchers accept. @throws Error that says why they are still there */
  async deleteSeries(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Promise<void> {
    if (this.#upkeep === null) throw new Error('cannot delete series: the log is being replayed');
    await this.#upkeep.deleteSeries(matchers, minTimeMs, maxTimeMs);
  }

  /** @throws Error that says why they are still there */
  async cleanTombstones(): Promise<void> {
    if (this.#upkeep === null) throw new Error('cannot clean tombstones: the log is being replayed');
    await this.#upkeep.cleanTombstones();
  }

  /** What was handed over before is written. Nothing is taken any more. */
  async close(): Promise<void> {
    this.#upkeep?.stop();
    await this.head.close();
    await this.#background.close();
    this.#log?.close();
    this.#lock?.release();
  }
}
