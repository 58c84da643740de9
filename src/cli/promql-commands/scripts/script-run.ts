// Runs a script and judges each of its evaluations. As the test engine of Prometheus does, with all of the language enabled and metric names
// dropped at the end; values count as equal within a millionth.
import { compareLabels, formatLabels, type Labels, type Matcher } from '../../../model/index.ts';
import {
  type EngineOptions,
  EvaluationError,
  type Expr,
  evaluate,
  formatFloat,
  PromqlParseError,
  parseExpr,
  type QueryAnswer,
  type QueryValue,
  RangeQueryTypeError,
  WHOLE_LANGUAGE,
} from '../../../promql/index.ts';
import { type EvalCommand, type MessageExpectation, parseScript } from './script.ts';
import { ScriptStore } from './script-store.ts';

const TOLERANCE = 1e-6;
const OPTIONS: EngineOptions = {
  features: WHOLE_LANGUAGE,
  lookbackMs: 5 * 60_000,
  subqueryStepMs: 60_000,
  delayedNameRemoval: true,
  typeAndUnitLabels: false,
  perStepStatistics: false,
  maxSamples: 50_000_000,
  maxBytes: 1024 ** 3,
};

export interface ScriptFailure {
  readonly line: number;
  readonly query: string;
  readonly expected: string;
  readonly got: string;
}

export interface ScriptResult {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly ScriptFailure[];
}

/** @throws ScriptError */
export async function runScript(source: string): Promise<ScriptResult> {
  const store = new ScriptStore();
  const failures: ScriptFailure[] = [];
  let passed = 0;
  let skipped = 0;
  for (const command of parseScript(source)) {
    if (command.kind === 'clear') store.clear();
    else if (command.kind === 'load') store.load(command);
    else if (isAboutHistograms(command, store)) skipped++;
    else {
      const failure = await judge(command, store);
      if (failure === null) passed++;
      else failures.push({ line: command.line, query: command.query, ...failure });
    }
  }
  return { passed, skipped, failures };
}

function isAboutHistograms({ query, series }: EvalCommand, store: ScriptStore): boolean {
  if (series.some(({ values }) => values.includes('histogram'))) return true;
  try {
    return store.hasHistograms(selectorsOf(parseExpr(query, WHOLE_LANGUAGE)));
  } catch (error) {
    if (error instanceof PromqlParseError) return false;
    throw error;
  }
}

function selectorsOf(expr: Expr): (readonly Matcher[])[] {
  switch (expr.kind) {
    case 'vectorSelector':
      return [expr.matchers];
    case 'matrixSelector':
      return [expr.selector.matchers];
    case 'call':
      return expr.args.flatMap(selectorsOf);
    case 'aggregate':
      return [...selectorsOf(expr.expr), ...(expr.param === null ? [] : selectorsOf(expr.param))];
    case 'binary':
      return [...selectorsOf(expr.lhs), ...selectorsOf(expr.rhs)];
    case 'subquery':
    case 'unary':
    case 'paren':
      return selectorsOf(expr.expr);
    default:
      return [];
  }
}

type Verdict = Pick<ScriptFailure, 'expected' | 'got'> | null;

async function judge(command: EvalCommand, store: ScriptStore): Promise<Verdict> {
  const { query, startMs, endMs, stepMs, messages } = command;
  const failures = messages.filter(({ of }) => of === 'fail');
  let answer: QueryAnswer;
  try {
    answer = await evaluate(query, { startMs, endMs, stepMs }, store, OPTIONS, () => null);
  } catch (error) {
    const isVerdict = error instanceof EvaluationError || error instanceof PromqlParseError || error instanceof RangeQueryTypeError;
    if (!isVerdict) throw error;
    if (failures.length > 0 && failures.every((expected) => saidBy(expected, [error.message]))) return null;
    return { expected: failures.length > 0 ? failures.map(describeMessage).join('; ') : 'a result', got: `error: ${error.message}` };
  }
  if (failures.length > 0) return { expected: failures.map(describeMessage).join('; '), got: describeValue(answer.value) };
  return judgeMessages(command, answer) ?? judgeValue(command, answer.value);
}

function judgeMessages({ messages, noWarnings, noInfos }: EvalCommand, { warnings, infos }: QueryAnswer): Verdict {
  for (const [kind, none, said] of [
    ['warn', noWarnings, warnings],
    ['info', noInfos, infos],
  ] as const) {
    const got = said.length === 0 ? `no ${kind}` : said.join('; ');
    if (none && said.length > 0) return { expected: `no ${kind}`, got };
    const expected = messages.filter(({ of }) => of === kind);
    if (expected.length === 0) continue;
    const wrong = expected.find((each) => !saidBy(each, said));
    if (wrong !== undefined) return { expected: describeMessage(wrong), got };
    const specific = expected.filter(({ message }) => message !== null);
    const unexpected = said.find((text) => specific.length > 0 && !specific.some((each) => saidBy(each, [text])));
    if (unexpected !== undefined) return { expected: specific.map(describeMessage).join('; '), got };
  }
  return null;
}

