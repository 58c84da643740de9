// The selectors that find where a row of a result came from: the row's labels are carried down the expression to each selector, as far as
// they are the series' own. A label too few finds a source too many; one too many finds none: where it is not sure, a label is left out.
import type { LabelMap } from '../../src/answers/index.ts';
import { Matcher } from '../../src/model/index.ts';
import {
  type Aggregate,
  type Binary,
  type Call,
  childrenOf,
  type Expr,
  isSetOperator,
  parseMetricSelector,
  type VectorSelector,
} from '../../src/promql/parser/index.ts';
import { formatSeries } from '../format/series.ts';
import { parsed } from './source-expression.ts';

const NAME = '__name__';
/** More are a generated expression; the first ones tell enough. */
const MOST_SELECTORS = 30;
const NOTHING: LabelMap = {};
/** Aggregations that give series back as they are. */
const GIVE_BACK: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** None where nothing can be asked: no name, and no selector in the expression. */
export function originSelectors(exprText: string, row: LabelMap): string[] {
  const expr = parsed(exprText);
  if (row[NAME] !== undefined && row[NAME] !== '') {
    const made = expr === null ? new Set<string>() : labelsMadeIn(expr);
    if (!made.has(NAME)) return [formatSeries(without(row, made))];
  }
  if (expr === null) return [];
  const found = new Set<string>();
  for (const selector of selectorsOf(expr, without(row, new Set([NAME])))) {
    found.add(selector);
    if (found.size === MOST_SELECTORS) break;
  }
  return [...found];
}

/** `labels`: what is known of the labels that the series of this part have. */
function* selectorsOf(expr: Expr, labels: LabelMap): Generator<string> {
  switch (expr.kind) {
    case 'vectorSelector':
      yield* selectorOf(expr, labels);
      break;
    case 'aggregate':
      if (expr.param !== null) yield* selectorsOf(expr.param, NOTHING);
      yield* selectorsOf(expr.expr, labelsAggregated(expr, labels));
      break;
    case 'call':
      yield* selectorsOfCall(expr, labels);
      break;
    case 'binary':
      yield* selectorsOfBinary(expr, labels);
      break;
    default:
      for (const child of childrenOf(expr)) yield* selectorsOf(child, labels);
  }
}

function labelsAggregated(aggregate: Aggregate, labels: LabelMap): LabelMap {
  if (GIVE_BACK.has(aggregate.op)) return labels;
  const own = without(labels, labelsMadeBy(aggregate));
  return aggregate.without ? own : only(own, aggregate.grouping);
}

function* selectorsOfCall(call: Call, labels: LabelMap): Generator<string> {
  const { func, args } = call;
  const own = without(labels, labelsMadeBy(call));
  if (func.name === 'info') {
    // Without a second argument, any label may have been taken over from the info series.
    yield* selectorsOf(args[0], args.length > 1 ? own : only(own, ['job', 'instance']));
    return;
  }
  const known = func.name === 'scalar' || func.name === 'vector' ? NOTHING : own;
  for (const arg of args) yield* selectorsOf(arg, known);
}

function* selectorsOfBinary(binary: Binary, labels: LabelMap): Generator<string> {
  const { lhs, rhs, matching, op } = binary;
  const own = without(labels, labelsMadeBy(binary));
  const matched = matching?.on ? only(own, matching.labels) : without(own, new Set(matching?.labels));
  let [left, right] = [matched, matched];
  if (isSetOperator(op)) {
    left = labels;
    if (op === 'or') right = labels;
  } else if (matching?.cardinality === 'many-to-one') left = own;
  else if (matching?.cardinality === 'one-to-many') right = own;
  yield* selectorsOf(lhs, left);
  yield* selectorsOf(rhs, right);
}

function* selectorOf({ matchers }: VectorSelector, labels: LabelMap): Generator<string> {
  const added: Matcher[] = [];
  for (const [name, value] of Object.entries(labels)) {
    const own = matchers.filter((matcher) => matcher.name === name);
    // Another part of the expression has made this row.
    if (own.some((matcher) => !matcher.matches(value))) return;
    if (!own.some((matcher) => matcher.op === '=')) added.push(new Matcher(name, '=', value));
  }
  const texts = [...matchers, ...added].map(String);
  if (texts.length > 0) yield `{${texts.join(',')}}`;
}

/** Labels that a part of the expression puts on its series. */
function labelsMadeIn(expr: Expr): Set<string> {
  const made = labelsMadeBy(expr);
  for (const child of childrenOf(expr)) for (const label of labelsMadeIn(child)) made.add(label);
  return made;
}

function labelsMadeBy(expr: Expr): Set<string> {
  if (expr.kind === 'binary') return new Set(expr.matching?.include);
  if (expr.kind === 'aggregate') return new Set(expr.op === 'count_values' && expr.param?.kind === 'string' ? [expr.param.value] : []);
  if (expr.kind !== 'call') return new Set();
  const { func, args } = expr;
  if (func.name === 'label_replace' || func.name === 'label_join') return new Set(args[1].kind === 'string' ? [args[1].value] : []);
  if (func.name === 'info' && args[1]?.kind === 'vectorSelector') return new Set(args[1].matchers.map(({ name }) => name));
  return new Set();
}

function without(labels: LabelMap, names: ReadonlySet<string>): LabelMap {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.has(name)));
}

function only(labels: LabelMap, names: readonly string[]): LabelMap {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

/** The metric names that selectors ask for by name. */
export function selectedNames(selectors: readonly string[]): string[] {
  const names = selectors.flatMap((selector) => parseMetricSelector(selector).filter(({ name, op }) => name === '__name__' && op === '='));
  return [...new Set(names.map(({ value }) => value))];
}
