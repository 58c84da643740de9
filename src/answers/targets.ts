// /api/v1/targets, /api/v1/targets/metadata and /api/v1/scrape_pools.
import type { DurationText, LabelMap, TimeText } from './envelope.ts';

export type TargetHealth = 'unknown' | 'up' | 'down';

export interface TargetAnswer {
  readonly discoveredLabels: LabelMap;
  readonly labels: LabelMap;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  /** '' when the last scrape went well. */
  readonly lastError: string;
  readonly lastScrape: TimeText;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: TargetHealth;
  readonly scrapeInterval: DurationText;
  readonly scrapeTimeout: DurationText;
}

export interface DroppedTargetAnswer {
  readonly discoveredLabels: LabelMap;
  readonly scrapePool: string;
}

export interface TargetsAnswer {
  readonly activeTargets: readonly TargetAnswer[];
  readonly droppedTargets: readonly DroppedTargetAnswer[];
  /** By pool, with those that are not kept; null where dropped ones were not asked for. */
  readonly droppedTargetCounts: Readonly<Record<string, number>> | null;
}

/** An element of /api/v1/targets/metadata. */
export interface TargetMetadataAnswer {
  readonly target: LabelMap;
  /** Absent where one was asked for. */
  readonly metric?: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface ScrapePoolsAnswer {
  readonly scrapePools: readonly string[];
}
