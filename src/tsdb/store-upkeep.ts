// What is done with the store from time to time, one thing after the other, the work itself in the background thread:
// the head's older part becomes a block when the head spans one and a half times a block's range; then the log is cut back behind a checkpoint;
// blocks are compacted; those beyond the retention go. A step that fails is told, and tried again the next time.
import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HeadTombstones, type WalCompression } from '../kernel/index.ts';
import type { Logger, Matcher } from '../model/index.ts';
import type { Background } from './background/background.ts';
import type { HeadBlockResult } from './background/messages.ts';
import type { BlockStock } from './block-stock.ts';
import { BlockUpkeep } from './block-upkeep.ts';
import type { Head } from './head/head.ts';
import type { HeadDeletions } from './head/head-deletions.ts';
import type { HeadChunkUpkeep } from './head-chunk-upkeep.ts';
import type { RetentionLimits } from './retention.ts';
import { lastCheckpoint, listSegments, removeCheckpointsBefore, type WalLog, walBytes } from './wal/index.ts';

export interface UpkeepOptions {
  readonly dataFolder: string;
  readonly head: Head;
  readonly deletions: HeadDeletions;
  readonly chunks: HeadChunkUpkeep;
  readonly log: WalLog;
  /** Refs that the log has for series of the head beside the head's own. */
  readonly aliases: Uint32Array;
  readonly blocks: BlockStock;
  readonly background: Background;
  readonly walCompression: WalCompression;
  readonly minBlockMs: number;
  readonly maxBlockMs: number;
  readonly retention: () => RetentionLimits;
  /** Resolves when those who read now have ended, or have had long enough: false then. */
  readonly readersEnd: () => Promise<boolean>;
  readonly logger: Logger;
}

export type UpkeepCounters = BlockUpkeep['counters'] & {
  readonly headBlocks: number;
  readonly checkpoints: number;
  readonly failures: number;
};

/** As Prometheus looks for what is to be done; sooner where blocks are shorter than some minutes. */
const INTERVAL_MS = 60_000;
/** Chunks close in crowds: the sooner they are in files, the less of the log the next start has to replay. */
const CHUNK_INTERVAL_MS = 10_000;

