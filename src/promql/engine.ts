// Evaluates queries: parse, plan, select, and let the operators run. An instant query is a range query of one step.
import { compareLabels, type Labels } from '../model/index.ts';
import { type Querier, SeriesSamples } from '../storage/index.ts';
import { Annotations } from './annotations.ts';
import { Budget, type BudgetLimits } from './budget.ts';
import { Grid } from './grid.ts';
import { eachSeries } from './operator/each-series.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator/operator.ts';
import { RowStore } from './operator/row-store.ts';
import { Selections } from './operator/selection.ts';
import { MergeOperator, NameRemovalOperator } from './operator/series-names.ts';
import { describeType, type Expr, type StringLiteral, typeOf, unwrapParens } from './parser/ast.ts';
import { type LanguageFeatures, parseExpr } from './parser/parser.ts';
import { Planner } from './plan/plan.ts';
import { cutSamples, type QueryValue, type ResultSamples, type RowResult } from './result.ts';
import { SampleCounts } from './sample-counts.ts';

/** More steps are refused: nobody looks at them. Source: web/api/v1 of Prometheus. */
export const MOST_STEPS = 11_000;

export interface QueryTimes {
  readonly startMs: number;
  /** As startMs for an instant query. */
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
}

export interface EngineOptions extends BudgetLimits {
  readonly features: LanguageFeatures;
  readonly lookbackMs: number;
  readonly subqueryStepMs: number;
  readonly delayedNameRemoval: boolean;
  readonly typeAndUnitLabels: boolean;
  /** Counts samples by step too. */
  readonly perStepStatistics: boolean;
}

export interface QueryStatistics {
  readonly totalQueryableSamples: number;
  readonly peakSamples: number;
  readonly perStep: readonly (readonly [timeMs: number, samples: number])[] | null;
  readonly prepareMs: number;
  readonly evalMs: number;
  readonly sortMs: number;
}

export interface QueryAnswer {
  readonly value: QueryValue;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly statistics: QueryStatistics;
}

/** Parses a query and checks that it may be evaluated over these times. @throws PromqlParseError */
export function parseQuery(text: string, { stepMs }: QueryTimes, features: LanguageFeatures): Expr {
  const expr = parseExpr(text, features);
  const type = typeOf(expr);
  if (stepMs > 0 && type !== 'scalar' && type !== 'vector')
    throw new RangeQueryTypeError(`invalid expression type "${describeType(type)}" for range query, must be Scalar or instant Vector`);
  return expr;
}

/** A query that is none of a range. */
export class RangeQueryTypeError extends Error {
  readonly code = 'bad_expression';
}

/** @param breathe see Evaluation @throws EvaluationError, StorageError, and whatever ends the job */
export async function evaluate(
  text: string,
  times: QueryTimes,
  querier: Querier,
  options: EngineOptions,
  breathe: Evaluation['breathe'],
): Promise<QueryAnswer> {
  const expr = parseQuery(text, times, options.features);
  const started = performance.now();
  const grid = Grid.between(times.startMs, times.endMs, times.stepMs || 1);
  const annotations = new Annotations(text);
  const budget = new Budget(options);
  const counts = new SampleCounts(options.perStepStatistics ? grid.steps : null);
  const evaluation: Evaluation = {
    annotations,
    budget,
    counts,
    lookbackMs: options.lookbackMs,
    delayedNameRemoval: options.delayedNameRemoval,
    typeAndUnitLabels: options.typeAndUnitLabels,
    startMs: times.startMs,
    endMs: times.endMs,
    stepMs: times.stepMs,
    breathe,
    together: (work) => querier.together(work),
  };
  const run = plan(text, expr, grid, evaluation, options);
  await run.selections.open(querier);
  const prepared = performance.now();
  const unsorted = await run.value();
  const evaluated = performance.now();
  const value = times.stepMs > 0 || unsorted.type === 'samples' ? sorted(unsorted) : unsorted;
  const ended = performance.now();
  const statistics: QueryStatistics = {
    totalQueryableSamples: counts.total,
    peakSamples: budget.peakSamples,
    perStep: counts.perStep === null ? null : Array.from(counts.perStep, (samples, step) => [grid.timeAt(step), samples] as const),
    prepareMs: prepared - started,
    evalMs: evaluated - prepared,
    sortMs: ended - evaluated,
  };
  return { value, warnings: annotations.warnings, infos: annotations.infos, statistics };
}

