// The blocks in the data folder: found anew whenever the folder has changed, so that every thread can have its own view without being told.
// A block appears whole, by a rename, and goes by one. One that cannot be opened is left out, named once, and not tried again before
// something changes.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BlockCodec, BlockError, BlockReader, ULID } from './block/index.ts';
import { SeriesCache } from './index/index.ts';

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
  readonly #series = new SeriesCache();
  readonly #open = new Map<string, OpenBlock>();
  #refused: RefusedBlock[] = [];
  #seenMs = Number.NaN;

  constructor(folder: string, codec: BlockCodec) {
    this.#folder = folder;
    this.#codec = codec;
  }

  /** The blocks as of now, by time. They stay open until release() is called, whatever becomes of their folders. @throws BlockError */
  use(): { readonly blocks: readonly BlockReader[]; release(): void } {
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
    const used = [...this.#open.values()].sort((a, b) => a.reader.meta.minTime - b.reader.meta.minTime);
    for (const block of used) block.users++;
    return { blocks: used.map(({ reader }) => reader), release: () => used.splice(0).forEach(letGo) };
  }

  get refused(): readonly RefusedBlock[] {
    return this.#refused;
  }

  close(): void {
    for (const block of this.#open.values()) forget(block);
    this.#open.clear();
    this.#seenMs = Number.NaN;
  }

  #look(): void {
    const names = new Set(blockNames(this.#folder));
    for (const [name, block] of this.#open) {
      if (names.has(name)) continue;
      forget(block);
      this.#open.delete(name);
    }
    this.#refused = [];
    for (const name of names) {
      if (this.#open.has(name)) continue;
      const folder = join(this.#folder, name);
      try {
        this.#open.set(name, {
          stonesMs: stonesTime(folder),
          reader: new BlockReader(folder, this.#codec, this.#series),
          users: 0,
          gone: false,
        });
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        // It may just have been removed.
        if (statSync(folder, { throwIfNoEntry: false }) !== undefined) this.#refused.push({ ulid: name, reason: error.message });
      }
    }
  }
}

interface OpenBlock {
  readonly reader: BlockReader;
  stonesMs: number;
  /** Queries that read it. */
  users: number;
  /** Its folder is gone: closed when nobody reads it any more. */
  gone: boolean;
}

function letGo(block: OpenBlock): void {
  block.users--;
  if (block.gone && block.users === 0) block.reader.close();
}

function forget(block: OpenBlock): void {
  block.gone = true;
  if (block.users === 0) block.reader.close();
}

function stonesTime(folder: string): number {
  return statSync(join(folder, 'tombstones'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
