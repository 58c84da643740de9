// From the syntax tree to operators, each for the times that it is evaluated at. Selectors are registered on the way, with the interval that
// they read; what is the same at every step becomes one evaluation and a repetition.
import { compileRegexp, isValidUtf8, labelValue, Matcher, RegexpError } from '../../model/index.ts';
import { EvaluationError } from '../errors.ts';
import { ACCUMULATORS } from '../function/accumulators.ts';
import { calculationOf, comparisonOf, goMax, goMin } from '../function/arithmetic.ts';
import { smoothedValue } from '../function/extended-range.ts';
import { DATE_FUNCTIONS, MATH_FUNCTIONS } from '../function/math.ts';
import { RANGE_FUNCTIONS } from '../function/range-functions.ts';
import type { WindowFrame } from '../function/window.ts';
import { Grid } from '../grid.ts';
import { AbsentOperator } from '../operator/absent.ts';
import { AggregateOperator } from '../operator/aggregate.ts';
import { HistogramOperator, type HistogramParam } from '../operator/histogram.ts';
import { InfoOperator } from '../operator/info.ts';
import { JoinOperator } from '../operator/join.ts';
import { filterByStep, MapOperator, ofNumberAndStep, ofNumbers, type RowMapping } from '../operator/map.ts';
import type { Evaluation, ScalarOperator, VectorOperator } from '../operator/operator.ts';
import { CountValuesOperator, QuantileOperator, withLabel } from '../operator/quantile.ts';
import { type Margins, type RangeSource, StoredRange, SubqueryRange } from '../operator/range-source.ts';
import { RankingOperator } from '../operator/ranking.ts';
import { RelabelOperator } from '../operator/relabel.ts';
import { RepeatOperator } from '../operator/repeat.ts';
import { CombinedScalar, NegatedScalar, RepeatedScalar, ScalarAsVector, StepScalar, VectorAsScalar } from '../operator/scalar.ts';
import type { Selections } from '../operator/selection.ts';
import { SelectorOperator } from '../operator/selector.ts';
import { MergeOperator } from '../operator/series-names.ts';
import { SetOperation, type SetOperator } from '../operator/set-operation.ts';
import { SharedExpression, SharedOperator } from '../operator/shared.ts';
import { byLabels, byValue, SortOperator } from '../operator/sort.ts';
import { WindowOperator } from '../operator/window.ts';
import {
  type Aggregate,
  type AtModifier,
  type Binary,
  type Call,
  childrenOf,
  type Expr,
  isSetOperator,
  type MatrixSelector,
  type StringLiteral,
  type Subquery,
  typeOf,
  unwrapParens,
  type VectorSelector,
} from '../parser/ast.ts';
import { print } from '../parser/printer.ts';
import { SampleCounts } from '../sample-counts.ts';
import { durationMs } from './durations.ts';
import { isInvariant } from './invariance.ts';
import { repeatedAggregates } from './repeated.ts';

/** Of an operator of a subquery: its values, whether they are there, and as much again for who takes them. */
const BYTES_A_STEP = 17;
const NO_MARGINS: Margins = { beforeMs: 0, afterMs: 0 };

/** What the parts of one query have in common. */
interface Common {
  readonly selections: Selections;
  readonly options: PlanOptions;
  /** As printed. */
  readonly repeated: ReadonlySet<string>;
  /** By their times and text. */
  readonly shared: Map<string, SharedExpression>;
}

export interface PlanOptions {
  /** The step of a subquery that names none, ms. */
  readonly subqueryStepMs: number;
}

export class Planner {
  readonly #evaluation: Evaluation;
  readonly #common: Common;

  constructor(evaluation: Evaluation, common: Common) {
    this.#evaluation = evaluation;
    this.#common = common;
  }

  static of(evaluation: Evaluation, selections: Selections, options: PlanOptions, query: string, expr: Expr): Planner {
    return new Planner(evaluation, { selections, options, repeated: repeatedAggregates(query, expr), shared: new Map() });
  }

  vector(expr: Expr, grid: Grid): VectorOperator {
    if (grid.steps > 1 && isInvariant(expr) && unwrapParens(expr).kind !== 'vectorSelector') return this.#repeated(expr, grid);
    return this.#vector(expr, grid);
  }

