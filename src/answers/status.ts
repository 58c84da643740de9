// /api/v1/status/… and /api/v1/features.

export type BuildInfo = Readonly<Record<string, string>>;
/** Of /api/v1/features: by part, whether it is there and enabled. */
export type FeaturesAnswer = Readonly<Record<string, Readonly<Record<string, boolean>>>>;
export type FlagsAnswer = Readonly<Record<string, string>>;

export interface ConfigAnswer {
  readonly yaml: string;
}

export interface RuntimeInfo {
  readonly startTime: string;
  readonly CWD: string;
  readonly hostname: string;
  readonly serverTime: string;
  readonly reloadConfigSuccess: boolean;
  readonly lastConfigTime: string;
  readonly corruptionCount: number;
  readonly storageRetention: string;
  /** Not in Prometheus. */
  readonly tributary: { readonly queryWorkers: number; readonly warnings: readonly string[] };
  readonly [key: string]: unknown;
}

export interface NamedCount {
  readonly name: string;
  readonly value: number;
}

export interface HeadStats {
  readonly numSeries: number;
  readonly numLabelPairs: number;
  readonly chunkCount: number;
  /** Ms. */
  readonly minTime: number;
  readonly maxTime: number;
}

export interface TsdbStatusAnswer {
  readonly headStats: HeadStats;
  readonly seriesCountByMetricName: readonly NamedCount[];
  readonly labelValueCountByLabelName: readonly NamedCount[];
  readonly memoryInBytesByLabelName: readonly NamedCount[];
  readonly seriesCountByLabelValuePair: readonly NamedCount[];
  /** Not in Prometheus: how much of the head's memory is in use. */
  readonly headMemory?: { readonly usedBytes: number; readonly limitBytes: number };
}

/** What stands in a block's meta.json. */
export interface BlockMeta {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats?: {
    readonly numSamples?: number;
    readonly numSeries?: number;
    readonly numChunks?: number;
    readonly numTombstones?: number;
  };
  readonly compaction: { readonly level: number; readonly sources?: readonly string[] };
}

export interface BlocksAnswer {
  readonly blocks: readonly BlockMeta[];
}

/** Segments of the log: the first, the last, and the one that is being replayed. */
export interface WalReplayAnswer {
  readonly min: number;
  readonly max: number;
  readonly current: number;
}
