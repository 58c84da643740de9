// The live log as the head uses it: batches are encoded in the kernel and written in one go, before they become visible.
// One write at a time. What could not be written is taken back whole by the file's side (wal/wal-log.ts).
import type { WalCompression, WalEncoder } from '../../kernel/index.ts';
import { StorageError } from '../../storage/index.ts';
import { WalError } from '../wal/index.ts';
import type { WalLog } from '../wal/wal-log.ts';
import type { BatchLog, LoggedBatch } from './head.ts';

export class HeadLog implements BatchLog {
  readonly #encoder: WalEncoder;
  readonly #log: WalLog;
  readonly #compression: WalCompression;

  constructor(encoder: WalEncoder, log: WalLog, compression: WalCompression) {
    this.#encoder = encoder;
    this.#log = log;
    this.#compression = compression;
  }

  write(batches: readonly LoggedBatch[]): void | Promise<void> {
    return this.#writeFrom(batches, BEGIN);
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

  /** Nearly every group is one small write, which is done in this turn, and then no promise is made. */
  #writeFrom(batches: readonly LoggedBatch[], begin: Progress): void | Promise<void> {
    let progress = begin;
    while (progress.batch < batches.length) {
      try {
        this.#begin();
        progress = this.#fill(batches, progress);
        const output = this.#encoder.takeOutput();
        if (output.length === 0 && progress.batch < batches.length)
          throw new Error('BUG: a piece of a batch does not fit into an empty output');
        const written = output.length === 0 ? undefined : this.#log.append(output, this.#encoder.hasOthers);
        if (written !== undefined) return this.#goOn(written, batches, progress);
      } catch (error) {
        throw told(error);
      }
    }
  }

  /** As much as one output takes. */
  #fill(batches: readonly LoggedBatch[], progress: Progress): Progress {
    let { batch, piece, record } = progress;
    for (; batch < batches.length; batch++, piece = 0, record = -1) {
      if (record < 0) piece = this.#encoder.addBatch(batches[batch].batch, piece);
      if (piece !== 0) break;
      const { records } = batches[batch];
      for (record = Math.max(record, 0); record < records.length; record++) if (!this.#encoder.addRecord(records[record])) break;
      if (record < records.length) break;
    }
    return { batch, piece, record };
  }

  async #goOn(written: Promise<void>, batches: readonly LoggedBatch[], progress: Progress): Promise<void> {
    try {
      await written;
    } catch (error) {
      throw told(error);
    }
    await this.#writeFrom(batches, progress);
  }
}

/** How far a group of batches is written: the piece of its batch to go on with (0: from its begin), then the record (-1: the batch first). */
interface Progress {
  readonly batch: number;
  readonly piece: number;
  readonly record: number;
}

const BEGIN: Progress = { batch: 0, piece: 0, record: -1 };

/** A failure of the file as the storage tells it. */
function told(error: unknown): unknown {
  if (!(error instanceof WalError)) return error;
  return new StorageError(error.code === 'disk_full' ? 'disk_full' : 'write_failed', error.message, { cause: error });
}
