import type { FederationOrigin, LabelMap } from '../../src/answers/index.ts';

/** Series that a scrape reports about itself. */
const REPORTS: ReadonlySet<string> = new Set([
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
]);

/** Whether a row is what this server reports of its own pulls from a source: it was not pulled. A source's own reports have other labels. */
export function isOwnReport({ __name__: name = '', job, instance }: LabelMap, origin: Pick<FederationOrigin, 'job' | 'instance'>): boolean {
  return REPORTS.has(name) && job === origin.job && instance === origin.instance;
}
