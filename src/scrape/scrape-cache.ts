// What scraping needs of the kernel's target cache; tests put a plain one in its place.
import type { OwnTarget, ScrapeCounts, ScrapeFinish, ScrapeStart, SeriesResolver } from '../kernel/index.ts';

export type { ScrapeCounts, ScrapeFinish, ScrapeStart, SeriesResolver, SeriesType } from '../kernel/index.ts';

/** See TargetCache in the kernel for what each of these promises. */
export interface ScrapeCache {
  begin(start: ScrapeStart): void;
  feed(length: number, resolver: SeriesResolver, offset?: number): number;
  end(resolver: SeriesResolver): boolean;
  finish(): ScrapeFinish;
  fail(timestampMs: number, batch: { readonly address: number }): ScrapeCounts & { readonly vanished: number };
  metadataIds(): number[];
  trackedSlots(): Iterable<number>;
  seriesSlots(): Iterable<number>;
  readonly newestTimestampMs: number | null;
  readonly memoryBytes: number;
  dispose(): void;
}

/** `target`: the kernel may make new series itself, since nothing but that target's labels comes between exposed and stored ones. */
export type CreateScrapeCache = (target: OwnTarget | null) => ScrapeCache;