interface Run {
  readonly selections: Selections;
  value(): Promise<QueryValue>;
}

function plan(text: string, expr: Expr, grid: Grid, evaluation: Evaluation, options: EngineOptions): Run {
  const selections = new Selections();
  const planner = Planner.of(evaluation, selections, options, text, expr);
  const type = typeOf(expr);
  const isRange = evaluation.stepMs > 0;
  if (type === 'string') {
    const { value } = unwrapParens(expr) as StringLiteral;
    return { selections, value: async () => ({ type: 'string', timeMs: grid.startMs, value }) };
  }
  if (type === 'matrix') {
    const source = planner.range(expr, grid);
    return {
      selections,
      async value() {
        const list = source.series();
        return { type: 'samples', series: await rangeSamples(await list, source, evaluation) };
      },
    };
  }
  if (type === 'scalar') {
    const scalar = planner.scalar(expr, grid);
    return {
      selections,
      async value() {
        const values = await scalar.values();
        if (!isRange) return { type: 'scalar', timeMs: grid.startMs, value: values[0] };
        const store = new RowStore(evaluation, grid.steps);
        if (grid.steps > 0) {
          evaluation.budget.takeSamples(grid.steps);
          store.addEmpty(0);
          store.values.set(values);
          store.present.fill(1, 0, grid.steps);
        }
        return { type: 'matrix', rows: { labels: [[]], store, grid, order: store.count > 0 ? [0] : [] } };
      },
    };
  }
  let operator = planner.vector(expr, grid);
  if (evaluation.delayedNameRemoval) operator = new MergeOperator(evaluation, new NameRemovalOperator(operator), grid.steps);
  return {
    selections,
    async value() {
      const rows = await rowsOf(operator, grid, evaluation);
      return { type: isRange ? 'matrix' : 'vector', rows };
    },
  };
}

async function rowsOf(operator: VectorOperator, grid: Grid, evaluation: Evaluation): Promise<RowResult> {
  if (grid.steps === 0) return { labels: [], store: new RowStore(evaluation, 0), grid, order: [] };
  const { series } = await operator.series();
  const store = await RowStore.of(operator, evaluation, grid.steps);
  const order: number[] = [];
  for (let row = 0; row < store.count; row++) {
    if (store.present.subarray(row * grid.steps, (row + 1) * grid.steps).includes(1)) order.push(row);
  }
  const labels: Labels[] = [];
  await eachSeries(order, evaluation, (row) => {
    labels[row] = series[store.rows[row]].labels;
  });
  return { labels, store, grid, order };
}

type Source = ReturnType<Planner['range']>;

async function rangeSamples({ series }: SeriesList, source: Source, { budget, counts }: Evaluation): Promise<ResultSamples[]> {
  const { firstEndMs, rangeMs } = source.frame;
  const samples = new SeriesSamples();
  const all: ResultSamples[] = [];
  while (await source.fill()) {
    for (;;) {
      const index = source.take(samples);
      if (index < 0) break;
      const cut = cutSamples(samples.floats, series[index].labels, { afterMs: firstEndMs - rangeMs, untilMs: firstEndMs });
      if (cut.count === 0) continue;
      budget.takeSamples(cut.count);
      budget.takeBytes(cut.count * 16);
      counts.add(0, cut.count);
      all.push(cut);
    }
  }
  return all;
}

/** By their labels. */
function sorted(value: QueryValue): QueryValue {
  if (value.type === 'samples') return { ...value, series: [...value.series].sort((a, b) => compareLabels(a.labels, b.labels)) };
  if (value.type !== 'matrix') return value;
  const { rows } = value;
  let inOrder = true;
  for (let i = 1; i < rows.order.length && inOrder; i++)
    inOrder = compareLabels(rows.labels[rows.order[i - 1]], rows.labels[rows.order[i]]) <= 0;
  if (inOrder) return value;
  const order = [...rows.order].sort((a, b) => compareLabels(rows.labels[a], rows.labels[b]));
  return { ...value, rows: { ...rows, order } };
}
