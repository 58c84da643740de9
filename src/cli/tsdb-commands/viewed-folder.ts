// A data folder that is looked at: its blocks are opened, and nothing is locked, cleaned up or repaired, so that a server may be using it
// meanwhile.
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createCodec } from '../../kernel/index.ts';
import { BlockFolder, type BlockReader, reasonOf } from '../../tsdb/index.ts';
import { TsdbCommandError } from './command.ts';

export class ViewedFolder {
  /** By their times. */
  readonly blocks: readonly BlockReader[];
  /** Why some blocks could not be opened, a sentence each. */
  readonly problems: readonly string[];
  readonly path: string;
  readonly #folder: BlockFolder;
  readonly #release: () => void;

  /** @throws TsdbCommandError when the folder cannot be read */
  constructor(path: string) {
    this.path = resolve(path);
    try {
      readdirSync(this.path);
    } catch (cause) {
      throw new TsdbCommandError(`cannot open the data folder ${this.path}: ${reasonOf(cause)}`, { cause });
    }
    this.#folder = new BlockFolder(this.path, createCodec());
    ({ blocks: this.blocks, release: this.#release } = this.#folder.use());
    this.problems = this.#folder.refused.map(({ reason }) => reason);
  }

  /** Null for the last one. @throws TsdbCommandError */
  block(ulid: string | null): BlockReader {
    const block = ulid === null ? this.blocks.at(-1) : this.blocks.find(({ meta }) => meta.ulid === ulid);
    if (block !== undefined) return block;
    throw new TsdbCommandError(ulid === null ? `cannot find a block in ${this.path}` : `cannot find block ${ulid} in ${this.path}`);
  }

  /** Whether there is a write-ahead log: it holds what is in no block yet. */
  get hasLog(): boolean {
    const log = join(this.path, 'wal');
    if (!statSync(log, { throwIfNoEntry: false })?.isDirectory()) return false;
    return readdirSync(log).some((name) => /^\d{8}$/.test(name) && (statSync(join(log, name), { throwIfNoEntry: false })?.size ?? 0) > 0);
  }

  close(): void {
    this.#release();
    this.#folder.close();
  }
}
