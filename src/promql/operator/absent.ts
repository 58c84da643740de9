// absent() and absent_over_time(): 1 at each step at which there is nothing, with the labels that the selector asks for by equality.
import type { Label, Matcher } from '../../model/index.ts';
import { compareUtf8 } from '../../model/index.ts';
import type { Expr } from '../parser/ast.ts';
import type { SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

export class AbsentOperator implements VectorOperator {
  readonly #input: VectorOperator;
  readonly #list: SeriesList;
  #given = false;

  /** `expr`: what is asked about. */
  constructor(input: VectorOperator, expr: Expr, dropName: boolean) {
    this.#input = input;
    this.#list = { series: [{ labels: labelsAskedFor(expr), dropName }], oneName: true };
  }

  async series(): Promise<SeriesList> {
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    if (this.#given) return false;
    this.#given = true;
    const { steps } = batch;
    const input = new RowBatch(steps);
    batch.values.fill(1, 0, steps);
    batch.present.fill(1, 0, steps);
    await this.#input.series();
    while (await this.#input.next(input)) {
      for (let cell = 0; cell < input.count * steps; cell++) if (input.present[cell] !== 0) batch.present[cell % steps] = 0;
    }
    if (!batch.present.subarray(0, steps).includes(1)) return false;
    batch.rows[batch.count++] = 0;
    return true;
  }
}

function labelsAskedFor(expr: Expr): Label[] {
  const matchers = matchersOf(expr);
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, op, value } of matchers) {
    if (name === '__name__') continue;
    if (op === '=' && !seen.has(name)) {
      labels.set(name, value);
      seen.add(name);
    } else labels.delete(name);
  }
  return [...labels].filter(([, value]) => value !== '').sort((a, b) => compareUtf8(a[0], b[0]));
}

function matchersOf(expr: Expr): readonly Matcher[] {
  if (expr.kind === 'vectorSelector') return expr.matchers;
  return expr.kind === 'matrixSelector' ? expr.selector.matchers : [];
}
