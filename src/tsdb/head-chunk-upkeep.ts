// Closed chunks of the head leave memory for head chunk files, and what of the log the next start need not replay therefore is written down:
// the work itself is done in the background thread, in its turn among the rest of the upkeep.
import type { Background } from './background/background.ts';
import type { Head } from './head/head.ts';
import type { LogPlace, ReplayStart } from './head/replay-start.ts';
import type { HeadChunkFile } from './head-chunks/index.ts';
import type { WalLog } from './wal/index.ts';

export interface HeadChunkUpkeepOptions {
  readonly head: Head;
  readonly log: WalLog;
  readonly background: Background;
  /** Those that were there at the start. */
  readonly files: readonly HeadChunkFile[];
}

/** So that what comes back is 2 MB. */
const MOST_CHUNKS_A_TASK = 65_536;
/** Three hours of them. */
const MOST_PLACES = 1080;

export class HeadChunkUpkeep {
  /** Chunks that went into files. */
  stored = 0;
  readonly #options: HeadChunkUpkeepOptions;
  #files: readonly HeadChunkFile[];
  /** The newest of them is this process's own, and is gone on with. */
  #ownsNewest = false;
  /** Places of the log to begin a replay at, in order, each with the newest time of the samples before it. */
  readonly #places: (LogPlace & { readonly maxTimeMs: number })[] = [];

  constructor(options: HeadChunkUpkeepOptions) {
    this.#options = options;
    this.#files = options.files;
  }

  get sizeBytes(): number {
    return this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Stores them when a quarter of the series has one, so that the background thread is not started for each few. */
  async store(): Promise<void> {
    await this.#rememberPlace();
    const { chunks, chunksStored, series } = this.#options.head.usage;
    if (chunks - chunksStored - series <= series / 4) return;
    const newest = await this.#storeAll();
    if (newest !== null) await this.#writeReplayStart(newest);
  }

  /** Files go whose chunks all end before that time (ms). */
  async truncate(minTimeMs: number): Promise<void> {
    if (this.#files.length === 0) return;
    const { files } = await this.#options.background.run({ type: 'truncateChunks', ...this.#resume(), minTimeMs });
    this.#files = files;
    // The next chunk begins a file, so that this one can go.
    this.#ownsNewest = false;
  }

  async #storeAll(): Promise<ReplayStart['chunk'] | null> {
    const { head, background } = this.#options;
    let newest: ReplayStart['chunk'] | null = null;
    for (let more = true; more; ) {
      const result = await background.run({ type: 'storeChunks', ...this.#resume(), mostChunks: MOST_CHUNKS_A_TASK });
      this.#files = result.files;
      this.#ownsNewest ||= result.entries.length > 0;
      const stored = await head.storeChunks(result.entries);
      this.stored += stored;
      newest = result.newest ?? newest;
      more = result.more && stored > 0;
    }
    return newest;
  }

  /** Between two batches everything before the log's end is in memory. */
  async #rememberPlace(): Promise<void> {
    const { head, log } = this.#options;
    await head.betweenBatches(() => {
      const { segment, offset } = log;
      const { maxTimeMs } = head.usage;
      const last = this.#places.at(-1);
      if (offset === 0 || Number.isNaN(maxTimeMs) || (last?.segment === segment && last.offset === offset)) return;
      this.#places.push({ segment, offset, maxTimeMs });
      if (this.#places.length > MOST_PLACES) this.#places.shift();
    });
  }

  async #writeReplayStart(chunk: ReplayStart['chunk']): Promise<void> {
    const { background, log } = this.#options;
    const last = this.#places.at(-1);
    if (last === undefined) return;
    const others = log.others.before(last.segment, last.offset);
    const { place } = await background.run({ type: 'replayStart', places: this.#places, chunk, others });
    if (place > 0) this.#places.splice(0, place);
  }

  #resume() {
    return { files: this.#files, resume: this.#ownsNewest };
  }
}
