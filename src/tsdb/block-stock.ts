// Which blocks there are and what they cost, for who decides about them: metas are read here, everything larger is opened and checked in the
// background thread, once a block. A block that cannot be opened is told in the log, kept as it is, and served by nobody.

import { join } from 'node:path';
import type { Logger } from '../model/index.ts';
import type { Background } from './background/background.ts';
import { BlockError, type BlockMeta, readBlockMeta } from './block/index.ts';
import { blockNames, type RefusedBlock, removeBlock } from './block-folder.ts';

export interface StockedBlock {
  readonly meta: BlockMeta;
  readonly sizeBytes: number;
}

export class BlockStock {
  readonly #folder: string;
  readonly #background: Background;
  readonly #logger: Logger;
  readonly #good = new Map<string, StockedBlock>();
  readonly #refused = new Map<string, string>();

  constructor(folder: string, background: Background, logger: Logger) {
    this.#folder = folder;
    this.#background = background;
    this.#logger = logger;
  }

  /** By time. */
  good(): StockedBlock[] {
    return [...this.#good.values()].sort((a, b) => a.meta.minTime - b.meta.minTime);
  }

  refused(): RefusedBlock[] {
    return [...this.#refused].map(([ulid, reason]) => ({ ulid, reason }));
  }

  get sizeBytes(): number {
    let sum = 0;
    for (const { sizeBytes } of this.#good.values()) sum += sizeBytes;
    return sum;
  }

  /** Takes in what has come into the folder, and forgets what has gone. @throws BackgroundError */
  async refresh(): Promise<void> {
    const names = new Set(blockNames(this.#folder));
    for (const known of [this.#good, this.#refused]) for (const ulid of known.keys()) if (!names.has(ulid)) known.delete(ulid);
    const metas = new Map<string, BlockMeta>();
    for (const ulid of names) {
      if (this.#good.has(ulid) || this.#refused.has(ulid)) continue;
      try {
        metas.set(ulid, readBlockMeta(join(this.#folder, ulid)));
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        this.#refuse(ulid, error.message);
      }
    }
    if (metas.size === 0) return;
    const { good, refused } = await this.#background.run({ type: 'checkBlocks', ulids: [...metas.keys()] });
    for (const { ulid, sizeBytes } of good) this.#good.set(ulid, { meta: metas.get(ulid)!, sizeBytes });
    for (const { ulid, reason } of refused) this.#refuse(ulid, reason);
  }

  /** Its meta.json was changed: it is looked at again by the next refresh. */
  forget(ulid: string): void {
    this.#good.delete(ulid);
  }

  remove(ulid: string): void {
    removeBlock(this.#folder, ulid);
    this.#good.delete(ulid);
    this.#refused.delete(ulid);
  }

  #refuse(ulid: string, reason: string): void {
    this.#refused.set(ulid, reason);
    this.#logger.error('A block cannot be served: it is left as it is', { ulid, err: reason });
  }
}
