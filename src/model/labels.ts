// Labels: the sorted pairs of name and value that identify a series. Everywhere in the program they are ordered by the
// UTF-8 bytes of their names, as Prometheus and its files order them; JavaScript's own order (UTF-16) differs from
// that above U+FFFF, so strings that decide an order go through compareUtf8.

import { quoteGo } from './quote.ts';

export type Label = readonly [name: string, value: string];

/** Sorted by the names' UTF-8 bytes, no name twice, no empty value unless said. */
export type Labels = readonly Label[];

const CLASSIC_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const CLASSIC_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Order of the strings' UTF-8 bytes: negative, zero or positive. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankUtf16(x) - rankUtf16(y);
  }
  return a.length - b.length;
}

/** Surrogates (characters above U+FFFF) come after U+E000..U+FFFF in UTF-8, before them in UTF-16. */
function rankUtf16(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** The labels of a record, sorted. Empty values are kept: whoever stores labels decides what an empty one means. */
export function labelsOf(record: Readonly<Record<string, string>>): Labels {
  return Object.entries(record).sort((a, b) => compareUtf8(a[0], b[0]));
}

/** The order of series in blocks and answers: pair by pair, name before value; a set that ends first comes first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const order = compareUtf8(a[i][0], b[i][0]) || compareUtf8(a[i][1], b[i][1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The value of the label `name`, or '' when absent: to Prometheus the two are the same. */
export function labelValue(labels: Labels, name: string): string {
  for (const label of labels) if (label[0] === name) return label[1];
  return '';
}

/** Whether `name` needs no quotes as a label name: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isClassicLabelName(name: string): boolean {
  return CLASSIC_LABEL_NAME.test(name);
}

/** Whether `name` needs no quotes as a metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isClassicMetricName(name: string): boolean {
  return CLASSIC_METRIC_NAME.test(name);
}

/** `{a="b", c="d"}` as Prometheus's Labels.String(); names that are not classic are quoted. */
export function formatLabels(labels: Labels): string {
  const pairs = labels.map(([name, value]) => `${isClassicLabelName(name) ? name : quoteGo(name)}=${quoteGo(value)}`);
  return `{${pairs.join(', ')}}`;
}
