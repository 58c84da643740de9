// Durations where the grammar wants one: in the brackets of ranges and subqueries, and behind `offset`. A plain one is a number literal of
// seconds; calculating with them is a feature of its own (promql-duration-expr). Behind `offset` stands one operand, without arithmetic.
import { DurationError, parseDuration } from '../../model/index.ts';
import type { Duration, DurationExpr, DurationOperand, NumberLiteral } from './ast.ts';
import { readNumber } from './number-literal.ts';
import type { Token, TokenKind } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const SUM = 1;
const PRODUCT = 2;
const POWER = 3;
const PRECEDENCES: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['+', SUM],
  ['-', SUM],
  ['*', PRODUCT],
  ['/', PRODUCT],
  ['%', PRODUCT],
  ['^', POWER],
]);
/** What int64 nanoseconds hold. */
const MOST_SECONDS = 2 ** 63 / 1e9;

export class DurationParser {
  readonly #tokens: TokenStream;
  readonly #calculates: boolean;

  constructor(tokens: TokenStream, calculates: boolean) {
    this.#tokens = tokens;
    this.#calculates = calculates;
  }

  /** A range or a step: more than nothing. */
  positive(): Duration {
    const operand = this.#expression(SUM);
    if (operand.kind === 'number' && operand.value <= 0) throw this.#tokens.error(operand.start, 'duration must be greater than 0');
    return durationOf(operand);
  }

  offset(): Duration {
    const sign = this.#tokens.is('+') || this.#tokens.is('-') ? this.#tokens.take() : null;
    if (!this.#startsOperand()) throw this.#tokens.unexpected('offset', 'number, duration, step(), or range()');
    const operand = this.#operand();
    return durationOf(sign === null ? operand : this.#signed(sign, operand));
  }

  /** A number or duration token, as seconds. */
  literal(): NumberLiteral {
    const token = this.#tokens.take();
    const value = token.kind === 'number' ? this.#number(token) : this.#seconds(token);
    return { kind: 'number', start: token.start, end: this.#tokens.end, value, isDuration: token.kind === 'duration' };
  }

  #expression(least: number): DurationOperand {
    let lhs: DurationOperand;
    if (this.#tokens.is('+') || this.#tokens.is('-')) {
      const sign = this.#tokens.take();
      lhs = this.#signed(sign, this.#expression(POWER));
    } else {
      if (!this.#startsOperand()) throw this.#tokens.unexpected('subquery or range selector', 'number, duration, step(), or range()');
      lhs = this.#operand();
    }
    for (;;) {
      const { kind } = this.#tokens.token;
      const precedence = PRECEDENCES.get(kind);
      if (precedence === undefined || precedence < least) return lhs;
      const operator = this.#tokens.take();
      const rhs = this.#expression(precedence === POWER ? POWER : precedence + 1);
      this.#mustCalculate(lhs.start);
      if (rhs.kind === 'number' && rhs.value === 0 && (kind === '/' || kind === '%'))
        throw this.#tokens.error(operator.start, kind === '/' ? 'division by zero' : 'modulo by zero');
      lhs = this.#expr(kind as DurationExpr['op'], lhs, rhs, lhs.start);
    }
  }

  #startsOperand(): boolean {
    return (['number', 'duration', 'step', 'range', 'min_of', 'max_of', '('] as TokenKind[]).includes(this.#tokens.token.kind);
  }

  #operand(): DurationOperand {
    const { kind, start } = this.#tokens.token;
    if (kind === 'number' || kind === 'duration') {
      const literal = this.literal();
      this.#checkRange(literal.value, start);
      return literal;
    }
    this.#tokens.take();
    if (kind === '(') {
      const inner = this.#expression(SUM);
      this.#tokens.expect(')');
      this.#mustCalculate(inner.start);
      if (inner.kind === 'duration') inner.wrapped = true;
      return inner;
    }
    this.#tokens.expect('(');
    const isPair = kind === 'min_of' || kind === 'max_of';
    const lhs = isPair ? this.#expression(SUM) : null;
    if (isPair) this.#tokens.expect(',');
    const rhs = isPair ? this.#expression(SUM) : null;
    this.#tokens.expect(')');
    this.#mustCalculate(start);
    return this.#expr(kind as DurationExpr['op'], lhs, rhs, start);
  }

  #signed(sign: Token, operand: DurationOperand): DurationOperand {
    if (operand.kind === 'number') {
      const value = sign.kind === '-' ? -operand.value : operand.value;
      this.#checkRange(value, sign.start);
      return { ...operand, value, start: sign.start };
    }
    return sign.kind === '-' ? this.#expr('-', null, operand, sign.start) : operand;
  }

  #expr(op: DurationExpr['op'], lhs: DurationOperand | null, rhs: DurationOperand | null, start: number): DurationExpr {
    return { kind: 'duration', op, lhs, rhs, wrapped: false, start, end: this.#tokens.end };
  }

  #mustCalculate(start: number): void {
    if (!this.#calculates) throw this.#tokens.error(start, 'experimental duration expression is not enabled');
  }

  #checkRange(seconds: number, start: number): void {
    if (Math.abs(seconds) > MOST_SECONDS) throw this.#tokens.error(start, 'duration out of range');
  }

  #number(token: Token): number {
    const value = readNumber(token.text);
    if (value !== null) return value;
    const problem =
      Number.isNaN(Number(token.text.replaceAll('_', ''))) || token.text.includes('_') ? 'invalid syntax' : 'value out of range';
    throw this.#tokens.error(token.start, `error parsing number: strconv.ParseFloat: parsing "${token.text}": ${problem}`);
  }

  #seconds(token: Token): number {
    try {
      return parseDuration(token.text) / 1000;
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      throw this.#tokens.error(token.start, error.message);
    }
  }
}

function durationOf(operand: DurationOperand): Duration {
  if (operand.kind === 'duration') return { ms: 0, expr: operand };
  // Whole nanoseconds first, as Go has them.
  return { ms: Math.trunc(Math.round(operand.value * 1e9) / 1e6), expr: null };
}
