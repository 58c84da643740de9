// One target's scrapes: request → cache → one batch with samples, stale markers and report series, committed as a whole.
// A scrape that fails commits nothing that it read: its batch is discarded, and a new one takes `up` 0 and the stale markers.
// At most one call of a scraper is under way at any time; its loop sees to that.
import type { ScrapeConfig } from '../config/index.ts';
import { type ScrapeClient, ScrapeError } from '../http/index.ts';
import { ExpositionError, type SampleBatch, type SeriesSlot } from '../kernel/index.ts';
import type { Clock, Logger, Pull } from '../model/index.ts';
import type { Appender, AppendOutcome } from '../storage/index.ts';
import { isFatal, isLabelFailure, isRefusal, isTransportFailure, ScrapeFailure } from './errors.ts';
import { hasLabelLimits } from './label-limits.ts';
import { type MetadataCatalog, type MetadataSet, NO_METADATA } from './metadata-catalog.ts';
import { RefusedSeries } from './refused-series.ts';
import { ReportSeries } from './report-series.ts';
import type { CreateScrapeCache, ScrapeCache, ScrapeCounts } from './scrape-cache.ts';
import type { ScrapeMetrics } from './scrape-metrics.ts';
import { ScrapeRequester } from './scrape-requester.ts';
import { metadataOf } from './series-metadata.ts';
import { TargetSeriesResolver } from './series-resolver.ts';
import { cacheKey } from './settings.ts';
import type { ScrapeTarget } from './target.ts';

/** What all scrapers share. */
export interface ScrapeServices {
  readonly appender: Appender;
  readonly client: ScrapeClient;
  readonly createCache: CreateScrapeCache;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ScrapeMetrics;
  readonly catalog: MetadataCatalog;
  readonly userAgent: string;
  /** Extra report series for every job, whatever its configuration says. */
  readonly extraScrapeMetrics: boolean;
}

/** Samples further ahead of the wall clock than this are refused. */
const MAX_AHEAD_MS = 10 * 60_000;
const NOTHING: ScrapeCounts = { scraped: 0, kept: 0, added: 0, duplicates: 0, outOfBounds: 0 };

/** What a scrape came to, before it is reported and committed. */
interface Received {
  readonly error: Error | null;
  readonly counts: ScrapeCounts;
  readonly batch: SampleBatch;
  /** Of the uncompressed body; 0 when the scrape failed, -1 when it failed for the body's size. */
  readonly bodyBytes: number;
}

export class TargetScraper {
  readonly target: ScrapeTarget;
  /** Stands in the records of the series it writes. */
  readonly owner: number;
  readonly #services: ScrapeServices;
  readonly #logger: Logger;
  #config: ScrapeConfig;
  #nextConfig: ScrapeConfig | null = null;
  #requester: ScrapeRequester;
  #resolver: TargetSeriesResolver;
  #report: ReportSeries;
  #cache: ScrapeCache;
  /** The cache before this one, until a scrape has told which of its series go on. */
  #predecessor: ScrapeCache | null = null;
  #metadata: MetadataSet = NO_METADATA;
  #refused: RefusedSeries;
  /** A body was read and not taken since the last good scrape. */
  #bodyFailed = false;
  #hasSeries = false;
  /** The store has what was told of its series. */
  #described = true;

  constructor(services: ScrapeServices, target: ScrapeTarget, config: ScrapeConfig, owner: number) {
    this.#services = services;
    this.#logger = services.logger.child({ scrape_pool: config.jobName, target: target.discovered.url });
    this.target = target;
    this.owner = owner;
    this.#config = config;
    this.#refused = new RefusedSeries(this.#logger);
    this.#cache = this.#newCache();
    this.#requester = new ScrapeRequester(services.client, target.discovered, config, services.userAgent);
    this.#resolver = this.#newResolver();
    this.#report = this.#newReport();
  }

  /** What the target told about its metrics in its last good scrape. */
  get metadata(): MetadataSet {
    return this.#metadata;
  }

  /** It, or a scraper that it goes on for, has written series that should end when the target does. */
  get hasSeries(): boolean {
    return this.#hasSeries;
  }

