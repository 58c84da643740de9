// A label set as PromQL writes it.
import type { LabelMap } from '../../src/answers/index.ts';
import { isClassicLabelName, isClassicMetricName, quoteGo } from '../../src/model/index.ts';

const NAME = '__name__';

/** `name{a="b", c="d"}`: a selector of exactly these labels. `{}` for none. */
export function formatSeries(labels: LabelMap): string {
  const name = labels[NAME] ?? '';
  const pairs = Object.entries(labels)
    .filter(([label]) => label !== NAME)
    .map(([label, value]) => formatMatcher(label, value));
  const classic = isClassicMetricName(name);
  if (name !== '' && !classic) pairs.unshift(quoteGo(name));
  if (pairs.length === 0 && classic) return name;
  return `${classic ? name : ''}{${pairs.join(', ')}}`;
}

/** `name="value"`, for the braces of a selector. */
export function formatMatcher(label: string, value: string): string {
  return `${isClassicLabelName(label) ? label : quoteGo(label)}=${quoteGo(value)}`;
}
