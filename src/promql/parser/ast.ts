// The syntax tree of PromQL. Positions are indices into the text (UTF-16 units); errors and annotations name where a node starts.
// Durations are milliseconds; one that is calculated (`[2 * step()]`) has an expression, which the plan evaluates.
import type { Matcher } from '../../model/index.ts';
import type { FunctionSignature, ValueType } from './functions.ts';
import type { Aggregator } from './token.ts';

export type { ValueType };

export type BinaryOperator =
  | ('+' | '-' | '*' | '/' | '%' | '^' | 'atan2')
  | ('==' | '!=' | '<' | '<=' | '>' | '>=')
  | ('</' | '>/')
  | ('and' | 'or' | 'unless');

export interface Span {
  readonly start: number;
  /** Index behind it. */
  readonly end: number;
}

interface Node extends Span {
  end: number;
}

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  start: number;
  value: number;
  /** Written as a duration: value is its seconds. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

export interface DurationExpr extends Node {
  readonly kind: 'duration';
  readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'step' | 'range' | 'min_of' | 'max_of';
  /** Null for a sign, `step()` and `range()`. */
  readonly lhs: DurationOperand | null;
  readonly rhs: DurationOperand | null;
  /** In parentheses. */
  wrapped: boolean;
}

export type DurationOperand = NumberLiteral | DurationExpr;

export interface Duration {
  /** 0 while there is an expression. */
  readonly ms: number;
  readonly expr: DurationExpr | null;
}

export const NO_DURATION: Duration = { ms: 0, expr: null };

/** `@ 1609746000`, in ms, or one of the query's ends. */
export type AtModifier = number | 'start' | 'end';

export interface VectorSelector extends Node {
  readonly kind: 'vectorSelector';
  /** Before the braces; '' without. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  offset: Duration;
  at: AtModifier | null;
  /** How samples beside a range's ends count. */
  extension: 'anchored' | 'smoothed' | null;
}

export interface MatrixSelector extends Node {
  readonly kind: 'matrixSelector';
  readonly selector: VectorSelector;
  readonly range: Duration;
}

export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: Duration;
  /** Null: the default. */
  readonly step: Duration | null;
  offset: Duration;
  at: AtModifier | null;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly func: FunctionSignature;
  readonly args: readonly Expr[];
}

export interface Aggregate extends Node {
  readonly kind: 'aggregate';
  readonly op: Aggregator;
  readonly expr: Expr;
  readonly param: Expr | null;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

export interface VectorMatching {
  readonly cardinality: Cardinality;
  readonly labels: readonly string[];
  readonly on: boolean;
  /** Of group_left or group_right. */
  readonly include: readonly string[];
  /** Values for series that one side lacks. */
  readonly fill: { readonly left: number | null; readonly right: number | null };
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly opStart: number;
  readonly lhs: Expr;
  readonly rhs: Expr;
  /** Null where one side is a scalar. */
  readonly matching: VectorMatching | null;
  readonly bool: boolean;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface Paren extends Node {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export type Expr = NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregate | Binary | Unary | Paren;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export function isComparison(op: string): boolean {
  return COMPARISONS.has(op);
}

export function isSetOperator(op: string): boolean {
  return SET_OPERATORS.has(op);
}

/** Aggregations that take a parameter before the vector. */
export function takesParameter(op: Aggregator): boolean {
  return op === 'topk' || op === 'bottomk' || op === 'count_values' || op === 'quantile' || op === 'limitk' || op === 'limit_ratio';
}

export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vectorSelector':
    case 'aggregate':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return expr.func.returnType;
    case 'binary':
      return typeOf(expr.lhs) === 'scalar' && typeOf(expr.rhs) === 'scalar' ? 'scalar' : 'vector';
    case 'unary':
    case 'paren':
      return typeOf(expr.expr);
  }
}

/** As messages and documents name the type. */
export function describeType(type: ValueType): string {
  if (type === 'vector') return 'instant vector';
  return type === 'matrix' ? 'range vector' : type;
}

export function unwrapParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
      return expr.args;
    case 'aggregate':
      return expr.param === null ? [expr.expr] : [expr.expr, expr.param];
    case 'binary':
      return [expr.lhs, expr.rhs];
    case 'matrixSelector':
      return [expr.selector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    default:
      return [];
  }
}