  get cacheBytes(): number {
    return this.#cache.memoryBytes + (this.#predecessor?.memoryBytes ?? 0);
  }

  /** Other settings, from the next scrape on. The cache goes on where they leave the series as they are. */
  reconfigure(config: ScrapeConfig): void {
    this.#nextConfig = config;
  }

  /**
   * Goes on with the series of another scraper, which is used up by that. To be called before the first scrape.
   * @param before writes the same series: its target's labels are the same, and so is its owner id
   */
  adopt(before: TargetScraper): void {
    this.#cache.dispose();
    this.#cache = before.#cache;
    this.#predecessor = before.#predecessor;
    this.#metadata = before.#metadata;
    this.#refused = before.#refused;
    this.#bodyFailed = before.#bodyFailed;
    this.#hasSeries = before.#hasSeries;
    this.target.goOnFor(before.target);
    before.#predecessor = null;
    before.#metadata = NO_METADATA;
    before.#report.release();
    if (cacheKey(before.#config) !== cacheKey(this.#config)) this.#renewCache();
  }

  /**
   * One scrape; its outcome is the target's report. Does not throw for what the target or the network does.
   * @param forced why the target must not be asked, or null
   * @param loop says when the server stops: nothing is written any more
   * @throws StorageError when the store takes nothing at all
   */
  async scrape(timestampMs: number, forced: string | null, loop: { readonly aborted: boolean }): Promise<void> {
    const { appender, clock, metrics } = this.#services;
    const startMs = clock.monotonicMs();
    this.#prepare(startMs);
    const received = forced === null ? await this.#receive(timestampMs) : this.#refuse(timestampMs, forced);
    const { error, counts, batch } = received;
    if (loop.aborted) return appender.discard(batch);
    const predecessor = this.#endPredecessor(timestampMs, batch, error === null);
    const durationSeconds = (clock.monotonicMs() - startMs) / 1000;
    const refused = this.#takeRefused(error === null, startMs);
    const refusedReports = this.#report.push(batch, timestampMs, {
      up: error === null,
      durationSeconds,
      scraped: counts.scraped,
      kept: counts.kept,
      added: counts.added,
      timeoutSeconds: this.target.discovered.scrapeTimeoutMs / 1000,
      sampleLimit: this.#config.sampleLimit,
      bodyBytes: received.bodyBytes,
    });
    const shown = error?.message ?? this.#refused.message;
    this.target.report = { health: error === null ? 'up' : 'down', error: shown, timestampMs, durationSeconds };
    this.target.pulls?.record(pullOf(received, { durationSeconds, arrivedMs: clock.wallMs(), newestMs: this.#cache.newestTimestampMs }));
    metrics.duration.observe(durationSeconds);
    metrics.outOfMemory.inc(refused + refusedReports);
    this.#hasSeries = true;
    const outcome = await this.#commit(batch);
    this.#described = true;
    predecessor?.dispose();
    if (error === null) this.#countRefusals(counts, outcome);
  }

  async #commit(batch: SampleBatch): Promise<AppendOutcome> {
    try {
      return await this.#services.appender.commit(batch);
    } catch (error) {
      this.target.pulls?.failLast();
      throw error;
    }
  }

  /** The target is gone: its series, reports included, end at `timestampMs`, but for those that others have written since. */
  async endSeries(timestampMs: number): Promise<void> {
    const batch = this.#services.appender.openBatch();
    this.#predecessor?.fail(timestampMs, batch);
    this.#cache.fail(timestampMs, batch);
    this.#report.pushStale(batch, timestampMs);
    await this.#services.appender.commit(batch);
  }

  /** Lets go of all memory; writes nothing. */
  close(): void {
    this.#predecessor?.dispose();
    this.#predecessor = null;
    this.#cache.dispose();
    this.#report.release();
    this.#services.catalog.releaseSet(this.#metadata);
    this.#metadata = NO_METADATA;
  }

  /** New settings and a new try for refused series take effect between two scrapes. */
  #prepare(monotonicMs: number): void {
    if (this.#refused.isRetryDue(monotonicMs)) this.#renewCache();
    if (this.#nextConfig === null) return;
    const sameCache = cacheKey(this.#nextConfig) === cacheKey(this.#config);
    this.#config = this.#nextConfig;
    this.#nextConfig = null;
    this.#requester = new ScrapeRequester(this.#services.client, this.target.discovered, this.#config, this.#services.userAgent);
    this.#resolver = this.#newResolver();
    this.#report.release();
    this.#report = this.#newReport();
    if (!sameCache) this.#renewCache();
  }

  #newResolver(): TargetSeriesResolver {
    const { appender, catalog } = this.#services;
    return new TargetSeriesResolver(appender, catalog, this.#config, this.target.discovered.seriesLabels, this.owner);
  }

  #newCache(): ScrapeCache {
    const { honorLabels, metricRelabelConfigs } = this.#config;
    const direct = metricRelabelConfigs.length === 0 && !hasLabelLimits(this.#config);
    return this.#services.createCache(direct ? { labels: this.target.discovered.seriesLabels, honorLabels, owner: this.owner } : null);
  }

  #newReport(): ReportSeries {
    const extra = this.#services.extraScrapeMetrics || this.#config.extraScrapeMetrics;
    return new ReportSeries(this.#services.appender, this.target.discovered.seriesLabels, extra);
  }

  /** Begins an empty cache. What the old one tracks becomes stale at the next scrape, unless that brings it. */
  #renewCache(): void {
    if (this.#predecessor === null) this.#predecessor = this.#cache;
    else this.#cache.dispose();
    this.#cache = this.#newCache();
    this.#refused.askAgain();
  }

  async #receive(timestampMs: number): Promise<Received> {
    const { appender, clock } = this.#services;
    const cache = this.#cache;
    const resolver = this.#resolver;
    const batch = appender.openBatch();
    cache.begin({
      batch,
      timestampMs,
      honorTimestamps: this.#config.honorTimestamps,
      trackTimestampsStaleness: this.#config.trackTimestampsStaleness,
      sampleLimit: this.#config.sampleLimit,
      maxTimestampMs: clock.wallMs() + MAX_AHEAD_MS,
    });
    try {
      const bodyBytes = await this.#requester.request(cache, resolver);
      const finish = cache.finish();
      if (finish.metadataChanged) this.#renewMetadata();
      if (appender.wantsMetadata && (finish.metadataChanged || finish.added > 0 || !this.#described)) this.#describe(batch);
      this.#bodyFailed = false;
      return { error: null, counts: finish, batch, bodyBytes };
    } catch (thrown) {
      appender.discard(batch);
      if (isFatal(thrown)) throw thrown;
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#countFailure(error);
      const { batch: markers, counts } = this.#markFailed(timestampMs);
      return { error, bodyBytes: isBodyTooLarge(error) ? -1 : 0, batch: markers, counts: this.#failedCounts(error, counts) };
    } finally {
      resolver.releaseMetadata();
    }
  }

  #refuse(timestampMs: number, forced: string): Received {
    const { batch } = this.#markFailed(timestampMs);
    return { error: new ScrapeFailure('target_limit', forced), counts: NOTHING, batch, bodyBytes: 0 };
  }

  /** A batch with stale markers for the series of the last good scrape; without them where memory lacks, and then the next failure tries again. */
  #markFailed(timestampMs: number): { batch: SampleBatch; counts: ScrapeCounts } {
    const { appender } = this.#services;
    const batch = appender.openBatch();
    try {
      return { batch, counts: this.#cache.fail(timestampMs, batch) };
    } catch (error) {
      appender.discard(batch);
      if (!isRefusal(error)) throw error;
      return { batch: appender.openBatch(), counts: NOTHING };
    }
  }

  /**
   * Stale markers for the series of the cache before this one, but for those that the scrape brought.
   * @returns that cache; it must live until the batch is committed
   */
  #endPredecessor(timestampMs: number, batch: SampleBatch, good: boolean): ScrapeCache | null {
    const predecessor = this.#predecessor;
    if (predecessor === null) return null;
    this.#predecessor = null;
    const goOn = new Set<number>(good ? this.#cache.seriesSlots() : []);
    try {
      for (const slot of predecessor.trackedSlots()) if (!goOn.has(slot)) batch.pushStale(slot as SeriesSlot, timestampMs);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#services.metrics.outOfMemory.inc();
    }
    return predecessor;
  }

  /**
   * What a failed scrape reports. Prometheus reads a body before it parses it, so an answer that did not come whole counts nothing; of one
   * that did, the samples before the fault count. Their series it remembers even though nothing is stored, so the same body adds none when
   * it fails again; here they are forgotten, so only the first of such failures reports them.
   */
  #failedCounts(error: Error, counts: ScrapeCounts): ScrapeCounts {
    if (isTransportFailure(error)) return NOTHING;
    const added = this.#bodyFailed ? 0 : counts.added;
    this.#bodyFailed = true;
    return { ...counts, added, scraped: counts.scraped + (isLabelFailure(error) ? 1 : 0) };
  }

  #takeRefused(good: boolean, monotonicMs: number): number {
    const { refused } = this.#resolver;
    this.#resolver.refused = 0;
    if (good) this.#refused.record(refused, monotonicMs);
    return refused;
  }

  /** What the target tells of its metrics goes with its series. Where the batch is not taken, the next one brings it again. */
  #describe(batch: SampleBatch): void {
    const { appender } = this.#services;
    this.#described = false;
    for (const slot of this.#cache.seriesSlots()) {
      const metadata = metadataOf(appender.metricName(slot as SeriesSlot), this.#metadata.metrics);
      if (metadata !== null) appender.describe(batch, slot as SeriesSlot, metadata);
    }
  }

  #renewMetadata(): void {
    const before = this.#metadata;
    this.#metadata = this.#services.catalog.internSet(this.#cache.metadataIds());
    this.#services.catalog.releaseSet(before);
  }

  #countFailure(error: Error): void {
    const { metrics } = this.#services;
    this.#logger.debug('Scrape failed', { err: error.message });
    if (isBodyTooLarge(error)) metrics.exceededBodySizeLimit.inc();
    else if (error instanceof ExpositionError && error.code === 'sample_limit') metrics.exceededSampleLimit.inc();
    else if (error instanceof ScrapeFailure && error.code === 'label_limit') metrics.exceededLabelLimits.inc();
  }

  #countRefusals(counts: ScrapeCounts, outcome: AppendOutcome): void {
    const { metrics } = this.#services;
    const duplicates = counts.duplicates + outcome.duplicate;
    const outOfBounds = counts.outOfBounds + outcome.tooOld;
    metrics.outOfOrder.inc(outcome.outOfOrder);
    metrics.duplicateTimestamp.inc(duplicates);
    metrics.outOfBounds.inc(outOfBounds);
    metrics.outOfMemory.inc(outcome.outOfMemory);
    const warn = (message: string, dropped: number): void => {
      if (dropped > 0) this.#logger.warn(message, { num_dropped: dropped });
    };
    warn('Error on ingesting out-of-order samples', outcome.outOfOrder);
    warn('Error on ingesting samples with different value but same timestamp', duplicates);
    warn('Error on ingesting samples that are too old or are too far into the future', outOfBounds);
    warn('Error on ingesting samples: no memory left in the head', outcome.outOfMemory);
  }
}

/** Of a target that is another server: what its answer was. Of a scrape that failed only its time is known. */
function pullOf(
  { error, counts, bodyBytes }: Received,
  when: { durationSeconds: number; arrivedMs: number; newestMs: number | null },
): Pull {
  const { durationSeconds, arrivedMs, newestMs } = when;
  if (error !== null) return { timeMs: arrivedMs, ok: false, series: null, bytes: null, durationSeconds, lagSeconds: null };
  const lagSeconds = newestMs === null ? null : (arrivedMs - newestMs) / 1000;
  return { timeMs: arrivedMs, ok: true, series: counts.scraped, bytes: bodyBytes, durationSeconds, lagSeconds };
}

function isBodyTooLarge(error: Error): boolean {
  return error instanceof ScrapeError && error.code === 'body_too_large';
}