export class StoreUpkeep {
  readonly #options: UpkeepOptions;
  readonly #blockUpkeep: BlockUpkeep;
  readonly #counters = { headBlocks: 0, checkpoints: 0, failures: 0 };
  #timer: NodeJS.Timeout | undefined;
  #chunkTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Work on the folder is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: UpkeepOptions) {
    this.#options = options;
    const otherBytes = () => walBytes(join(options.dataFolder, 'wal')) + options.chunks.sizeBytes;
    this.#blockUpkeep = new BlockUpkeep({ ...options, otherBytes });
  }

  get counters(): UpkeepCounters {
    return { ...this.#counters, ...this.#blockUpkeep.counters };
  }

  start(): void {
    const intervalMs = Math.min(INTERVAL_MS, this.#options.minBlockMs / 8);
    this.#timer = setInterval(() => void this.#inTurn(() => this.#run()), intervalMs);
    this.#timer.unref();
    this.#chunkTimer = setInterval(
      () => void this.#inTurn(() => this.#step('chunks', () => this.#options.chunks.store())),
      Math.min(CHUNK_INTERVAL_MS, intervalMs),
    );
    this.#chunkTimer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearInterval(this.#chunkTimer);
  }

  /** The blocks (by hard links), and the head as a block of its own. @returns the folder's name in `snapshots` */
  snapshot(withHead: boolean): Promise<string> {
    return this.#inTurn(async () => {
      const { dataFolder, blocks, head } = this.#options;
      await blocks.refresh();
      const name = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}Z-${Math.random().toString(16).slice(2, 18).padEnd(16, '0')}`;
      const folder = join(dataFolder, 'snapshots', name);
      mkdirSync(folder, { recursive: true });
      for (const { meta } of blocks.good()) linkFolder(join(dataFolder, meta.ulid), join(folder, meta.ulid));
      const { minTimeMs, maxTimeMs } = head.usage;
      if (withHead && !Number.isNaN(maxTimeMs)) await this.#writeHead(minTimeMs, maxTimeMs + 1, folder);
      return name;
    });
  }

  /** Samples of [minTimeMs, maxTimeMs] (ms) of the series that all matchers accept. When it resolves, no query that begins then shows them. */
  deleteSeries(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Promise<void> {
    return this.#inTurn(async () => {
      const { head, deletions, blocks, background } = this.#options;
      await blocks.refresh();
      const ulids = blocks
        .good()
        .filter(({ meta }) => meta.minTime <= maxTimeMs && meta.maxTime > minTimeMs)
        .map(({ meta }) => meta.ulid);
      const plain = matchers.map(({ name, op, value }) => ({ name, op, value }));
      const before = deletions.tombstones.shared;
      const task = { type: 'deleteSeries', matchers: plain, minTimeMs, maxTimeMs, ulids, tombstones: before } as const;
      const { added, tombstones } = await background.run(task).finally(() => {
        // Some of them may be done where one could not be.
        for (const ulid of ulids) blocks.forget(ulid);
      });
      await blocks.refresh();
      if (added.length > 0) await deletions.add(head, added, new HeadTombstones(tombstones));
    });
  }

  /** Blocks of which something is deleted are written again without it. The head's samples go with the next head block. */
  cleanTombstones(): Promise<void> {
    return this.#inTurn(() => this.#blockUpkeep.cleanTombstones());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(): Promise<void> {
    // A head block that is due goes before further compactions.
    for (let interrupted = true; interrupted && !this.#stopped; ) {
      const headIsDone = await this.#step('head', () => this.#compactHead());
      interrupted = false;
      await this.#step('compaction', async () => {
        interrupted = await this.#blockUpkeep.compact(() => this.#stopped || (headIsDone && this.#isHeadDue()));
      });
    }
    await this.#step('retention', async () => this.#blockUpkeep.retain());
  }

  /** Returns whether it was done. */
  async #step(what: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#stopped) return false;
    try {
      await work();
      return true;
    } catch (error) {
      if (this.#stopped) return false;
      this.#counters.failures++;
      this.#options.logger.error('Store upkeep failed', { step: what, err: (error as Error).message });
      return false;
    }
  }

  #isHeadDue(): boolean {
    const { head, minBlockMs } = this.#options;
    const { minTimeMs, maxTimeMs } = head.usage;
    return !Number.isNaN(minTimeMs) && maxTimeMs - minTimeMs > minBlockMs * 1.5;
  }

  async #compactHead(): Promise<void> {
    const { head, deletions, blocks, dataFolder, minBlockMs, readersEnd, logger } = this.#options;
    while (this.#isHeadDue()) {
      const { minTimeMs } = head.usage;
      const endMs = Math.floor(minTimeMs / minBlockMs) * minBlockMs + minBlockMs;
      const startMs = performance.now();
      const made = await this.#writeHead(minTimeMs, endMs, dataFolder);
      await blocks.refresh();
      if (made.ulid !== null) {
        this.#counters.headBlocks++;
        const durationMs = Math.round(performance.now() - startMs);
        logger.info('write block', {
          mint: minTimeMs,
          maxt: endMs,
          ulid: made.ulid,
          series: made.series,
          samples: made.samples,
          durationMs,
        });
      }
      // Readers find the block from here on. Those who took their list of blocks before have only the head to find its samples in.
      if (!(await readersEnd())) logger.warn('The head is cut back although queries of before still run: they may miss samples', { endMs });
      if (this.#stopped) return;
      head.truncate(endMs);
      // One range later than samples: those stay in memory for a moment.
      deletions.truncate(endMs - minBlockMs);
      await this.#options.chunks.truncate(endMs);
      await this.#truncateLog(endMs);
    }
  }

  /** The older two thirds of the segments become a checkpoint, as in Prometheus. */
  async #truncateLog(minTimeMs: number): Promise<void> {
    const { log, background, dataFolder, walCompression, aliases, logger } = this.#options;
    const walFolder = join(dataFolder, 'wal');
    // So that a log that grows slowly is cut back too.
    log.cutSoon();
    const segments = listSegments(walFolder);
    const first = segments[0]?.number ?? 0;
    const last = first + Math.floor(((segments.at(-1)?.number ?? 0) - 1 - first) * (2 / 3));
    if (segments.length < 3 || last <= first) return;
    if ((lastCheckpoint(walFolder)?.number ?? -1) >= last) return;
    const startMs = performance.now();
    await background.run({ type: 'checkpoint', lastSegment: last, minTimeMs, aliases, compression: walCompression });
    log.truncate(last + 1);
    removeCheckpointsBefore(walFolder, last);
    this.#counters.checkpoints++;
    logger.info('WAL checkpoint complete', { first, last, durationMs: Math.round(performance.now() - startMs) });
  }

  #writeHead(minTimeMs: number, maxTimeMs: number, folder: string): Promise<HeadBlockResult> {
    const { background, deletions } = this.#options;
    return background.run({ type: 'headBlock', minTimeMs, maxTimeMs, folder, tombstones: deletions.tombstones.shared });
  }
}

function linkFolder(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.name === 'tombstones') copyFileSync(source, target);
    else linkSync(source, target);
  }
}
