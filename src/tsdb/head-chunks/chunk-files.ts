// The head chunk files as a reader of the head wants them, from any thread. Open files and what was read of them are let go of every
// minute, since the system keeps the room of deleted files as long as they are open.
import type { ChunkFiles, StoredChunk } from '../../kernel/index.ts';
import { HeadChunkError } from './errors.ts';
import type { Checksum } from './head-chunk.ts';
import { HeadChunkReader } from './head-chunk-reader.ts';

const OPEN_MS = 60_000;

export class HeadChunkFiles implements ChunkFiles {
  readonly #reader: HeadChunkReader;
  #closing: NodeJS.Timeout | undefined;

  constructor(dataFolder: string, checksum: Checksum) {
    this.#reader = new HeadChunkReader({ dataFolder, checksum });
  }

  /** @throws HeadChunkError `damaged`, `read_failed` */
  read(place: StoredChunk, seriesRef: number): Uint8Array | null {
    this.#closing ??= setTimeout(() => this.close(), OPEN_MS).unref();
    try {
      return this.#reader.read(place, seriesRef).data;
    } catch (error) {
      if (error instanceof HeadChunkError && error.code === 'gone') return null;
      throw error;
    }
  }

  close(): void {
    clearTimeout(this.#closing);
    this.#closing = undefined;
    this.#reader.close();
  }
}
