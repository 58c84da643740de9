// Which series an expression looks at.
import type { Matcher } from '../../model/index.ts';
import { childrenOf, type Expr } from './ast.ts';

export interface ReadSeries {
  /** Of each selector. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** Series of other names than the selectors say are looked at as well: those of info(). */
  readonly others: boolean;
}

export function seriesReadBy(expr: Expr): ReadSeries {
  const selectors: (readonly Matcher[])[] = [];
  let others = false;
  const waiting: Expr[] = [expr];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'vectorSelector') selectors.push(next.matchers);
    else if (next.kind === 'call' && next.func.name === 'info') others = true;
    waiting.push(...childrenOf(next));
  }
  return { selectors, others };
}
