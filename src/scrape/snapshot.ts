// How targets are and what they tell about their metrics, as the API asks for it: read-only views over the pools.
import type { Labels, RelabelRule } from '../model/index.ts';
import { type ExternalAddress, globalUrl } from './global-url.ts';
import type { MetadataCatalog, MetricMetadata } from './metadata-catalog.ts';
import type { ScrapePool } from './pool.ts';
import type { ScrapeTarget, TargetHealth } from './target.ts';

export interface ActiveTarget {
  readonly discoveredLabels: Labels;
  /** Of its series: without `__…`. */
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  /** '' when the last scrape went well. */
  readonly lastError: string;
  /** The last scrape's timestamp; 0 before the first. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationSeconds: number;
  readonly health: TargetHealth;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
}

export interface DroppedTarget {
  readonly discoveredLabels: Labels;
  readonly scrapePool: string;
}

/** The pools, in the configuration's order. */
type Pools = () => Iterable<ScrapePool>;

export class TargetsView {
  readonly #pools: Pools;
  readonly #external: ExternalAddress;

  constructor(pools: Pools, external: ExternalAddress) {
    this.#pools = pools;
    this.#external = external;
  }

  /** Every pool, also those without targets. */
  scrapePools(): string[] {
    return [...this.#pools()].map((pool) => pool.jobName);
  }

  active(): ActiveTarget[] {
    return [...this.#pools()].flatMap((pool) => [...pool.loops.values()].map((loop) => this.#show(loop.scraper.target, pool.jobName)));
  }

  /** Those that keep_dropped_targets lets keep. */
  dropped(): DroppedTarget[] {
    return [...this.#pools()].flatMap((pool) => pool.dropped.map((discoveredLabels) => ({ discoveredLabels, scrapePool: pool.jobName })));
  }

  /** All that were dropped, by pool. */
  droppedCounts(): Map<string, number> {
    return new Map([...this.#pools()].map((pool) => [pool.jobName, pool.droppedCount]));
  }

  /** Of a pool's targets; null when there is no such pool. */
  relabelRules(scrapePool: string): readonly RelabelRule[] | null {
    const pool = [...this.#pools()].find(({ jobName }) => jobName === scrapePool);
    return pool === undefined ? null : pool.config.relabelConfigs;
  }

  #show({ discovered, report }: ScrapeTarget, scrapePool: string): ActiveTarget {
    return {
      discoveredLabels: discovered.discoveredLabels,
      labels: discovered.seriesLabels,
      scrapePool,
      scrapeUrl: discovered.url,
      globalUrl: globalUrl(discovered.url, this.#external),
      lastError: report.error,
      lastScrapeMs: report.timestampMs,
      lastScrapeDurationSeconds: report.durationSeconds,
      health: report.health,
      scrapeIntervalMs: discovered.scrapeIntervalMs,
      scrapeTimeoutMs: discovered.scrapeTimeoutMs,
    };
  }
}

export class MetadataView {
  readonly #pools: Pools;
  readonly #catalog: MetadataCatalog;

  constructor(pools: Pools, catalog: MetadataCatalog) {
    this.#pools = pools;
    this.#catalog = catalog;
  }

  /** What the targets tell of each name (of one name when given), without repetition. */
  byName(metric?: string): Map<string, MetricMetadata[]> {
    return this.#catalog.byName(metric);
  }

  *byTarget(): Generator<{ readonly labels: Labels; readonly metrics: ReadonlyMap<string, MetricMetadata> }> {
    for (const pool of this.#pools()) {
      for (const { scraper } of pool.loops.values()) {
        yield { labels: scraper.target.discovered.seriesLabels, metrics: scraper.metadata.metrics };
      }
    }
  }

  /** What is kept for each job, as Prometheus counts it: once a target. */
  *cacheSizes(): Generator<{ readonly job: string; readonly entries: number; readonly bytes: number }> {
    for (const pool of this.#pools()) {
      let entries = 0;
      let bytes = 0;
      for (const { scraper } of pool.loops.values()) {
        entries += scraper.metadata.metrics.size;
        bytes += scraper.metadata.bytes;
      }
      yield { job: pool.jobName, entries, bytes };
    }
  }
}
