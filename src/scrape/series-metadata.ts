// Which of a target's metadata is a series' own: that of its family, by name (scrape/scrape.go, isSeriesPartOfFamily, of Prometheus).
import type { SeriesMetadata } from '../storage/index.ts';
import type { MetricMetadata } from './metadata-catalog.ts';

/** What the series of a family have behind its name, by its type. A counter may have it in the family's name as well. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  summary: ['_sum', '_count'],
  info: ['_info'],
};
const ALL_SUFFIXES = [...new Set(Object.values(SUFFIXES).flat())];

/** @param metrics by family name */
export function metadataOf(name: string, metrics: ReadonlyMap<string, MetricMetadata>): SeriesMetadata | null {
  const own = metrics.get(name);
  if (own !== undefined) return own;
  const total = metrics.get(`${name}_total`);
  if (total?.type === 'counter') return total;
  for (const suffix of ALL_SUFFIXES) {
    if (!name.endsWith(suffix)) continue;
    const family = metrics.get(name.slice(0, -suffix.length));
    if (family !== undefined && SUFFIXES[family.type]?.includes(suffix)) return family;
  }
  return null;
}