  #repeated(expr: Expr, grid: Grid): VectorOperator {
    const counts = new SampleCounts();
    return new RepeatOperator(this.#evaluation, this.#countingTo(counts).#vector(expr, grid.first()), counts);
  }

  /** For parts of a query that have steps of their own. */
  #countingTo(counts: SampleCounts): Planner {
    return new Planner({ ...this.#evaluation, counts }, this.#common);
  }

  scalar(expr: Expr, grid: Grid): ScalarOperator {
    if (grid.steps > 1 && expr.kind === 'call' && expr.func.name === 'scalar' && isInvariant(expr)) {
      const own = new SampleCounts();
      return new RepeatedScalar(this.#countingTo(own).#scalar(expr, grid.first()), grid.steps, own, this.#evaluation.counts);
    }
    return this.#scalar(expr, grid);
  }

  /** The samples of a range vector, for windows that end at the grid's times. */
  range(expr: Expr, grid: Grid): RangeSource {
    const inner = unwrapParens(expr);
    if (inner.kind === 'matrixSelector') return this.#storedRange(inner, grid);
    if (inner.kind === 'subquery') return this.#subqueryRange(inner, grid);
    throw new Error(`BUG: a range vector of kind ${inner.kind}`);
  }

  #vector(expr: Expr, grid: Grid): VectorOperator {
    switch (expr.kind) {
      case 'vectorSelector':
        return this.#selector(expr, grid, false);
      case 'paren':
        return this.#vector(expr.expr, grid);
      case 'unary':
        return expr.op === '+'
          ? this.vector(expr.expr, grid)
          : this.#map(
              this.vector(expr.expr, grid),
              ofNumbers((value) => -value),
              grid,
            );
      case 'binary':
        return this.#binary(expr, grid);
      case 'aggregate':
        return this.#sharedAggregate(expr, grid);
      case 'call':
        return this.#call(expr, grid);
      default:
        throw new Error(`BUG: a vector of kind ${expr.kind}`);
    }
  }

