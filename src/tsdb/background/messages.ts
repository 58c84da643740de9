// What the store asks of its background thread, and what that answers. Plain data: it is cloned from thread to thread.
import type { HeadMemoryShare } from '../../kernel/index.ts';
import type { MatchOp } from '../../model/index.ts';
import type { LogPlace, ReplayStart } from '../head/replay-start.ts';
import type { HeadChunkFile } from '../head-chunks/index.ts';
import type { LogSpan, RecordPiece, WalPart } from '../wal/index.ts';

export interface BackgroundInit extends HeadMemoryShare {
  /** Its arena and epoch slot: behind those of the query workers. */
  readonly index: number;
  readonly dataFolder: string;
}

/** The head's samples in [minTimeMs, maxTimeMs) become a block; none when there are none. */
export interface HeadBlockTask {
  readonly type: 'headBlock';
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** Where it goes: the data folder, or a snapshot's. */
  readonly folder: string;
  /** What is deleted of the head, and left out (HeadTombstones). */
  readonly tombstones: SharedArrayBuffer;
}

/** The log's segments up to `lastSegment` become a checkpoint: series that the head has, samples from minTimeMs on. */
export interface CheckpointTask {
  readonly type: 'checkpoint';
  readonly lastSegment: number;
  readonly minTimeMs: number;
  /** Refs that the log has for series of the head beside the head's own. */
  readonly aliases: Uint32Array;
  readonly compression: 'none' | 'snappy' | 'zstd';
}

/** These blocks (folder names) become one. `ulids` of one block with tombstones: it is written again without what they delete. */
export interface CompactTask {
  readonly type: 'compact';
  readonly ulids: readonly string[];
}

/** Whether these blocks can be opened. */
export interface CheckBlocksTask {
  readonly type: 'checkBlocks';
  readonly ulids: readonly string[];
}

/** Closed chunks of the head go into files: behind those there are, in a new file unless `resume`. */
export interface StoreChunksTask {
  readonly type: 'storeChunks';
  readonly files: readonly HeadChunkFile[];
  readonly resume: boolean;
  /** About so many at once. */
  readonly mostChunks: number;
}

/** Files whose chunks all end before minTimeMs go. */
export interface TruncateChunksTask {
  readonly type: 'truncateChunks';
  readonly files: readonly HeadChunkFile[];
  readonly resume: boolean;
  readonly minTimeMs: number;
}

/** The samples of [minTimeMs, maxTimeMs] of series that all matchers accept are deleted from these blocks, and found in the head. */
export interface DeleteSeriesTask {
  readonly type: 'deleteSeries';
  readonly matchers: readonly { readonly name: string; readonly op: MatchOp; readonly value: string }[];
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly ulids: readonly string[];
  /** Of the head, until now. */
  readonly tombstones: SharedArrayBuffer;
}

/** The block once more without what its tombstones delete. */
export interface CleanTombstonesTask {
  readonly type: 'cleanTombstones';
  readonly ulid: string;
}

/** Writes where the next start begins to replay: the last of the places before which no sample is in memory alone. */
export interface ReplayStartTask {
  readonly type: 'replayStart';
  /** In the log's order, each with the newest time of all samples before it, ms. */
  readonly places: readonly (LogPlace & { readonly maxTimeMs: number })[];
  readonly chunk: ReplayStart['chunk'];
  /** Of the log before the last place. */
  readonly others: readonly LogSpan[];
}

/** The next piece of the log's records; `parts` begins with them, null goes on. Behind the last piece come empty ones. */
export interface ReadLogTask {
  readonly type: 'readLog';
  readonly parts: readonly WalPart[] | null;
  /** Memory of a piece that is done with; handed over. */
  readonly spare: ArrayBuffer | null;
}

export type BackgroundTask =
  | HeadBlockTask
  | CheckpointTask
  | CompactTask
  | CheckBlocksTask
  | StoreChunksTask
  | TruncateChunksTask
  | DeleteSeriesTask
  | CleanTombstonesTask
  | ReplayStartTask
  | ReadLogTask;

export interface HeadBlockResult {
  readonly ulid: string | null;
  readonly series: number;
  readonly samples: number;
}

export interface CheckpointResult {
  readonly seriesKept: number;
  readonly seriesDropped: number;
  readonly samplesKept: number;
  readonly samplesDropped: number;
}

export interface CompactResult {
  readonly ulid: string | null;
}

export interface CheckBlocksResult {
  readonly good: readonly { readonly ulid: string; readonly sizeBytes: number }[];
  readonly refused: readonly { readonly ulid: string; readonly reason: string }[];
}

export interface StoreChunksResult {
  readonly files: readonly HeadChunkFile[];
  /** For HeadWriter.storeChunks. */
  readonly entries: Uint8Array;
  /** There were more. */
  readonly more: boolean;
  /** The newest that was written; null when none was. */
  readonly newest: ReplayStart['chunk'] | null;
}

export interface TruncateChunksResult {
  readonly files: readonly HeadChunkFile[];
  readonly deleted: number;
}

export interface DeleteSeriesResult {
  /** Of the head: ref, first and last ms of each, up to the newest sample that its series has. */
  readonly added: Float64Array;
  /** With those that were there before (HeadTombstones). */
  readonly tombstones: SharedArrayBuffer;
}

export interface CleanTombstonesResult {
  /** False when nothing is deleted of it: there is no other block then. */
  readonly rewritten: boolean;
  /** The block in its place; null when nothing was left. */
  readonly ulid: string | null;
}

export interface ReplayStartResult {
  /** Which of the places it is; -1: none, and nothing was written. */
  readonly place: number;
}

export type BackgroundResult =
  | HeadBlockResult
  | CheckpointResult
  | CompactResult
  | CheckBlocksResult
  | StoreChunksResult
  | TruncateChunksResult
  | DeleteSeriesResult
  | CleanTombstonesResult
  | ReplayStartResult
  | RecordPiece;

export interface ToBackground {
  readonly id: number;
  readonly task: BackgroundTask;
}

export type FromBackground =
  | { readonly id: number; readonly ok: true; readonly result: BackgroundResult }
  | { readonly id: number; readonly ok: false; readonly message: string };
