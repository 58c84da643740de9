// Values of `le` (histograms) and `quantile` (summaries) are numbers: a scrape stores them in one spelling, as OpenMetrics
// writes them, whatever the target wrote (`1` and `1.0` are the same bucket). Prometheus 3 does it in normalizeFloatsInLabelValues.
import type { SeriesType } from '../kernel/index.ts';
import { formatOpenMetrics, parseGoFloat } from '../model/index.ts';

/** `1` → `1.0`; what is not a number stays as it is. */
export function normalizeFloatLabel(value: string): string {
  const number = parseGoFloat(value);
  return number === null ? value : formatOpenMetrics(number);
}

/** The value of a label as a scrape stores it, under the last TYPE seen. */
export function normalizeLabelValue(type: SeriesType, name: string, value: string): string {
  const isNumber = (type === 'histogram' && name === 'le') || (type === 'summary' && name === 'quantile');
  return isNumber ? normalizeFloatLabel(value) : value;
}
