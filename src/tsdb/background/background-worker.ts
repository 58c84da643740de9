// The background thread: attached to the head as a reader, it writes blocks and checkpoints, one task at a time.
// It reads the head in short epochs, so that nothing that it does keeps the writer from freeing memory for long.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { type Codec, createCodec, HeadReader } from '../../kernel/index.ts';
import { compactBlocks } from '../compaction/index.ts';
import { writeCheckpoint } from '../wal/index.ts';
import { writeHeadBlock } from './head-block.ts';
import type { BackgroundInit, BackgroundResult, BackgroundTask, FromBackground, ToBackground } from './messages.ts';

const NICE = 10;

export class BackgroundWorker {
  readonly #init: BackgroundInit;
  readonly #codec: Codec;
  readonly #reader: HeadReader;

  constructor(init: BackgroundInit, port: MessagePort) {
    this.#init = init;
    this.#codec = createCodec();
    this.#reader = new HeadReader(init);
    yieldToOthers();
    port.on('message', (message: ToBackground) => void this.#answer(message).then((answer) => port.postMessage(answer)));
  }

  async #answer({ id, task }: ToBackground): Promise<FromBackground> {
    try {
      return { id, ok: true, result: await this.#run(task) };
    } catch (error) {
      const { message, stack } = error as Error;
      return { id, ok: false, message: message.startsWith('BUG:') ? (stack ?? message) : message };
    }
  }

  async #run(task: BackgroundTask): Promise<BackgroundResult> {
    const { dataFolder } = this.#init;
    switch (task.type) {
      case 'headBlock':
        return writeHeadBlock(this.#reader, this.#codec, task);
      case 'checkpoint':
        return writeCheckpoint({ ...task, dataFolder, codec: this.#codec, keep: (ref) => this.#isAlive(ref) });
      case 'compact':
        return compactBlocks({ dataFolder, ulids: task.ulids, codec: this.#codec });
    }
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
