// Scraping: targets are asked for their metrics, and what they answer goes into the head. `ScrapeSupervisor` is the way in.
export { ScrapeFailure, type ScrapeFailureCode } from './errors.ts';
export type { FederationSourcesView, FederationSourceTarget } from './federation-sources.ts';
export { type ExternalAddress, globalUrl } from './global-url.ts';
export type { AgreedMetadata, FederationMetadata, MetricMetadata } from './metadata-catalog.ts';
export type { CreateScrapeCache, ScrapeCache } from './scrape-cache.ts';
export { type ActiveTarget, type DroppedTarget, MetadataView, TargetsView } from './snapshot.ts';
export { type ScrapeFlags, ScrapeSupervisor, type ScrapeSupervisorOptions } from './supervisor.ts';
export type { TargetHealth } from './target.ts';
