// The background thread: attached to the head as a reader, it writes blocks and checkpoints, one task at a time.
// It reads the head in short epochs, so that nothing that it does keeps the writer from freeing memory for long.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { type Codec, createCodec, HeadReader } from '../../kernel/index.ts';
import { BlockError, BlockReader } from '../block/index.ts';
import { cleanTombstones, compactBlocks } from '../compaction/index.ts';
import { HeadChunkFiles } from '../head-chunks/index.ts';
import { RecordFeed, type RecordPiece, writeCheckpoint } from '../wal/index.ts';
import { deleteSeries } from './delete-series.ts';
import { writeHeadBlock } from './head-block.ts';
import type { BackgroundInit, BackgroundResult, BackgroundTask, CheckBlocksResult, FromBackground, ToBackground } from './messages.ts';
import { markReplayStart, storeChunks, truncateChunks } from './store-chunks.ts';

const NICE = 10;
const NO_PIECE: RecordPiece = { bytes: new Uint8Array(), index: new Float64Array(), isLast: true, corruption: null, readBytes: 0 };

export class BackgroundWorker {
  readonly #dataFolder: string;
  readonly #codec: Codec;
  readonly #reader: HeadReader;
  /** Of the log that is read, until its end. */
  #feed: RecordFeed | null = null;

  constructor(init: BackgroundInit, port: MessagePort) {
    this.#dataFolder = init.dataFolder;
    this.#codec = createCodec(init.module);
    this.#reader = new HeadReader(init);
    this.#reader.chunkFiles = new HeadChunkFiles(init.dataFolder, this.#codec);
    yieldToOthers();
    port.on('message', (message: ToBackground) => {
      const answer = this.#answer(message);
      port.postMessage(answer, transferred(answer));
    });
  }

  #answer({ id, task }: ToBackground): FromBackground {
    try {
      return { id, ok: true, result: this.#run(task) };
    } catch (error) {
      const { message, stack } = error as Error;
      return { id, ok: false, message: message.startsWith('BUG:') ? (stack ?? message) : message };
    }
  }

  #run(task: BackgroundTask): BackgroundResult {
    switch (task.type) {
      case 'headBlock':
        return writeHeadBlock(this.#reader, this.#codec, task);
      case 'checkpoint': {
        const aliases = new Set(task.aliases);
        const keep = (ref: number) => aliases.has(ref) || this.#isAlive(ref);
        return writeCheckpoint({ ...task, walFolder: join(this.#dataFolder, 'wal'), codec: this.#codec, keep });
      }
      case 'compact':
        return { ulid: compactBlocks({ dataFolder: this.#dataFolder, ulids: task.ulids, codec: this.#codec })?.ulid ?? null };
      case 'storeChunks':
        return storeChunks(this.#reader, this.#codec, this.#dataFolder, task);
      case 'truncateChunks':
        return truncateChunks(this.#codec, this.#dataFolder, task);
      case 'readLog':
        if (task.parts !== null) this.#feed = new RecordFeed(task.parts, this.#codec);
        return this.#nextPiece(task.spare);
      case 'replayStart':
        return { place: markReplayStart(this.#reader, this.#codec, this.#dataFolder, task) };
      case 'deleteSeries':
        return deleteSeries(this.#reader, this.#codec, this.#dataFolder, task);
      case 'cleanTombstones': {
        const { rewritten, meta } = cleanTombstones({ dataFolder: this.#dataFolder, ulid: task.ulid, codec: this.#codec });
        return { rewritten, ulid: meta?.ulid ?? null };
      }
      case 'checkBlocks':
        return this.#check(task.ulids);
    }
  }

  #nextPiece(spare: ArrayBuffer | null): RecordPiece {
    if (this.#feed === null) return NO_PIECE;
    const piece = this.#feed.next(spare);
    if (piece.isLast) this.#feed = null;
    return piece;
  }

  /** Opens each block, which looks at all that leads to its samples. */
  #check(ulids: readonly string[]): CheckBlocksResult {
    const good: { ulid: string; sizeBytes: number }[] = [];
    const refused: { ulid: string; reason: string }[] = [];
    for (const ulid of ulids) {
      try {
        const block = new BlockReader(join(this.#dataFolder, ulid), this.#codec);
        good.push({ ulid, sizeBytes: block.sizeBytes });
        block.close();
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        refused.push({ ulid, reason: error.message });
      }
    }
    return { good, refused };
  }

  #isAlive(ref: number): boolean {
    return this.#reader.inEpoch(() => this.#reader.kernel.refToSlot(ref) >>> 0) !== 0;
  }
}

/** Scrapes and queries come first. Where the system knows no thread ids of its own, there is nothing to set. */
function yieldToOthers(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE);
  } catch {
    // Not Linux, or not allowed: it runs as the others do.
  }
}

/** Of a large answer its memory is handed over. */
function transferred(answer: FromBackground): ArrayBuffer[] {
  if (!answer.ok || !('readBytes' in answer.result) || answer.result === NO_PIECE) return [];
  const { bytes, index } = answer.result;
  return [bytes.buffer, index.buffer];
}
