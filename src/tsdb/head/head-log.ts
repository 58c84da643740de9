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

  write(batches: readonly SampleBatch[]): void | Promise<void> {
    return this.#writeFrom(batches, 0, 0);
  }

  writeRecord(record: Buffer): void | Promise<void> {
    try {
      this.#begin();
      if (!this.#encoder.addRecord(record)) throw new Error('BUG: a record does not fit into an empty output');
      return this.#log.append(this.#encoder.takeOutput(), true)?.catch((error) => {
        throw told(error);
      });
    } catch (error) {
      throw told(error);
    }
  }

  #begin(): void {
    // A record never crosses a segment.
    if (this.#log.roomBytes < this.#encoder.mostBytes) this.#log.cut();
    this.#encoder.begin(this.#log.pageUsed, this.#compression);
  }

  /** From a piece of a batch on. Nearly every group is one small write, which is done in this turn, and then no promise is made. */
  #writeFrom(batches: readonly SampleBatch[], batch: number, piece: number): void | Promise<void> {
    while (batch < batches.length) {
      try {
        this.#begin();
        while (batch < batches.length) {
          piece = this.#encoder.addBatch(batches[batch], piece);
          if (piece !== 0) break; // no room for more in this write
          batch++;
        }
        const output = this.#encoder.takeOutput();
        if (output.length === 0 && batch < batches.length) throw new Error('BUG: a piece of a batch does not fit into an empty output');
        const written = output.length === 0 ? undefined : this.#log.append(output, this.#encoder.hasOthers);
        if (written !== undefined) return this.#goOn(written, batches, batch, piece);
      } catch (error) {
        throw told(error);
      }
    }
  }

  async #goOn(written: Promise<void>, batches: readonly SampleBatch[], batch: number, piece: number): Promise<void> {
    try {
      await written;
    } catch (error) {
      throw told(error);
    }
    await this.#writeFrom(batches, batch, piece);
  }
}

/** A failure of the file as the storage tells it. */
function told(error: unknown): unknown {
  if (!(error instanceof WalError)) return error;
  return new StorageError(error.code === 'disk_full' ? 'disk_full' : 'write_failed', error.message, { cause: error });
}
