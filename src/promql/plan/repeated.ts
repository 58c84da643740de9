// Which aggregations stand in a query more than once.
import { childrenOf, type Expr } from '../parser/ast.ts';
import { print } from '../parser/printer.ts';

/** A longer query is looked at by nobody, and by us no closer than needed. */
const MOST_TEXT = 64 * 1024;

export function repeatedAggregates(query: string, expr: Expr): ReadonlySet<string> {
  const repeated = new Set<string>();
  if (query.length > MOST_TEXT) return repeated;
  const aggregates: Expr[] = [];
  const collect = (each: Expr): void => {
    if (each.kind === 'aggregate') aggregates.push(each);
    for (const child of childrenOf(each)) collect(child);
  };
  collect(expr);
  if (aggregates.length < 2) return repeated;
  const seen = new Set<string>();
  for (const text of aggregates.map(print)) {
    if (seen.has(text)) repeated.add(text);
    seen.add(text);
  }
  return repeated;
}
