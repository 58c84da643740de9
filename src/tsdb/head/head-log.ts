// The live log as the head uses it: batches are encoded in the kernel and written in one go, before they become visible.
// One write at a time. What could not be written is taken back whole by the file's side (wal/wal-log.ts).
import type { SampleBatch, WalCompression, WalEncoder } from '../../kernel/index.ts';
import { StorageError } from '../../storage/index.ts';
import { WalError } from '../wal/index.ts';
import type { WalLog } from '../wal/wal-log.ts';
import type { BatchLog } from './head.ts';

export class HeadLog implements BatchLog {
  readonly #encoder: WalEncoder;
  readonly #log: WalLog;
  readonly #compression: WalCompression;

  constructor(encoder: WalEncoder, log: WalLog, compression: WalCompression) {
    this.#encoder = encoder;
    this.#log = log;
    this.#compression = compression;
  }

  async write(batches: readonly SampleBatch[]): Promise<void> {
    let batch = 0;
    let piece = 0;
    while (batch < batches.length) {
      // A record never crosses a segment.
      if (this.#log.roomBytes < this.#encoder.mostBytes) await this.#told(async () => this.#log.cut());
      this.#encoder.begin(this.#log.pageUsed, this.#compression);
      while (batch < batches.length) {
        piece = this.#encoder.addBatch(batches[batch], piece);
        if (piece !== 0) break; // no room for more in this write
        batch++;
      }
      const output = this.#encoder.takeOutput();
      if (output.length === 0 && batch < batches.length) throw new Error('BUG: a piece of a batch does not fit into an empty output');
      if (output.length > 0) await this.#told(() => this.#log.append(output));
    }
  }

  /** A failure of the file as the storage tells it. */
  async #told(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      throw new StorageError(error.code === 'disk_full' ? 'disk_full' : 'write_failed', error.message, { cause: error });
    }
  }
}
