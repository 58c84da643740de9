// What gives the same at every step: everything in it is fixed by `@`, or a constant. It is evaluated once.
import { childrenOf, type Expr } from '../parser/ast.ts';

/** Their result depends on the time of evaluation, whatever their arguments are. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

export function isInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'vectorSelector':
      return expr.at !== null;
    case 'subquery':
      return expr.at !== null;
    case 'call':
      return !TIME_DEPENDENT.has(expr.func.name) && expr.args.every(isInvariant);
    default:
      return childrenOf(expr).every(isInvariant);
  }
}
