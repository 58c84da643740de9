// What is usually asked of a metric, by its type.
import { isClassicLabelName, isClassicMetricName, quoteGo } from '../../src/model/index.ts';
import type { CatalogMetric } from './metric-catalog.ts';

/** Label names to the value that is wanted. */
export type Filters = Readonly<Record<string, string>>;

export interface Suggestion {
  readonly title: string;
  readonly expr: string;
}

/** `http_requests_total{job="shop"}`. */
export function selectorOf(name: string, filters: Filters): string {
  const classic = isClassicMetricName(name);
  const parts = Object.entries(filters).map(([label, value]) => `${isClassicLabelName(label) ? label : quoteGo(label)}=${quoteGo(value)}`);
  if (!classic) parts.unshift(quoteGo(name));
  if (parts.length === 0) return name;
  return `${classic ? name : ''}{${parts.join(',')}}`;
}

export function suggestionsFor({ name, type }: Pick<CatalogMetric, 'name' | 'type'>, filters: Filters): Suggestion[] {
  const of = (metric: string, without = ''): string =>
    selectorOf(metric, Object.fromEntries(Object.entries(filters).filter(([label]) => label !== without)));
  const stem = name.replace(/_(?:bucket|sum|count)$/, '');
  const isPart = stem !== name && (type === 'histogram' || type === 'summary');
  const mean = { title: 'Mean value', expr: `sum(rate(${of(`${stem}_sum`, 'le')}[5m])) / sum(rate(${of(`${stem}_count`, 'le')}[5m]))` };
  if (name.endsWith('_bucket') && (type === 'histogram' || type === '')) {
    // Without all buckets there is no quantile.
    return [{ title: '99th percentile', expr: `histogram_quantile(0.99, sum by (le) (rate(${of(name, 'le')}[5m])))` }, mean];
  }
  if (isPart) return [{ title: 'Per second', expr: `rate(${of(name)}[5m])` }, mean];
  if (type === 'histogram') {
    return [
      { title: '99th percentile', expr: `histogram_quantile(0.99, sum(rate(${of(name)}[5m])))` },
      { title: 'Mean value', expr: `histogram_avg(sum(rate(${of(name)}[5m])))` },
    ];
  }
  if (type === 'counter' || (type === '' && name.endsWith('_total'))) {
    return [
      { title: 'Per second', expr: `rate(${of(name)}[5m])` },
      { title: 'Per second, all together', expr: `sum(rate(${of(name)}[5m]))` },
      { title: 'Increase within an hour', expr: `increase(${of(name)}[1h])` },
    ];
  }
  if (type === 'gauge') {
    return [
      { title: 'As it is', expr: of(name) },
      { title: 'Mean of an hour', expr: `avg_over_time(${of(name)}[1h])` },
      { title: 'All together', expr: `sum(${of(name)})` },
    ];
  }
  return [{ title: 'As it is', expr: of(name) }];
}
