// What becomes of blocks: several become one, those with much deleted are written again, those beyond the retention go. The work itself is
// done in the background thread, in its turn among the rest of the upkeep.
import type { Logger } from '../model/index.ts';
import type { Background } from './background/background.ts';
import type { BlockMeta } from './block/index.ts';
import type { BlockStock } from './block-stock.ts';
import { blockRanges, planCompaction } from './compaction/index.ts';
import { beyondRetention, type RetentionLimits } from './retention.ts';

export interface BlockUpkeepOptions {
  readonly blocks: BlockStock;
  readonly background: Pick<Background, 'run'>;
  readonly minBlockMs: number;
  readonly maxBlockMs: number;
  readonly retention: () => RetentionLimits;
  /** Of the log and the head's chunk files, which count for the size. */
  readonly otherBytes: () => number;
  readonly logger: Logger;
}

export class BlockUpkeep {
  readonly counters = {
    compactions: 0,
    /** Of them those of blocks that overlapped. */
    verticalCompactions: 0,
    /** Times that a limit was exceeded. */
    timeRetentions: 0,
    sizeRetentions: 0,
  };
  readonly #options: BlockUpkeepOptions;

  constructor(options: BlockUpkeepOptions) {
    this.#options = options;
  }

  /** One compaction after the other, until there is none to do or, between two, something else is. Returns whether it was that. */
  async compact(isOtherDue: () => boolean): Promise<boolean> {
    const { blocks, minBlockMs, maxBlockMs } = this.#options;
    this.#removeParents();
    for (;;) {
      if (isOtherDue()) return true;
      const metas = blocks.good().map(({ meta }) => meta);
      const plan = planCompaction(metas, blockRanges(minBlockMs, maxBlockMs));
      if (plan.length === 0) return false;
      await this.#compact(plan);
    }
  }

  retain(): void {
    const { blocks, retention, otherBytes, logger } = this.#options;
    const stock = blocks.good().map(({ meta, sizeBytes }) => ({ ulid: meta.ulid, maxTime: meta.maxTime, sizeBytes }));
    const { time, size } = beyondRetention(stock, retention(), otherBytes());
    if (time.length > 0) this.counters.timeRetentions++;
    if (size.length > 0) this.counters.sizeRetentions++;
    for (const ulid of [...time, ...size]) {
      blocks.remove(ulid);
      logger.info('Deleting obsolete block', { ulid });
    }
  }

  /** Blocks of which something is deleted are written again without it. */
  async cleanTombstones(): Promise<void> {
    const { blocks, background, logger } = this.#options;
    await blocks.refresh();
    for (const { meta } of blocks.good()) {
      if (!meta.stats.numTombstones) continue;
      const startMs = performance.now();
      const { rewritten, ulid } = await background.run({ type: 'cleanTombstones', ulid: meta.ulid });
      if (!rewritten) continue;
      await this.#replace([meta.ulid], ulid);
      logger.info('clean tombstones', { block: meta.ulid, ulid: ulid ?? 'none', durationMs: Math.round(performance.now() - startMs) });
    }
  }

  async #compact(plan: readonly BlockMeta[]): Promise<void> {
    const { blocks, background, logger } = this.#options;
    const ulids = plan.map(({ ulid }) => ulid);
    const sources = ulids.join(' ');
    const overlap = plan.some(({ minTime }, i) => i > 0 && minTime < plan[i - 1].maxTime);
    if (overlap) logger.warn('Found overlapping blocks during compaction', { sources });
    const startMs = performance.now();
    let made: string | null;
    try {
      ({ ulid: made } = await background.run({ type: 'compact', ulids }));
    } catch (error) {
      // They may be marked as failed now, and are planned again otherwise.
      for (const ulid of ulids) blocks.forget(ulid);
      await blocks.refresh();
      throw error;
    }
    await this.#replace(ulids, made);
    this.counters.compactions++;
    if (overlap) this.counters.verticalCompactions++;
    logger.info('compact blocks', {
      count: ulids.length,
      sources,
      ulid: made ?? 'none',
      durationMs: Math.round(performance.now() - startMs),
    });
  }

  /** The new block, or nothing, for those that it was made of. A block that cannot be read must not cost them. */
  async #replace(parents: readonly string[], ulid: string | null): Promise<void> {
    const { blocks } = this.#options;
    await blocks.refresh();
    if (ulid !== null && !blocks.good().some(({ meta }) => meta.ulid === ulid)) {
      blocks.remove(ulid);
      throw new Error(`cannot replace blocks ${parents.join(' ')}: the new block ${ulid} could not be opened, and was removed`);
    }
    for (const parent of parents) blocks.remove(parent);
  }

  /** Blocks that were compacted when the process ended before they were removed; a damaged one too, since another has its samples. */
  #removeParents(): void {
    const { blocks } = this.#options;
    const good = blocks.good();
    const parents = new Set(good.flatMap(({ meta }) => meta.compaction.parents?.map(({ ulid }) => ulid) ?? []));
    for (const { meta } of good) if (parents.has(meta.ulid) || meta.compaction.deletable) blocks.remove(meta.ulid);
    for (const { ulid } of blocks.refused()) if (parents.has(ulid)) blocks.remove(ulid);
  }
}
