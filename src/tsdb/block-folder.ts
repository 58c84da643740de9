// The blocks in the data folder: found anew whenever the folder has changed, so that every thread can have its own view without being told.
// A block appears whole, by a rename, and goes by one. One that cannot be opened is left out, named once, and not tried again before
// something changes.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BlockCodec, BlockError, BlockReader, ULID } from './block/index.ts';

export const DELETION_SUFFIX = '.tmp-for-deletion';

export interface RefusedBlock {
  readonly ulid: string;
  readonly reason: string;
}

export function blockNames(dataFolder: string): string[] {
  return readdirSync(dataFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ULID.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** What blocks left behind that were being made or deleted when the process ended. */
export function removeLeftovers(dataFolder: string): string[] {
  const left = readdirSync(dataFolder).filter((name) => /^[0-9A-Z]{26}(\.tmp|\.tmp-for-creation|\.tmp-for-deletion)$/.test(name));
  for (const name of left) rmSync(join(dataFolder, name), { recursive: true, force: true });
  return left;
}

/** The block is gone at once; its files follow. */
export function removeBlock(dataFolder: string, ulid: string): void {
  const going = join(dataFolder, ulid + DELETION_SUFFIX);
  renameSync(join(dataFolder, ulid), going);
  rmSync(going, { recursive: true, force: true });
}

export class BlockFolder {
  readonly #folder: string;
  readonly #codec: BlockCodec;
  readonly #open = new Map<string, { readonly reader: BlockReader; stonesMs: number }>();
  #refused: RefusedBlock[] = [];
  #seenMs = Number.NaN;

  constructor(folder: string, codec: BlockCodec) {
    this.#folder = folder;
    this.#codec = codec;
  }

  /** The blocks as of now, by time. They are good until the next call. */
  blocks(): BlockReader[] {
    const { mtimeMs } = statSync(this.#folder);
    if (mtimeMs !== this.#seenMs) {
      this.#seenMs = mtimeMs;
      this.#look();
    }
    for (const block of this.#open.values()) {
      const stonesMs = stonesTime(block.reader.folder);
      if (stonesMs !== block.stonesMs) block.reader.reloadTombstones();
      block.stonesMs = stonesMs;
    }
    return [...this.#open.values()].map(({ reader }) => reader).sort((a, b) => a.meta.minTime - b.meta.minTime);
  }

  get refused(): readonly RefusedBlock[] {
    return this.#refused;
  }

  close(): void {
    for (const { reader } of this.#open.values()) reader.close();
    this.#open.clear();
    this.#seenMs = Number.NaN;
  }

  #look(): void {
    const names = new Set(blockNames(this.#folder));
    for (const [name, { reader }] of this.#open) {
      if (names.has(name)) continue;
      reader.close();
      this.#open.delete(name);
    }
    this.#refused = [];
    for (const name of names) {
      if (this.#open.has(name)) continue;
      const folder = join(this.#folder, name);
      try {
        this.#open.set(name, { stonesMs: stonesTime(folder), reader: new BlockReader(folder, this.#codec) });
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        // It may just have been removed.
        if (statSync(folder, { throwIfNoEntry: false }) !== undefined) this.#refused.push({ ulid: name, reason: error.message });
      }
    }
  }
}

function stonesTime(folder: string): number {
  return statSync(join(folder, 'tombstones'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
