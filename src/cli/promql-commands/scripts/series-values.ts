// A line of a script: a series and its samples, one a step: `metric{a="b"} 1 2+3x4 _ stale`. Source of the grammar: promql/parser of Prometheus
// (series descriptions), docs/configuration/unit_testing_rules.md. Native histograms (`{{…}}`) are recognised, and not looked into.
import { type Labels, type Matcher, parseGoFloat } from '../../../model/index.ts';
import { parseMetricSelector } from '../../../promql/index.ts';

/** A value, nothing at this step, a stale marker, or a native histogram. */
export type ScriptValue = number | 'omitted' | 'stale' | 'histogram';

export interface SeriesLine {
  readonly labels: Labels;
  readonly values: readonly ScriptValue[];
}

const MOST_REPETITIONS = 1_000_000;
/** Of one series. */
const MOST_VALUES = 10_000_000;
// `0x5` is five more zeros, not a hexadecimal number.
const NUMBER = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const SEQUENCE = new RegExp(`^(${NUMBER})(?:([+-])(${NUMBER}))?x(\\d+)$`);
const SINGLE = new RegExp(`^${NUMBER}$`);

/** @throws Error whose message says what is wrong */
export function parseSeriesLine(line: string): SeriesLine {
  const at = endOfMetric(line);
  const labels = parseMetric(line.slice(0, at));
  return { labels, values: parseValues(line.slice(at)) };
}

/** A number alone: what a scalar is expected to be. Null for anything else. */
export function parseScalar(line: string): number | null {
  return SINGLE.test(line) ? numberOf(line) : null;
}

export function parseValues(text: string): ScriptValue[] {
  // Histograms have spaces in them.
  const items = text.replaceAll(/\{\{[^}]*\}\}/g, 'histogram').trim();
  const values: ScriptValue[] = [];
  if (items === '') return values;
  for (const item of items.split(/\s+/)) {
    for (const value of itemValues(item)) values.push(value);
    if (values.length > MOST_VALUES) throw new Error(`cannot take ${values.length} values of one series: want at most ${MOST_VALUES}`);
  }
  return values;
}

function itemValues(item: string): ScriptValue[] {
  if (item === 'stale') return ['stale'];
  if (item.startsWith('histogram')) {
    const times = /x(\d+)$/.exec(item);
    return new Array<ScriptValue>(times === null ? 1 : repetitions(times[1]) + 1).fill('histogram');
  }
  const blank = /^_(?:x(\d+))?$/.exec(item);
  if (blank !== null) return new Array<ScriptValue>(blank[1] === undefined ? 1 : repetitions(blank[1])).fill('omitted');
  if (SINGLE.test(item)) return [numberOf(item)];
  const sequence = SEQUENCE.exec(item);
  if (sequence === null) throw new Error(`cannot read value ${JSON.stringify(item)}: want a number, _, stale, or a sequence such as 1+2x3`);
  const [, first, sign, increment, times] = sequence;
  const step = increment === undefined ? 0 : (sign === '-' ? -1 : 1) * numberOf(increment);
  const values: number[] = [];
  for (let i = 0, value = numberOf(first); i <= repetitions(times); i++) {
    values.push(value);
    if (increment !== undefined) value += step;
  }
  return values;
}

function repetitions(text: string): number {
  const times = Number(text);
  if (times > MOST_REPETITIONS) throw new Error(`cannot repeat a value ${text} times: want at most ${MOST_REPETITIONS}`);
  return times;
}

function numberOf(text: string): number {
  return parseGoFloat(text) ?? Number.NaN;
}

/** Where the values begin: behind the braces, or at the first space. */
function endOfMetric(line: string): number {
  let quote = '';
  for (let i = 0, depth = 0; i < line.length; i++) {
    const c = line[i];
    if (quote !== '') {
      if (c === '\\' && quote !== '`') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'" || c === '`') quote = c;
    else if (c === '{') {
      if (line[i + 1] === '{' && depth === 0) return i;
      depth++;
    } else if (c === '}' && --depth === 0) return i + 1;
    else if (/\s/.test(c) && depth === 0 && !/^\s*\{(?!\{)/.test(line.slice(i))) return i;
  }
  return line.length;
}

/** A series without values. @throws Error whose message says what is wrong */
export function parseMetric(metric: string): Labels {
  const text = metric.trim();
  const matchers: Matcher[] = text === '' ? [] : parseMetricSelector(text);
  const wrong = matchers.find(({ op }) => op !== '=');
  if (wrong !== undefined) throw new Error(`cannot read series ${JSON.stringify(text)}: got ${wrong.op} behind ${wrong.name}, want =`);
  const labels = matchers.filter(({ value }) => value !== '').map(({ name, value }) => [name, value] as const);
  return labels.sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])));
}
