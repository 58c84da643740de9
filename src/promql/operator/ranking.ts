// topk, bottomk, limitk and limit_ratio: of each group some of its series at each step, as they are. Rows are kept; which values stay is
// marked. Source: promql/engine.go aggregationK.
import { formatG } from '../../model/index.ts';
import { EvaluationError } from '../errors.ts';
import type { Aggregator } from '../parser/token.ts';
import { type GroupBy, groupsOf } from './grouping.ts';
import { hashLabels } from './label-hash.ts';
import type { Evaluation, ScalarOperator, SeriesList, VectorOperator } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';

export interface Ranking extends GroupBy {
  readonly op: Aggregator;
  readonly param: ScalarOperator;
  /** Where the parameter stands in the query. */
  readonly paramStart: number;
}

/** The greatest number that is below 2^63, and the least that int64 holds. */
const MAX_INT64 = 2 ** 63 - 1024;
const MIN_INT64 = -(2 ** 63);

export class RankingOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #ranking: Ranking;
  #rows: StoredRows | null = null;

  constructor(evaluation: Evaluation, input: VectorOperator, ranking: Ranking) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#ranking = ranking;
  }

  series(): Promise<SeriesList> {
    return this.#input.series();
  }

  async next(batch: RowBatch): Promise<boolean> {
    this.#rows ??= new StoredRows(await this.#ranked(batch.steps));
    return this.#rows.next(batch);
  }

  async #ranked(steps: number): Promise<RowStore> {
    const { op, param } = this.#ranking;
    const params = await param.values();
    if (!this.#checkParams(params)) return new RowStore(this.#evaluation, steps);
    const { series } = await this.#input.series();
    const groups = await groupsOf(series, this.#ranking, this.#evaluation);
    const store = await RowStore.of(this.#input, this.#evaluation, steps);
    const members: number[][] = groups.labels.map(() => []);
    for (let row = 0; row < store.count; row++) members[groups.of[store.rows[row]]].push(row);
    if (op === 'limit_ratio') this.#limitRatio(store, params, (row) => hashLabels(series[store.rows[row]].labels));
    else if (op === 'limitk') for (const rows of members) limit(store, rows, params);
    else for (const rows of members) rank(store, rows, params, op === 'topk');
    return steps === 1 && op !== 'limit_ratio' ? inRankOrder(store, members, this.#evaluation, op) : store;
  }

  /** False when nothing is asked for at any step. @throws EvaluationError */
  #checkParams(params: Float64Array): boolean {
    const { op, paramStart } = this.#ranking;
    const most = params.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), Number.NaN);
    const least = params.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a), Number.NaN);
    const hasNaN = params.some(Number.isNaN);
    if (op === 'limit_ratio') {
      if (most === 0 && least === 0 && !hasNaN) return false;
      if (hasNaN) throw new EvaluationError('execution', 'Ratio value is NaN');
      const { annotations } = this.#evaluation;
      const text = 'ratio value should be between -1 and 1';
      if (most > 1) annotations.warn(`${text}, got ${most}, capping to 1`, paramStart);
      if (least < -1) annotations.warn(`${text}, got ${least}, capping to -1`, paramStart);
      return true;
    }
    if (most < 1) return false;
    if (hasNaN) throw new EvaluationError('execution', 'Parameter value is NaN');
    if (least <= MIN_INT64) throw new EvaluationError('execution', `Scalar value ${formatG(least)} underflows int64`);
    if (most >= MAX_INT64) throw new EvaluationError('execution', `Scalar value ${formatG(most)} overflows int64`);
    return true;
  }

  #limitRatio(store: RowStore, params: Float64Array, offsetOf: (row: number) => number): void {
    const { steps, present } = store;
    for (let row = 0; row < store.count; row++) {
      const offset = offsetOf(row);
      for (let step = 0; step < steps; step++) {
        const ratio = Math.min(1, Math.max(-1, params[step]));
        const stays = ratio >= 0 ? offset < ratio : offset >= 1 + ratio;
        if (ratio === 0 || !stays) present[row * steps + step] = 0;
      }
    }
  }
}

/** The first ones stay. */
function limit({ steps, present }: RowStore, rows: readonly number[], params: Float64Array): void {
  for (let step = 0; step < steps; step++) {
    let left = Math.trunc(params[step]);
    for (const row of rows) {
      const cell = row * steps + step;
      if (present[cell] !== 0 && --left < 0) present[cell] = 0;
    }
  }
}

/** Of equal values the first ones stay; NaN is worse than any number. */
function rank(store: RowStore, rows: readonly number[], params: Float64Array, greatest: boolean): void {
  const { steps, present, values } = store;
  const sign = greatest ? 1 : -1;
  const kept: number[] = [];
  for (let step = 0; step < steps; step++) {
    const k = Math.trunc(params[step]);
    kept.length = 0;
    for (const row of rows) {
      const cell = row * steps + step;
      if (present[cell] === 0) continue;
      if (k < 1) {
        present[cell] = 0;
        continue;
      }
      // `kept` is in order, the worst one last.
      const value = values[cell] * sign;
      if (kept.length === k) {
        const worst = values[kept[k - 1]] * sign;
        if (!(value > worst || (Number.isNaN(worst) && !Number.isNaN(value)))) {
          present[cell] = 0;
          continue;
        }
        present[kept.pop()!] = 0;
      }
      kept.splice(placeOf(kept, values, value, sign), 0, cell);
    }
  }
}

/** Behind all that are as good. */
function placeOf(kept: readonly number[], values: Float64Array, value: number, sign: number): number {
  let low = 0;
  for (let high = kept.length; low < high; ) {
    const middle = (low + high) >>> 1;
    const other = values[kept[middle]] * sign;
    if (other >= value || Number.isNaN(value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of an instant query the best come first, group by group. */
function inRankOrder(store: RowStore, members: readonly number[][], evaluation: Evaluation, op: Aggregator): RowStore {
  const ordered = new RowStore(evaluation, 1);
  const sign = op === 'bottomk' ? -1 : 1;
  for (const rows of members) {
    const kept = rows.filter((row) => store.present[row] !== 0);
    if (op !== 'limitk') kept.sort((a, b) => compareValues(store.values[b] * sign, store.values[a] * sign));
    for (const row of kept) {
      const to = ordered.addEmpty(store.rows[row]);
      ordered.values[to] = store.values[row];
      ordered.present[to] = 1;
    }
  }
  return ordered;
}

/** NaN is less than any number. */
function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b || 0;
}
