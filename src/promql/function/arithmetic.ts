// Binary operators on numbers. Comparisons say whether they hold; what becomes of that is the operator's matter.
import type { BinaryOperator } from '../parser/ast.ts';

type Calculation = (left: number, right: number) => number;
type Comparison = (left: number, right: number) => boolean;

/** Go's math.Pow; JavaScript has NaN where an exponent of 1 or -1 base meets infinity or NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1;
  return base ** exponent;
}

const CALCULATIONS: Readonly<Partial<Record<BinaryOperator, Calculation>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Partial<Record<BinaryOperator, Comparison>>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Undefined for what is no calculation. */
export function calculationOf(op: BinaryOperator): Calculation | undefined {
  return CALCULATIONS[op];
}

export function comparisonOf(op: BinaryOperator): Comparison | undefined {
  return COMPARISONS[op];
}

/** Go's math.Max: an infinity counts for more than NaN. */
export function goMax(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.max(a, b);
}

/** Go's math.Min. */
export function goMin(a: number, b: number): number {
  return a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.min(a, b);
}