  #scalar(expr: Expr, grid: Grid): ScalarOperator {
    switch (expr.kind) {
      case 'number':
        return new StepScalar(grid, () => expr.value);
      case 'paren':
        return this.scalar(expr.expr, grid);
      case 'unary': {
        const input = this.scalar(expr.expr, grid);
        return expr.op === '-' ? new NegatedScalar(input) : input;
      }
      case 'binary':
        return new CombinedScalar(this.scalar(expr.lhs, grid), this.scalar(expr.rhs, grid), scalarOperation(expr));
      case 'call':
        return this.#scalarCall(expr, grid);
      default:
        throw new Error(`BUG: a scalar of kind ${expr.kind}`);
    }
  }

  #scalarCall({ func, args }: Call, grid: Grid): ScalarOperator {
    const { startMs, endMs, stepMs } = this.#evaluation;
    switch (func.name) {
      case 'time':
        return new StepScalar(grid, (timeMs) => timeMs / 1000);
      case 'pi':
        return new StepScalar(grid, () => Math.PI);
      case 'start':
        return new StepScalar(grid, () => startMs / 1000);
      case 'end':
        return new StepScalar(grid, () => endMs / 1000);
      case 'step':
        return new StepScalar(grid, () => stepMs / 1000);
      case 'range':
        return new StepScalar(grid, () => (endMs - startMs) / 1000);
      case 'min_of':
      case 'max_of':
        return new CombinedScalar(this.scalar(args[0], grid), this.scalar(args[1], grid), func.name === 'min_of' ? Math.min : Math.max);
      case 'scalar':
        return new VectorAsScalar(this.vector(args[0], grid), grid.steps);
      default:
        throw new Error(`BUG: the scalar function ${func.name} has no operator`);
    }
  }

  #offsetMs({ offset }: { readonly offset: VectorSelector['offset'] }): number {
    const { startMs, endMs, stepMs } = this.#evaluation;
    return durationMs(offset, { stepMs, rangeMs: endMs - startMs }, true);
  }

  #positiveMs(duration: MatrixSelector['range']): number {
    const { startMs, endMs, stepMs } = this.#evaluation;
    return durationMs(duration, { stepMs, rangeMs: endMs - startMs }, false);
  }

  #atMs(at: AtModifier | null): number | null {
    if (at === 'start') return this.#evaluation.startMs;
    return at === 'end' ? this.#evaluation.endMs : at;
  }

  #selector(selector: VectorSelector, grid: Grid, timesOnly: boolean): VectorOperator {
    if (selector.extension === 'smoothed' && !timesOnly) return this.#smoothed(selector, grid);
    const offsetMs = this.#offsetMs(selector);
    const atMs = this.#atMs(selector.at);
    const firstMs = (atMs ?? grid.startMs) - offsetMs;
    const lastMs = (atMs ?? grid.endMs) - offsetMs;
    const selection = this.#common.selections.add(selector.matchers, firstMs - this.#evaluation.lookbackMs + 1, lastMs);
    return new SelectorOperator(this.#evaluation, selection, { grid, offsetMs, atMs, oneName: hasOneName(selector) }, timesOnly);
  }

  /** At each step what lies between the samples beside it, as far as the lookback either way. */
  #smoothed(selector: VectorSelector, grid: Grid): VectorOperator {
    const { lookbackMs } = this.#evaluation;
    const offsetMs = this.#offsetMs(selector) - lookbackMs;
    const frame = this.#frame(grid, { offsetMs, atMs: this.#atMs(selector.at), rangeMs: 2 * lookbackMs });
    const source = this.#source(selector, frame, NO_MARGINS);
    return new WindowOperator(this.#evaluation, source, { run: smoothedValue(lookbackMs), keepsName: true, params: [] });
  }

  #frame(grid: Grid, { offsetMs, atMs, rangeMs }: { offsetMs: number; atMs: number | null; rangeMs: number }): WindowFrame {
    return {
      steps: grid.steps,
      stepMs: grid.stepMs,
      firstEndMs: (atMs ?? grid.startMs) - offsetMs,
      fixed: atMs !== null,
      rangeMs,
      firstStepMs: grid.startMs,
    };
  }

  #storedRange({ selector, range }: MatrixSelector, grid: Grid): RangeSource {
    const frame = this.#frame(grid, {
      offsetMs: this.#offsetMs(selector),
      atMs: this.#atMs(selector.at),
      rangeMs: this.#positiveMs(range),
    });
    const { lookbackMs } = this.#evaluation;
    const margins: Margins =
      selector.extension === null ? NO_MARGINS : { beforeMs: lookbackMs, afterMs: selector.extension === 'smoothed' ? lookbackMs : 0 };
    return this.#source(selector, frame, margins);
  }

  #source(selector: VectorSelector, frame: WindowFrame, margins: Margins): RangeSource {
    const lastEndMs = frame.firstEndMs + (frame.fixed ? 0 : (frame.steps - 1) * frame.stepMs);
    const minTimeMs = frame.firstEndMs - frame.rangeMs - margins.beforeMs + 1;
    const selection = this.#common.selections.add(selector.matchers, minTimeMs, lastEndMs + margins.afterMs);
    return new StoredRange(selection, frame, hasOneName(selector), margins);
  }

  #subqueryRange(subquery: Subquery, grid: Grid): RangeSource {
    const rangeMs = this.#positiveMs(subquery.range);
    const frame = this.#frame(grid, { offsetMs: this.#offsetMs(subquery), atMs: this.#atMs(subquery.at), rangeMs });
    const stepMs = subquery.step === null ? this.#common.options.subqueryStepMs : this.#positiveMs(subquery.step);
    const lastEndMs = frame.firstEndMs + (frame.fixed ? 0 : (frame.steps - 1) * frame.stepMs);
    // The first multiple of the step inside of the first window.
    const inner = Grid.between((Math.floor((frame.firstEndMs - rangeMs) / stepMs) + 1) * stepMs, lastEndMs, stepMs);
    // Its operators and their arrays have so many steps: asked for before they are made.
    this.#evaluation.budget.takeBytes(inner.steps * BYTES_A_STEP * nodesOf(subquery));
    // What it looks at does not count, but its own points in the windows that they are in.
    const input = this.#countingTo(new SampleCounts()).vector(subquery.expr, inner);
    return new SubqueryRange(this.#evaluation, input, inner, frame);
  }

  /** Value by value, the names dropped. */
  #map(input: VectorOperator, map: RowMapping, grid: Grid, params: readonly ScalarOperator[] = []): VectorOperator {
    return this.#merged(new MapOperator(this.#evaluation, input, { map, keepsName: false, params }), grid);
  }

  /** Where names went, equal series become one; with delayed removal that is done at the end. */
  #merged(operator: VectorOperator, grid: Grid, strict = false): VectorOperator {
    return this.#evaluation.delayedNameRemoval ? operator : new MergeOperator(this.#evaluation, operator, grid.steps, { strict });
  }

  #binary(expr: Binary, grid: Grid): VectorOperator {
    const { op, lhs, rhs, matching, bool } = expr;
    if (op === '</' || op === '>/') return this.#trim(expr, grid);
    if (matching === null) return this.#withScalar(expr, grid);
    const sides = { left: this.vector(lhs, grid), right: this.vector(rhs, grid) };
    if (isSetOperator(op)) {
      return new MergeOperator(this.#evaluation, new SetOperation(this.#evaluation, sides, op as SetOperator, matching), grid.steps);
    }
    const join = { op, matching, bool, calculate: calculationOf(op) ?? null, compare: comparisonOf(op) ?? null };
    return new MergeOperator(this.#evaluation, new JoinOperator(this.#evaluation, sides, join, grid.steps), grid.steps);
  }

  /** These are about native histograms: of floats nothing is left, and it is said. */
  #trim({ op, lhs, rhs, start }: Binary, grid: Grid): VectorOperator {
    const vector = typeOf(lhs) === 'vector' ? lhs : rhs;
    const { annotations } = this.#evaluation;
    const map: RowMapping = (batch) => {
      if (batch.present.subarray(0, batch.count * batch.steps).includes(1))
        annotations.info(`incompatible sample types encountered for binary operator "${op}": float ${op} float`, start);
      batch.present.fill(0, 0, batch.count * batch.steps);
    };
    return new MapOperator(this.#evaluation, this.vector(vector, grid), { map, keepsName: true, params: [] });
  }

  #withScalar({ op, lhs, rhs, bool }: Binary, grid: Grid): VectorOperator {
    const scalarFirst = typeOf(lhs) === 'scalar';
    const input = this.vector(scalarFirst ? rhs : lhs, grid);
    const params = [this.scalar(scalarFirst ? lhs : rhs, grid)];
    const calculate = calculationOf(op);
    if (calculate !== undefined) {
      const map: RowMapping = scalarFirst
        ? ofNumberAndStep((value, step, [scalar]) => calculate(scalar[step], value))
        : ofNumberAndStep((value, step, [scalar]) => calculate(value, scalar[step]));
      return this.#map(input, map, grid, params);
    }
    const compare = comparisonOf(op)!;
    const holds = scalarFirst
      ? (value: number, step: number, [scalar]: readonly Float64Array[]) => compare(scalar[step], value)
      : (value: number, step: number, [scalar]: readonly Float64Array[]) => compare(value, scalar[step]);
    if (bool)
      return this.#map(
        input,
        ofNumberAndStep((value, step, params) => (holds(value, step, params) ? 1 : 0)),
        grid,
        params,
      );
    return new MapOperator(this.#evaluation, input, { map: filterByStep(holds), keepsName: true, params });
  }

  #sharedAggregate(expr: Aggregate, grid: Grid): VectorOperator {
    const { repeated, shared } = this.#common;
    const text = repeated.size === 0 ? '' : print(expr);
    if (!repeated.has(text)) return this.#aggregate(expr, grid);
    const key = `${grid.startMs} ${grid.stepMs} ${grid.steps} ${text}`;
    let once = shared.get(key);
    if (once === undefined) {
      once = new SharedExpression(this.#evaluation, expr.start, (own) => new Planner(own, this.#common).#aggregate(expr, grid));
      shared.set(key, once);
    }
    return new SharedOperator(this.#evaluation, once, expr.start);
  }

  #aggregate(expr: Aggregate, grid: Grid): VectorOperator {
    const { op, param } = expr;
    const evaluation = this.#evaluation;
    if (op === 'count_values') {
      const label = (unwrapParens(param!) as StringLiteral).value;
      if (label === '' || !isValidUtf8(label)) throw new EvaluationError('execution', `invalid label name ${JSON.stringify(label)}`);
      return new CountValuesOperator(evaluation, this.vector(expr.expr, grid), expr, label, grid.steps);
    }
    const input = this.vector(expr.expr, grid);
    if (op === 'quantile')
      return new QuantileOperator(evaluation, input, expr, { operator: this.scalar(param!, grid), start: param!.start });
    const make = ACCUMULATORS[op];
    if (make !== undefined) return new AggregateOperator(evaluation, input, expr, make);
    const { grouping, without } = expr;
    return new RankingOperator(evaluation, input, { op, grouping, without, param: this.scalar(param!, grid), paramStart: param!.start });
  }

  #call(call: Call, grid: Grid): VectorOperator {
    const { func, args } = call;
    const { name } = func;
    if (name in MATH_FUNCTIONS) return this.#map(this.vector(args[0], grid), ofNumbers(MATH_FUNCTIONS[name]), grid);
    if (name in DATE_FUNCTIONS) {
      const input = args.length > 0 ? this.vector(args[0], grid) : this.#timeVector(grid);
      return this.#map(input, ofNumbers(DATE_FUNCTIONS[name]), grid);
    }
    if (name in RANGE_FUNCTIONS) return this.#windowCall(call, grid);
    switch (name) {
      case 'vector':
        return new ScalarAsVector(this.#evaluation, this.scalar(args[0], grid));
      case 'absent':
        return new AbsentOperator(this.vector(args[0], grid), unwrapParens(args[0]), false);
      case 'absent_over_time':
        return this.#absentOverTime(args[0], grid);
      case 'timestamp':
        return this.#timestamp(args[0], grid);
      case 'round':
        return this.#round(call, grid);
      case 'clamp':
      case 'clamp_min':
      case 'clamp_max':
        return this.#clamp(call, grid);
      case 'label_replace':
        return this.#labelReplace(call, grid);
      case 'label_join':
        return this.#labelJoin(call, grid);
      case 'histogram_quantile':
      case 'histogram_fraction':
      case 'histogram_quantiles':
        return this.#histogram(call, grid);
      case 'sort':
      case 'sort_desc':
        return this.#sort(args[0], grid, byValue(name === 'sort_desc'));
      case 'sort_by_label':
      case 'sort_by_label_desc':
        return this.#sort(args[0], grid, byLabels(args.slice(1).map(textOf), name === 'sort_by_label_desc'));
      case 'histogram_avg':
      case 'histogram_count':
      case 'histogram_sum':
      case 'histogram_stddev':
      case 'histogram_stdvar':
        return this.#onlyNativeHistograms(args[0], grid);
      case 'info':
        return this.#info(call, grid);
      default:
        throw new Error(`BUG: function ${name}() is known to the parser alone`);
    }
  }

  #info({ args }: Call, grid: Grid): VectorOperator {
    const given = args.length > 1 ? (unwrapParens(args[1]) as VectorSelector).matchers : [];
    const nameMatchers = infoNameMatchers(given.filter(({ name }) => name === '__name__'));
    const dataMatchers = given.filter(({ name }) => name !== '__name__');
    const selection = this.#common.selections.add(
      [...nameMatchers, ...dataMatchers],
      grid.startMs - this.#evaluation.lookbackMs + 1,
      grid.endMs,
    );
    const info = new SelectorOperator(this.#evaluation, selection, { grid, offsetMs: 0, atMs: null, oneName: false }, true);
    return new InfoOperator(this.#evaluation, this.vector(args[0], grid), info, { nameMatchers, dataMatchers }, grid.steps);
  }

  #timeVector(grid: Grid): VectorOperator {
    return new ScalarAsVector(this.#evaluation, new StepScalar(grid, (timeMs) => Math.floor(timeMs / 1000)));
  }

  #windowCall({ func, args }: Call, grid: Grid): VectorOperator {
    const matrix = args.find((arg) => typeOf(arg) === 'matrix')!;
    const { extension } = selectorOf(matrix) ?? { extension: null };
    const run = RANGE_FUNCTIONS[func.name].forExtension(extension, func.name, this.#evaluation.lookbackMs);
    const params = args.filter((arg) => arg !== matrix).map((arg) => this.scalar(arg, grid));
    const keepsName = func.name === 'last_over_time' || func.name === 'first_over_time';
    const inspect = func.name === 'rate' || func.name === 'increase' ? this.#counterHint(matrix.start) : undefined;
    if (func.name === 'quantile_over_time') this.#warnOfQuantile(params, args[0].start);
    const source = this.range(matrix, grid);
    return this.#merged(new WindowOperator(this.#evaluation, source, { run, keepsName, params, inspect }), grid, true);
  }

  #warnOfQuantile(params: ScalarOperator[], start: number): void {
    const { annotations } = this.#evaluation;
    const [input] = params;
    params[0] = {
      async values() {
        const values = await input.values();
        for (const q of values) {
          if (!(q >= 0 && q <= 1)) annotations.warn(`quantile value should be between 0 and 1, got ${q}`, start);
        }
        return values;
      },
    };
  }

  /** A metric whose name is none of a counter is mentioned once. */
  #counterHint(start: number): (name: string) => void {
    const { annotations } = this.#evaluation;
    const told = new Set<string>();
    return (name) => {
      if (name === '' || told.has(name)) return;
      told.add(name);
      if (/_(?:total|sum|count|bucket)$/.test(name)) return;
      const hint = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket';
      annotations.info(`${hint}: ${JSON.stringify(name)}`, start);
    };
  }

  #absentOverTime(matrix: Expr, grid: Grid): VectorOperator {
    const { forExtension } = RANGE_FUNCTIONS.present_over_time;
    const call = { run: forExtension(null, 'absent_over_time', 0), keepsName: true, params: [] };
    const present = new WindowOperator(this.#evaluation, this.range(matrix, grid), call);
    return new AbsentOperator(present, unwrapParens(matrix), this.#evaluation.delayedNameRemoval);
  }

  #timestamp(arg: Expr, grid: Grid): VectorOperator {
    const inner = unwrapParens(arg);
    if (inner.kind === 'vectorSelector') return this.#map(this.#selector(inner, grid, true), () => undefined, grid);
    return this.#map(
      this.vector(arg, grid),
      ofNumberAndStep((_, step) => grid.timeAt(step) / 1000),
      grid,
    );
  }

  #round({ args }: Call, grid: Grid): VectorOperator {
    const params = [args.length > 1 ? this.scalar(args[1], grid) : new StepScalar(grid, () => 1)];
    const round = ofNumberAndStep((value, step, [nearest]) => {
      const inverse = 1 / nearest[step];
      return Math.floor(value * inverse + 0.5) / inverse;
    });
    return this.#map(this.vector(args[0], grid), round, grid, params);
  }

  #clamp({ func, args }: Call, grid: Grid): VectorOperator {
    const least = func.name === 'clamp_max' ? new StepScalar(grid, () => Number.NEGATIVE_INFINITY) : this.scalar(args[1], grid);
    const most = func.name === 'clamp_min' ? new StepScalar(grid, () => Number.POSITIVE_INFINITY) : this.scalar(args.at(-1)!, grid);
    const clamp: RowMapping = ({ values, present, count, steps }, [min, max]) => {
      for (let row = 0, cell = 0; row < count; row++) {
        for (let step = 0; step < steps; step++, cell++) {
          if (max[step] < min[step]) present[cell] = 0;
          values[cell] = goMax(min[step], goMin(max[step], values[cell]));
        }
      }
    };
    return this.#map(this.vector(args[0], grid), clamp, grid, [least, most]);
  }

  #labelReplace({ args }: Call, grid: Grid): VectorOperator {
    const [target, replacement, source, pattern] = args.slice(1).map(textOf);
    let regexp: ReturnType<typeof compileRegexp>;
    try {
      regexp = compileRegexp(pattern);
    } catch (error) {
      if (!(error instanceof RegexpError)) throw error;
      throw new EvaluationError('execution', `invalid regular expression in label_replace(): ${pattern}`);
    }
    if (target === '' || !isValidUtf8(target))
      throw new EvaluationError('execution', `invalid destination label name in label_replace(): ${target}`);
    const relabelled = new RelabelOperator(
      this.#evaluation,
      this.vector(args[0], grid),
      (labels) => {
        const value = regexp.expand(labelValue(labels, source), replacement);
        return value === null ? labels : withLabel(labels, target, value);
      },
      target === '__name__',
    );
    return new MergeOperator(this.#evaluation, relabelled, grid.steps);
  }

  #labelJoin({ args }: Call, grid: Grid): VectorOperator {
    const [target, separator, ...sources] = args.slice(1).map(textOf);
    const bad = sources.find((name) => name === '' || !isValidUtf8(name));
    if (bad !== undefined) throw new EvaluationError('execution', `invalid source label name in label_join(): ${bad}`);
    if (target === '' || !isValidUtf8(target))
      throw new EvaluationError('execution', `invalid destination label name in label_join(): ${target}`);
    const relabelled = new RelabelOperator(
      this.#evaluation,
      this.vector(args[0], grid),
      (labels) => withLabel(labels, target, sources.map((name) => labelValue(labels, name)).join(separator)),
      target === '__name__',
    );
    return new MergeOperator(this.#evaluation, relabelled, grid.steps);
  }

  #histogram({ func, args }: Call, grid: Grid): VectorOperator {
    const param = (expr: Expr): HistogramParam => ({ operator: this.scalar(expr, grid), start: expr.start });
    const evaluation = this.#evaluation;
    const { steps } = grid;
    if (func.name === 'histogram_quantile') {
      const [q, vector] = args;
      const call = { kind: 'quantile', params: [param(q)], vectorStart: vector.start } as const;
      return this.#merged(new HistogramOperator(evaluation, this.vector(vector, grid), call, steps), grid);
    }
    if (func.name === 'histogram_fraction') {
      const [lower, upper, vector] = args;
      const call = { kind: 'fraction', params: [param(lower), param(upper)], vectorStart: vector.start } as const;
      return this.#merged(new HistogramOperator(evaluation, this.vector(vector, grid), call, steps), grid);
    }
    const [vector, label, ...quantiles] = args;
    const params = quantiles.map(param);
    const call = { kind: 'quantiles', params, label: textOf(label), vectorStart: vector.start } as const;
    return this.#merged(new HistogramOperator(evaluation, this.vector(vector, grid), call, steps), grid);
  }

  #sort(arg: Expr, grid: Grid, order: ReturnType<typeof byValue>): VectorOperator {
    const input = this.vector(arg, grid);
    return grid.steps === 1 ? new SortOperator(this.#evaluation, input, order) : input;
  }

  /** Floats are none. */
  #onlyNativeHistograms(arg: Expr, grid: Grid): VectorOperator {
    const nothing: RowMapping = (batch) => void batch.present.fill(0, 0, batch.count * batch.steps);
    return this.#map(this.vector(arg, grid), nothing, grid);
  }
}

