// Whether the types of an expression fit together, in the words and in the order of Prometheus's check (promql/parser checkAST): of several
// problems the first one it meets is reported.

import { quoteGo } from '../../model/index.ts';
import {
  type Aggregate,
  type Binary,
  type Call,
  describeType,
  type Expr,
  isComparison,
  isSetOperator,
  typeOf,
  type ValueType,
  type VectorMatching,
  type VectorSelector,
} from './ast.ts';
import { PromqlParseError } from './error.ts';

/** @throws PromqlParseError */
export function checkTypes(expr: Expr, text: string): void {
  new TypeChecker(text).check(expr);
}

class TypeChecker {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  check(expr: Expr): ValueType {
    switch (expr.kind) {
      case 'aggregate':
        this.#aggregate(expr);
        break;
      case 'binary':
        this.#binary(expr);
        break;
      case 'call':
        this.#call(expr);
        break;
      case 'paren':
        this.check(expr.expr);
        break;
      case 'unary': {
        const type = this.check(expr.expr);
        if (!isNumeric(type)) {
          const wanted = 'expressions of type scalar or instant vector';
          this.#fail(expr.start, `unary expression only allowed on ${wanted}, got "${describeType(type)}"`);
        }
        break;
      }
      case 'subquery': {
        const type = this.check(expr.expr);
        if (type !== 'vector') this.#fail(expr.start, `subquery is only allowed on instant vector, got ${type} instead`);
        break;
      }
      case 'matrixSelector':
        this.#selector(expr.selector);
        break;
      case 'vectorSelector':
        this.#selector(expr);
    }
    return typeOf(expr);
  }

  #expect(expr: Expr, wanted: ValueType, context: string): void {
    const type = this.check(expr);
    if (type !== wanted) this.#fail(expr.start, `expected type ${describeType(wanted)} in ${context}, got ${describeType(type)}`);
  }

  #aggregate({ op, expr, param }: Aggregate): void {
    this.#expect(expr, 'vector', 'aggregation expression');
    if (param !== null) this.#expect(param, op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
  }

  #binary(expr: Binary): void {
    const { op, opStart, lhs, rhs, bool, start } = expr;
    const left = this.check(lhs);
    const right = this.check(rhs);
    if (bool && !isComparison(op)) this.#fail(opStart, 'bool modifier can only be used on comparison operators');
    if (isComparison(op) && !bool && left === 'scalar' && right === 'scalar')
      this.#fail(opStart, 'comparisons between scalars must use BOOL modifier');
    const matching = expr.matching!;
    const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (twice !== undefined) this.#fail(opStart, `label ${quoteGo(twice)} must not occur in ON and GROUP clause at once`);
    for (const [side, type] of [
      [lhs, left],
      [rhs, right],
    ] as const) {
      if (!isNumeric(type)) this.#fail(side.start, 'binary expression must contain only scalar and instant vector types');
    }
    const fills = matching.fill.left !== null || matching.fill.right !== null;
    if (left !== 'vector' || right !== 'vector') {
      if (matching.labels.length > 0) this.#fail(start, 'vector matching only allowed between instant vectors');
      if (fills) this.#fail(start, 'filling in missing series only allowed between instant vectors');
      if (isSetOperator(op)) this.#fail(start, `set operator "${op}" not allowed in binary scalar expression`);
      (expr as { matching: VectorMatching | null }).matching = null;
      return;
    }
    if (!isSetOperator(op)) return;
    if (matching.cardinality !== 'one-to-one') this.#fail(start, `no grouping allowed for "${op}" operation`);
    if (fills) this.#fail(start, 'filling in missing series not allowed for set operators');
    (expr as { matching: VectorMatching | null }).matching = { ...matching, cardinality: 'many-to-many' };
  }

  #call({ func, args, start }: Call): void {
    const { name, argTypes, variadic } = func;
    const least = variadic === 0 ? argTypes.length : argTypes.length - 1;
    const most = least + variadic;
    if (variadic === 0 && args.length !== least) {
      this.#fail(start, `expected ${least} argument(s) in call to "${name}", got ${args.length}`);
    }
    if (args.length < least) this.#fail(start, `expected at least ${least} argument(s) in call to "${name}", got ${args.length}`);
    if (variadic > 0 && args.length > most)
      this.#fail(start, `expected at most ${most} argument(s) in call to "${name}", got ${args.length}`);
    if (name === 'info' && args.length > 1) this.#infoSelector(args[1], start);
    for (const [i, arg] of args.entries()) {
      const wanted = argTypes[Math.min(i, argTypes.length - 1)];
      if (name === 'info' && i === 1) continue;
      this.#expect(arg, wanted, `call to function "${name}"`);
    }
  }

  /** The second argument of info() is no vector but a list of matchers. */
  #infoSelector(arg: Expr, start: number): void {
    const type = typeOf(arg);
    if (type !== 'vector') this.#fail(start, `expected type instant vector in call to function "info", got ${describeType(type)}`);
    if (arg.kind !== 'vectorSelector') this.#fail(arg.start, 'expected label selectors only');
    else if (arg.name !== '') this.#fail(arg.start, 'expected label selectors only, got vector selector instead');
  }

  #selector({ name, matchers, start }: VectorSelector): void {
    if (name !== '') {
      const twice = matchers.slice(0, -1).find((matcher) => matcher.name === '__name__');
      if (twice !== undefined) this.#fail(start, `metric name must not be set twice: ${quoteGo(name)} or ${quoteGo(twice.value)}`);
    } else if (matchers.every((matcher) => matcher.matches(''))) {
      this.#fail(start, 'vector selector must contain at least one non-empty matcher');
    }
  }

  #fail(offset: number, sentence: string): never {
    throw new PromqlParseError(this.#text, offset, sentence);
  }
}

function isNumeric(type: ValueType): boolean {
  return type === 'scalar' || type === 'vector';
}
