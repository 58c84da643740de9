// The tree that /api/v1/parse_query answers, in Prometheus's shape (web/api/v1/translate_ast.go).
import type { Matcher } from '../../model/index.ts';
import type { AtModifier, Expr, VectorSelector } from './ast.ts';
import { formatFloat } from './printer.ts';

export function treeOf(expr: Expr): unknown {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatFloat(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'vectorSelector':
      return { type: 'vectorSelector', ...selectorTree(expr) };
    case 'matrixSelector':
      return { type: 'matrixSelector', range: expr.range.ms, ...selectorTree(expr.selector) };
    case 'subquery': {
      const { range, offset, step, at } = expr;
      return { type: 'subquery', expr: treeOf(expr.expr), range: range.ms, offset: offset.ms, step: step?.ms ?? 0, ...atTree(at) };
    }
    case 'call': {
      const { name, argTypes, variadic, returnType } = expr.func;
      return { type: 'call', func: { name, argTypes, variadic, returnType }, args: expr.args.map(treeOf) };
    }
    case 'aggregate': {
      const { op, param, grouping, without } = expr;
      return { type: 'aggregation', op, expr: treeOf(expr.expr), param: param === null ? null : treeOf(param), grouping, without };
    }
    case 'binary': {
      const { op, lhs, rhs, bool, matching } = expr;
      const shown = matching && {
        card: matching.cardinality,
        labels: matching.labels,
        on: matching.on,
        include: matching.include,
        fillValues: { lhs: matching.fill.left, rhs: matching.fill.right },
      };
      return { type: 'binaryExpr', op, lhs: treeOf(lhs), rhs: treeOf(rhs), matching: shown, bool };
    }
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: treeOf(expr.expr) };
    case 'paren':
      return { type: 'parenExpr', expr: treeOf(expr.expr) };
  }
}

function selectorTree({ name, matchers, offset, at, extension }: VectorSelector): object {
  const shown = matchers.map(({ name, op, value }: Matcher) => ({ name, value, type: op }));
  return {
    name,
    offset: offset.ms,
    matchers: shown,
    ...atTree(at),
    anchored: extension === 'anchored',
    smoothed: extension === 'smoothed',
  };
}

function atTree(at: AtModifier | null): object {
  return { timestamp: typeof at === 'number' ? at : null, startOrEnd: typeof at === 'string' ? at : null };
}
