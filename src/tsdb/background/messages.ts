// What the store asks of its background thread, and what that answers. Plain data: it is cloned from thread to thread.
import type { HeadMemoryShare } from '../../kernel/index.ts';

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
}

/** The log's segments up to `lastSegment` become a checkpoint: series that the head has, samples from minTimeMs on. */
export interface CheckpointTask {
  readonly type: 'checkpoint';
  readonly lastSegment: number;
  readonly minTimeMs: number;
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

export type BackgroundTask = HeadBlockTask | CheckpointTask | CompactTask | CheckBlocksTask;

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

export type BackgroundResult = HeadBlockResult | CheckpointResult | CompactResult | CheckBlocksResult;

export interface ToBackground {
  readonly id: number;
  readonly task: BackgroundTask;
}

export type FromBackground =
  | { readonly id: number; readonly ok: true; readonly result: BackgroundResult }
  | { readonly id: number; readonly ok: false; readonly message: string };