function scalarOperation({ op }: Binary): (left: number, right: number) => number {
  const calculate = calculationOf(op);
  if (calculate !== undefined) return calculate;
  const compare = comparisonOf(op);
  if (compare !== undefined) return (left, right) => (compare(left, right) ? 1 : 0);
  throw new EvaluationError('execution', `operator "${op}" not allowed for Scalar operations`);
}

function selectorOf(matrix: Expr): VectorSelector | null {
  const inner = unwrapParens(matrix);
  return inner.kind === 'matrixSelector' ? inner.selector : null;
}

function hasOneName({ matchers }: VectorSelector): boolean {
  return matchers.some(({ name, op }) => name === '__name__' && op === '=');
}

function textOf(expr: Expr): string {
  return (unwrapParens(expr) as StringLiteral).value;
}

function nodesOf(expr: Expr): number {
  return childrenOf(expr).reduce((sum, child) => sum + nodesOf(child), 1);
}

/** Which metrics info() looks at: target_info by default, and those that end as info metrics do where others are only excluded. */
function infoNameMatchers(given: readonly Matcher[]): readonly Matcher[] {
  if (given.length === 0) return [new Matcher('__name__', '=', 'target_info')];
  return given.some(({ op }) => op === '=' || op === '=~') ? given : [new Matcher('__name__', '=~', '.+_info'), ...given];
}