function saidBy({ message }: MessageExpectation, said: readonly string[]): boolean {
  if (message === null) return said.length > 0;
  const pattern = message.kind === 'regex' ? new RegExp(message.text) : null;
  return said.some((text) => (pattern === null ? text === message.text : pattern.test(text)));
}

function describeMessage({ of, message }: MessageExpectation): string {
  return message === null ? of : `${of} ${message.kind}: ${message.text}`;
}

interface SeriesSamples {
  readonly labels: Labels;
  /** By time, ms. */
  readonly values: ReadonlyMap<number, number>;
}

function judgeValue(command: EvalCommand, value: QueryValue): Verdict {
  const { scalar, text, series, startMs, stepMs, range } = command;
  const got = describeValue(value);
  if (text !== null) return value.type === 'string' && value.value === text ? null : { expected: JSON.stringify(text), got };
  if (value.type === 'string') return { expected: 'something else than a string', got };
  const valueless = series.find(({ values }) => values.length === 0);
  if (valueless !== undefined) return { expected: `${formatLabels(valueless.labels)} with a value`, got };
  const step = range?.stepMs ?? stepMs;
  const expected: SeriesSamples[] = series.map(({ labels, values }) => ({
    labels,
    values: new Map(
      values.flatMap((each, i) => (typeof each === 'number' ? [[(range?.startMs ?? startMs) + i * step, each] as const] : [])),
    ),
  }));
  if (value.type === 'scalar') {
    return scalar !== null && equal(value.value, scalar)
      ? null
      : { expected: scalar === null ? describe(expected) : formatFloat(scalar), got };
  }
  if (scalar !== null) {
    // A number is expected of a vector too: of its only series, which has no labels.
    expected.push({ labels: [], values: new Map(stepsOf(command).map((time) => [time, scalar])) });
  }
  return sameSeries(expected, samplesOf(value), command.ordered) ? null : { expected: describe(expected), got };
}

function stepsOf({ startMs, endMs, stepMs }: EvalCommand): number[] {
  const times = [startMs];
  for (let time = startMs + stepMs; stepMs > 0 && time <= endMs; time += stepMs) times.push(time);
  return times;
}

function samplesOf(value: Extract<QueryValue, { type: 'vector' | 'matrix' | 'samples' }>): SeriesSamples[] {
  if (value.type === 'samples') {
    return value.series.map(({ labels, times, values, count }) => ({
      labels,
      values: new Map(Array.from({ length: count }, (_, i) => [times[i], values[i]])),
    }));
  }
  const { labels, store, grid, order } = value.rows;
  return order.map((row) => {
    const values = new Map<number, number>();
    for (let step = 0; step < grid.steps; step++) {
      if (store.present[row * grid.steps + step] !== 0) values.set(grid.timeAt(step), store.values[row * grid.steps + step]);
    }
    return { labels: labels[row], values };
  });
}

function sameSeries(expected: readonly SeriesSamples[], got: readonly SeriesSamples[], ordered: boolean): boolean {
  // One of which nothing is expected at any step is none.
  const wanted = expected.filter(({ values }) => values.size > 0);
  if (wanted.length !== got.length) return false;
  const byLabels = (a: SeriesSamples, b: SeriesSamples): number => compareLabels(a.labels, b.labels);
  const [left, right] = ordered ? [wanted, got] : [[...wanted].sort(byLabels), [...got].sort(byLabels)];
  return left.every(({ labels, values }, i) => {
    const other = right[i];
    if (compareLabels(labels, other.labels) !== 0 || values.size !== other.values.size) return false;
    for (const [time, value] of values) if (!other.values.has(time) || !equal(other.values.get(time)!, value)) return false;
    return true;
  });
}

function equal(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (a === b) return true;
  const difference = Math.abs(a - b);
  const sum = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0) return difference < TOLERANCE * 2 ** -1022;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}

function describeValue(value: QueryValue): string {
  if (value.type === 'string') return JSON.stringify(value.value);
  return value.type === 'scalar' ? formatFloat(value.value) : describe(samplesOf(value));
}

function describe(series: readonly SeriesSamples[]): string {
  if (series.length === 0) return 'nothing';
  const samples = (values: ReadonlyMap<number, number>) =>
    [...values].map(([time, value]) => `${formatFloat(value)}@${time / 1000}`).join(' ');
  return series.map(({ labels, values }) => `${formatLabels(labels)} ${samples(values)}`).join('\n');
}
