// What to ask about an entry of the cardinality lists: where its series come from.
import { isClassicLabelName, quoteGo } from '../../src/model/index.ts';
import { formatSeries } from '../format/series.ts';

const labelText = (name: string): string => (isClassicLabelName(name) ? name : quoteGo(name));

/** Series of a metric, by where they are scraped. */
export function metricQuery(name: string): string {
  return `topk(20, count by (job, instance) (${formatSeries({ __name__: name })}))`;
}

/** Values of a label with the most series. */
export function labelQuery(name: string): string {
  return `topk(20, count by (${labelText(name)}) ({${labelText(name)}!=""}))`;
}

/** Metrics with the most series of a `name=value`. The name ends at the first sign of equality. */
export function pairQuery(pair: string): string {
  const end = pair.indexOf('=');
  const [name, value] = end < 0 ? [pair, ''] : [pair.slice(0, end), pair.slice(end + 1)];
  return name === '__name__' ? metricQuery(value) : `topk(20, count by (__name__) ({${labelText(name)}=${quoteGo(value)}}))`;
}
