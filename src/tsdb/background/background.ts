// The background thread as the store sees it: one task after the other, each a promise. The thread is there only while there is
// work: it is started with the first task and ended when it was idle for a while, since an idle one takes 15 MB.
import { Worker } from 'node:worker_threads';
import type { HeadMemoryShare } from '../../kernel/index.ts';
import type { RecordPiece } from '../wal/index.ts';
import type {
  BackgroundInit,
  BackgroundResult,
  BackgroundTask,
  CheckBlocksResult,
  CheckBlocksTask,
  CheckpointResult,
  CheckpointTask,
  CleanTombstonesResult,
  CleanTombstonesTask,
  CompactResult,
  CompactTask,
  DeleteSeriesResult,
  DeleteSeriesTask,
  FromBackground,
  HeadBlockResult,
  HeadBlockTask,
  ReadLogTask,
  ReplayStartResult,
  ReplayStartTask,
  StoreChunksResult,
  StoreChunksTask,
  TruncateChunksResult,
  TruncateChunksTask,
} from './messages.ts';

const IDLE_MS = 10_000;
/** Its tasks make many small objects that are soon gone: V8 would let 48 MB of them gather first. */
const YOUNG_GENERATION_MB = 3;

export interface BackgroundOptions extends HeadMemoryShare {
  readonly index: number;
  readonly dataFolder: string;
  readonly entry: URL;
  /** For a thread that ended in the middle. */
  readonly clearEpoch: (reader: number) => void;
}

export class BackgroundError extends Error {
  readonly code = 'background_task_failed';
}

interface Waiting {
  readonly resolve: (result: BackgroundResult) => void;
  readonly reject: (error: Error) => void;
}

export class Background {
  readonly #options: BackgroundOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;
  #ending: Promise<void> = Promise.resolve();

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  run(task: HeadBlockTask): Promise<HeadBlockResult>;
  run(task: CheckpointTask): Promise<CheckpointResult>;
  run(task: CompactTask): Promise<CompactResult>;
  run(task: CheckBlocksTask): Promise<CheckBlocksResult>;
  run(task: StoreChunksTask): Promise<StoreChunksResult>;
  run(task: TruncateChunksTask): Promise<TruncateChunksResult>;
  run(task: DeleteSeriesTask): Promise<DeleteSeriesResult>;
  run(task: CleanTombstonesTask): Promise<CleanTombstonesResult>;
  run(task: ReplayStartTask): Promise<ReplayStartResult>;
  run(task: ReadLogTask): Promise<RecordPiece>;
  /** @throws BackgroundError when the task fails, or the thread ends before it is done */
  async run(task: BackgroundTask): Promise<BackgroundResult> {
    clearTimeout(this.#idle);
    // The thread before has an epoch slot that is this one's too.
    await this.#ending;
    if (this.#closed) throw new BackgroundError(`cannot run ${task.type}: the store is closed`);
    clearTimeout(this.#idle);
    const worker = this.#started();
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, task }, task.type === 'readLog' && task.spare !== null ? [task.spare] : []);
    });
  }

  /** Ends the thread in whatever it does; what it was writing is left as a temporary folder that the next start removes. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#end(new BackgroundError('the store is closed'));
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const { memory, module, index, dataFolder, entry } = this.#options;
    const workerData: BackgroundInit = { memory, module, index, dataFolder };
    const worker = new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB }, name: 'background' });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (message: FromBackground) => {
      if (worker === this.#worker) this.#receive(message);
    });
    const lost = (why: string) => {
      if (worker === this.#worker) void this.#end(new BackgroundError(`the background thread ended: ${why}`));
    };
    worker.on('error', (error) => lost(String(error?.stack ?? error)));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    return worker;
  }

  #receive(message: FromBackground): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.result);
    else waiting?.reject(new BackgroundError(message.message));
    if (this.#waiting.size > 0 || this.#closed) return;
    this.#idle = setTimeout(() => void this.#end(new BackgroundError('idle')), IDLE_MS).unref();
  }

  async #end(error: BackgroundError): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (worker === null) return;
    this.#ending = worker.terminate().then(() => this.#options.clearEpoch(this.#options.index));
    await this.#ending;
  }
}
