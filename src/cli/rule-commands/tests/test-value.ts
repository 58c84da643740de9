// What a test expects and what it gets, alerts and samples: in order, compared, and as promtool prints them.
import { compareLabels, formatExponent, formatG, formatLabels, type Labels } from '../../../model/index.ts';

export interface AlertValue {
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface SampleValue {
  readonly labels: Labels;
  readonly value: number;
}

export function sortedAlerts(alerts: readonly AlertValue[]): readonly AlertValue[] {
  return [...alerts].sort((a, b) => compareLabels(a.labels, b.labels) || compareLabels(a.annotations, b.annotations));
}

export function sortedSamples(samples: readonly SampleValue[]): readonly SampleValue[] {
  return [...samples].sort((a, b) => compareLabels(a.labels, b.labels));
}

/** Both in order. */
export function sameAlerts(a: readonly AlertValue[], b: readonly AlertValue[]): boolean {
  const same = (x: AlertValue, y: AlertValue) =>
    compareLabels(x.labels, y.labels) === 0 && compareLabels(x.annotations, y.annotations) === 0;
  return a.length === b.length && a.every((alert, i) => same(alert, b[i]));
}

/** Both in order. No number is equal to NaN, not even NaN itself: so it is in promtool. @param isFuzzy neighbours are equal */
export function sameSamples(a: readonly SampleValue[], b: readonly SampleValue[], isFuzzy: boolean): boolean {
  const same = (x: SampleValue, y: SampleValue) =>
    compareLabels(x.labels, y.labels) === 0 && (x.value === y.value || (isFuzzy && areNeighbours(x.value, y.value)));
  return a.length === b.length && a.every((sample, i) => same(sample, b[i]));
}

const bits = new BigInt64Array(1);
const number = new Float64Array(bits.buffer);

/** Whether no float lies between them. */
export function areNeighbours(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const distance = rankOf(a) - rankOf(b);
  return distance >= -1n && distance <= 1n;
}

/** Its place among all floats; 0 and -0 share one. */
function rankOf(value: number): bigint {
  number[0] = Math.abs(value);
  return value < 0 ? -bits[0] : bits[0];
}

/** Several lines. */
export function alertsText(alerts: readonly AlertValue[]): string {
  if (alerts.length === 0) return '[]';
  const texts = alerts.map(
    ({ labels, annotations }, i) => `${i}:\n  Labels:${formatLabels(labels)}\n  Annotations:${formatLabels(annotations)}`,
  );
  return `[\n${texts.join(',\n')}\n]`;
}

export function sampleText({ labels, value }: SampleValue): string {
  return `${formatLabels(labels)} ${Number.isFinite(value) ? formatExponent(value).replace('e', 'E') : formatG(value)}`;
}

export function samplesText(samples: readonly SampleValue[]): string {
  return samples.length === 0 ? 'nil' : samples.map(sampleText).join(', ');
}
