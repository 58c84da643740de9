// All scraping of the server: brings pools and loops in line with a configuration.
// A target that a configuration leaves as it is keeps its loop, cache and schedule. One whose settings change keeps its loop; one whose
// URL or timing changes gets another that goes on with its series. Only where nothing goes on do series end (see loop.ts).
import type { Config, ScrapeConfig } from '../config/index.ts';
import type { DiscoveredTarget } from '../discovery/index.ts';
import type { ScrapeClient } from '../http/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import { type Clock, type Logger, systemClock } from '../model/index.ts';
import type { Appender } from '../storage/index.ts';
import { FederationSourcesView } from './federation-sources.ts';
import type { ExternalAddress } from './global-url.ts';
import { ScrapeLoop } from './loop.ts';
import { type FederationMetadata, MetadataCatalog } from './metadata-catalog.ts';
import { planTargets, ScrapePool } from './pool.ts';
import { offsetGridMs, ScrapeSchedule } from './schedule.ts';
import type { CreateScrapeCache } from './scrape-cache.ts';
import { ScrapeMetrics } from './scrape-metrics.ts';
import { type ScrapeServices, TargetScraper } from './scraper.ts';
import { loopKey } from './settings.ts';
import { MetadataView, TargetsView } from './snapshot.ts';
import { offsetSeed, ScrapeTarget } from './target.ts';

export interface ScrapeSupervisorOptions {
  readonly appender: Appender;
  readonly client: ScrapeClient;
  /** A new, empty cache of the kernel, one a target: `() => new TargetCache(memory)`. */
  readonly createCache: CreateScrapeCache;
  readonly logger: Logger;
  readonly registry: MetricRegistry;
  readonly userAgent: string;
  /** Sets this server's scrape times apart from those of the other one of a pair. */
  readonly hostname: string;
  /** What --web.listen-address and --web.external-url say, for the targets' global URLs. */
  readonly external: ExternalAddress;
  readonly flags?: Partial<ScrapeFlags>;
  readonly clock?: Clock;
}

export interface ScrapeFlags {
  /** --scrape.adjust-timestamps */
  readonly adjustTimestamps: boolean;
  /** --scrape.timestamp-tolerance */
  readonly timestampToleranceMs: number;
  /** --enable-feature=extra-scrape-metrics */
  readonly extraScrapeMetrics: boolean;
}

const DEFAULT_FLAGS: ScrapeFlags = { adjustTimestamps: true, timestampToleranceMs: 2, extraScrapeMetrics: false };

/** A target that a configuration brings and no loop of its pool scrapes yet. */
interface Arrival {
  readonly pool: ScrapePool;
  readonly target: ScrapeTarget;
}

export class ScrapeSupervisor {
  /** How the targets are. */
  readonly targets: TargetsView;
  /** What the targets tell about their metrics. */
  readonly metadata: MetadataView;
  /** The targets that are other servers. */
  readonly federationSources: FederationSourcesView;
  readonly #services: ScrapeServices;
  readonly #flags: ScrapeFlags;
  readonly #hostname: string;
  readonly #pools = new Map<string, ScrapePool>();
  /** Loops whose target is gone and whose series have not ended yet. */
  readonly #retired = new Set<ScrapeLoop>();
  /** By the id that stands in the records of their series. */
  readonly #owners = new Map<number, Arrival>();
  #lastOwner = 0;
  #stopped = false;

