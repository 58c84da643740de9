// Durations that are calculated, once the step and the range of the query are known. Source: promql/durations.go.
import { EvaluationError } from '../errors.ts';
import type { Duration, DurationOperand } from '../parser/ast.ts';

export interface QueryTimes {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** ms. @throws EvaluationError */
export function durationMs({ ms, expr }: Duration, times: QueryTimes, mayBeNegative: boolean): number {
  if (expr === null) return ms;
  const seconds = calculate(expr, times);
  if (!(seconds > 0) && !mayBeNegative) throw new EvaluationError('execution', 'duration must be greater than 0');
  if (!(Math.abs(seconds) <= 2 ** 63 / 1e9)) throw new EvaluationError('execution', 'duration is out of range');
  return Math.trunc(seconds * 1000);
}

function calculate(operand: DurationOperand, times: QueryTimes): number {
  if (operand.kind === 'number') return operand.value;
  const { op } = operand;
  if (op === 'step') return times.stepMs / 1000;
  if (op === 'range') return times.rangeMs / 1000;
  const right = calculate(operand.rhs!, times);
  if (operand.lhs === null) return -right;
  const left = calculate(operand.lhs, times);
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw new EvaluationError('execution', 'division by zero');
      return left / right;
    case '%':
      if (right === 0) throw new EvaluationError('execution', 'modulo by zero');
      return left % right;
    case '^':
      return left ** right;
    case 'min_of':
      return Math.min(left, right);
    case 'max_of':
      return Math.max(left, right);
  }
}