  constructor(options: ScrapeSupervisorOptions) {
    const { appender, client, createCache, logger, userAgent, registry } = options;
    this.#flags = { ...DEFAULT_FLAGS, ...options.flags };
    this.#hostname = options.hostname;
    const catalog = new MetadataCatalog();
    const metrics = new ScrapeMetrics(registry);
    const clock = options.clock ?? systemClock;
    const { extraScrapeMetrics } = this.#flags;
    this.#services = { appender, client, createCache, clock, logger, metrics, catalog, userAgent, extraScrapeMetrics };
    this.targets = new TargetsView(() => this.#pools.values(), options.external);
    this.metadata = new MetadataView(() => this.#pools.values(), catalog);
    this.federationSources = new FederationSourcesView(
      () => this.#pools.values(),
      (id) => this.#owner(id),
    );
    metrics.observeMetadata(registry, () => this.metadata.cacheSizes());
  }

  /** TYPE and HELP for `/federate?metadata=1`. */
  federationMetadata(): FederationMetadata {
    return this.#services.catalog.federation();
  }

  /** Brings everything in line with a configuration, the first or another one. Loops that end do so by themselves, after this returned. */
  apply(config: Config): void {
    if (this.#stopped) return;
    const seed = offsetSeed(this.#hostname, config.global.externalLabels);
    const before = new Map(this.#pools);
    this.#pools.clear();
    const leaving = new Set<ScrapeLoop>();
    const arriving: Arrival[] = [];
    for (const scrapeConfig of config.scrapeConfigs) {
      const pool = before.get(scrapeConfig.jobName) ?? this.#newPool(scrapeConfig);
      before.delete(pool.jobName);
      this.#pools.set(pool.jobName, pool);
      this.#sync(pool, scrapeConfig, arriving, leaving);
    }
    for (const pool of before.values()) this.#removePool(pool, leaving);
    const all = arriving.length + [...this.#pools.values()].reduce((sum, { loops }) => sum + loops.size, 0);
    const predecessors = new Predecessors([...leaving, ...this.#retired]);
    for (const arrival of arriving) {
      const predecessor = predecessors.take(arrival.target);
      if (predecessor !== null) leaving.delete(predecessor);
      this.#start(arrival, predecessor, { seed, targets: all });
    }
    for (const loop of leaving) this.#retire(loop);
    for (const pool of this.#pools.values()) if (pool.checkTargetLimit()) this.#services.metrics.exceededTargetLimit.inc();
  }

  /** Ends all scraping, and closes the client. No stale markers: the series go on when the server is back. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const loops = [...this.#pools.values()].flatMap((pool) => [...pool.loops.values()]);
    const aborted = [...loops, ...this.#retired].map((loop) => loop.abort());
    this.#services.client.close();
    await Promise.all(aborted);
    this.#retired.clear();
  }

  /** Whose id stands in a series' record; undefined when it is gone. */
  #owner(id: number): Arrival | undefined {
    const found = this.#owners.get(id);
    // One that the configuration has not any more may still be about to end its series.
    return found?.pool.loops.has(found.target.key) ? found : undefined;
  }

  #newPool(config: ScrapeConfig): ScrapePool {
    this.#services.metrics.poolsTotal.inc();
    return new ScrapePool(config);
  }

  #removePool(pool: ScrapePool, leaving: Set<ScrapeLoop>): void {
    for (const loop of pool.loops.values()) leaving.add(loop);
    pool.loops.clear();
    this.#services.metrics.forgetPool(pool.jobName);
  }

  /** Targets that stay go on in their loops; others are noted as arriving or leaving. */
  #sync(pool: ScrapePool, config: ScrapeConfig, arriving: Arrival[], leaving: Set<ScrapeLoop>): void {
    const { clock, logger, metrics } = this.#services;
    const startMs = clock.monotonicMs();
    const settings = loopKey(config);
    const plan = planTargets(config);
    if (pool.config !== config && loopKey(pool.config) !== settings) metrics.poolReloads.inc();
    pool.config = config;
    pool.dropped = plan.dropped;
    pool.droppedCount = plan.droppedCount;
    for (const error of plan.errors) logger.error('Creating target failed', { scrape_pool: pool.jobName, err: error });
    for (const [key, loop] of pool.loops) {
      const discovered = plan.targets.get(key);
      if (discovered === undefined) {
        pool.loops.delete(key);
        leaving.add(loop);
      } else this.#keep(loop, discovered, config, settings);
    }
    for (const [key, discovered] of plan.targets) if (!pool.loops.has(key)) arriving.push({ pool, target: new ScrapeTarget(discovered) });
    const seconds = (clock.monotonicMs() - startMs) / 1000;
    metrics.synced(pool.jobName, { targets: plan.targets.size, failed: plan.errors.length, targetLimit: config.targetLimit, seconds });
  }

  #keep(loop: ScrapeLoop, discovered: DiscoveredTarget, config: ScrapeConfig, settings: string): void {
    loop.scraper.target.discovered = discovered;
    if (loop.settingsKey === settings) return;
    loop.settingsKey = settings;
    loop.scraper.reconfigure(config);
  }

  /** A loop for a target that arrives, in place of one that leaves or has left where they write the same series. */
  #start(arrival: Arrival, predecessor: ScrapeLoop | null, { seed, targets }: { seed: bigint; targets: number }): void {
    const { pool, target } = arrival;
    if (predecessor !== null) this.#retired.delete(predecessor);
    const owner = predecessor?.scraper.owner ?? ++this.#lastOwner;
    this.#owners.set(owner, arrival);
    const scraper = new TargetScraper(this.#services, target, pool.config, owner);
    const { adjustTimestamps, timestampToleranceMs } = this.#flags;
    const intervalMs = target.discovered.scrapeIntervalMs;
    const offsetMs = target.offsetMs(seed, offsetGridMs(intervalMs, targets));
    const toleranceMs = adjustTimestamps ? timestampToleranceMs : -1;
    const schedule = new ScrapeSchedule({ intervalMs, offsetMs, toleranceMs }, this.#services.clock);
    const loop = new ScrapeLoop(this.#services, scraper, schedule, loopKey(pool.config));
    pool.loops.set(target.key, loop);
    loop.start(predecessor);
  }

  #retire(loop: ScrapeLoop): void {
    this.#retired.add(loop);
    loop.retire(() => {
      if (this.#retired.delete(loop)) this.#owners.delete(loop.scraper.owner);
    });
  }
}

/** Loops without a target, by the series they wrote. */
class Predecessors {
  readonly #bySeries = new Map<string, ScrapeLoop[]>();

  constructor(loops: readonly ScrapeLoop[]) {
    for (const loop of loops) {
      const { seriesKey } = loop.scraper.target;
      const list = this.#bySeries.get(seriesKey);
      if (list === undefined) this.#bySeries.set(seriesKey, [loop]);
      else list.push(loop);
    }
  }

  /** One that wrote the target's series, each once; rather that of the very target than that of another URL or timing. */
  take(target: ScrapeTarget): ScrapeLoop | null {
    const list = this.#bySeries.get(target.seriesKey) ?? [];
    const exact = list.findIndex((loop) => loop.scraper.target.key === target.key);
    return list.splice(Math.max(0, exact), 1)[0] ?? null;
  }
}
