// Parses expressions, by precedence climbing over the lexer's tokens. Errors are Prometheus's, the first one of a text; types are checked
// afterwards (type-check.ts), as there: a text with an error of grammar is not looked at any further.
import { quoteGo } from '../../model/index.ts';
import {
  type Aggregate,
  type AtModifier,
  type Binary,
  type BinaryOperator,
  type Call,
  type Cardinality,
  type Duration,
  type Expr,
  type MatrixSelector,
  NO_DURATION,
  type NumberLiteral,
  takesParameter,
  type VectorMatching,
  type VectorSelector,
} from './ast.ts';
import { DurationParser } from './duration-parser.ts';
import { PromqlParseError } from './error.ts';
import { functionNamed } from './functions.ts';
import { readSelector } from './selector.ts';
import { unquote } from './string-literal.ts';
import { isAggregator, mayNameLabel, mayNameMetric, type Token, type TokenKind } from './token.ts';
import { TokenStream } from './token-stream.ts';
import { checkTypes } from './type-check.ts';

/** Parts of the language that have to be enabled. */
export interface LanguageFeatures {
  readonly experimentalFunctions: boolean;
  readonly durationExpressions: boolean;
  readonly extendedRangeSelectors: boolean;
  readonly fillModifiers: boolean;
}

export const STABLE_LANGUAGE: LanguageFeatures = {
  experimentalFunctions: false,
  durationExpressions: false,
  extendedRangeSelectors: false,
  fillModifiers: false,
};

export const WHOLE_LANGUAGE: LanguageFeatures = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  fillModifiers: true,
};

/** Beyond these a text is no query that anybody wrote; the parser calls itself for each level. */
const MAX_LENGTH = 1 << 20;
const MAX_DEPTH = 500;
/** Of operators without parentheses between them. */
const MAX_CHAIN = 2000;

const UNARY = 5;
const POWER = 6;
const PRECEDENCES: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...(['==', '!=', '<', '<=', '>', '>=', '</', '>/'] as TokenKind[]).map((op): [TokenKind, number] => [op, 3]),
  ['+', 4],
  ['-', 4],
  ['*', UNARY],
  ['/', UNARY],
  ['%', UNARY],
  ['atan2', UNARY],
  ['^', POWER],
]);

/** @throws PromqlParseError */
export function parseExpr(text: string, features: LanguageFeatures = STABLE_LANGUAGE): Expr {
  if (text.length > MAX_LENGTH)
    throw new PromqlParseError(text.slice(0, 1), 0, `expression too long: got ${text.length} characters, want at most ${MAX_LENGTH}`);
  const parser = new ExpressionParser(text, features);
  const expr = parser.parse();
  checkTypes(expr, text);
  return expr;
}

class ExpressionParser {
  readonly #tokens: TokenStream;
  readonly #features: LanguageFeatures;
  readonly #durations: DurationParser;
  #depth = 0;

  constructor(text: string, features: LanguageFeatures) {
    this.#tokens = new TokenStream(text);
    this.#features = features;
    this.#durations = new DurationParser(this.#tokens, features.durationExpressions);
  }

  parse(): Expr {
    const tokens = this.#tokens;
    if (tokens.is('end of input')) throw this.#error(0, 'no expression found in input');
    const expr = this.#expr(1);
    if (!tokens.is('end of input')) throw tokens.unexpected();
    return expr;
  }

  /** An expression of operators that bind at least as tightly as this. */
  #expr(least: number): Expr {
    if (++this.#depth > MAX_DEPTH)
      throw this.#error(this.#tokens.token.start, `expression nested too deeply: want at most ${MAX_DEPTH} levels`);
    let lhs = this.#unary();
    // Each goes one level deeper on the left side.
    for (let operators = 1; ; operators++) {
      const { kind } = this.#tokens.token;
      const precedence = PRECEDENCES.get(kind);
      if (precedence === undefined || precedence < least) break;
      const op = this.#tokens.take();
      if (operators > MAX_CHAIN) throw this.#error(op.start, `expression too long: want at most ${MAX_CHAIN} operators in a row`);
      const modifiers = this.#binaryModifiers();
      const rhs = this.#expr(kind === '^' ? precedence : precedence + 1);
      lhs = this.#binary(lhs, op, { ...modifiers, rhs });
    }
    this.#depth--;
    return lhs;
  }

  #unary(): Expr {
    const tokens = this.#tokens;
    if (!tokens.is('+') && !tokens.is('-')) return this.#postfix(this.#primary());
    const sign = tokens.take();
    const expr = this.#expr(POWER);
    if (expr.kind === 'number') {
      if (sign.kind === '-') expr.value = -expr.value;
      expr.start = sign.start;
      return expr;
    }
    return { kind: 'unary', op: sign.kind as '+' | '-', expr, start: sign.start, end: expr.end };
  }

  #primary(): Expr {
    const tokens = this.#tokens;
    const { kind, start } = tokens.token;
    if (kind === 'number' || kind === 'duration') return this.#durations.literal();
    if (kind === 'string') {
      const value = unquote(tokens.take().text);
      return { kind: 'string', value, start, end: tokens.end };
    }
    if (kind === '(') {
      tokens.take();
      const expr = this.#expr(1);
      tokens.expect(')');
      return { kind: 'paren', expr, start, end: tokens.end };
    }
    if (kind === '{') return this.#selector('');
    if (!mayNameMetric(kind)) throw tokens.unexpected();
    const word = tokens.take();
    if (isAggregator(kind) && this.#startsAggregation()) return this.#aggregate(word);
    if (tokens.is('(') && mayCall(kind)) return this.#call(word);
    return this.#selector(word.text, word);
  }

  #startsAggregation(): boolean {
    const { kind } = this.#tokens.token;
    return kind === '(' || kind === 'by' || kind === 'without';
  }

  /** The braces, or the end of a name that has none. */
  #selector(name: string, word?: Token): VectorSelector {
    const tokens = this.#tokens;
    const start = word?.start ?? tokens.token.start;
    const matchers = readSelector(tokens, name);
    return { kind: 'vectorSelector', name, matchers, offset: NO_DURATION, at: null, extension: null, start, end: tokens.end };
  }

  #call(word: Token): Call {
    const args = this.#arguments();
    const func = functionNamed(word.text);
    if (func === undefined) throw this.#error(word.start, `unknown function with name ${quoteGo(word.text)}`);
    if (func.experimental && !this.#features.experimentalFunctions)
      throw this.#error(word.start, `function ${quoteGo(word.text)} is not enabled`);
    return { kind: 'call', func, args, start: word.start, end: this.#tokens.end };
  }

  #arguments(): Expr[] {
    const tokens = this.#tokens;
    tokens.expect('(');
    const args: Expr[] = [];
    if (tokens.accept(')') !== null) return args;
    args.push(this.#expr(1));
    while (!tokens.is(')')) {
      const comma = tokens.expect(',');
      if (tokens.is(')')) throw this.#error(comma.start, 'trailing commas not allowed in function call args');
      args.push(this.#expr(1));
    }
    tokens.take();
    return args;
  }

  #aggregate(word: Token): Aggregate {
    const tokens = this.#tokens;
    const op = word.kind as Aggregate['op'];
    const { outerContext } = tokens;
    tokens.outerContext = 'aggregation';
    let modifier = this.#aggregateModifier();
    const args = this.#arguments();
    tokens.outerContext = outerContext;
    let { end } = tokens;
    if (modifier === null && (tokens.is('by') || tokens.is('without'))) {
      modifier = this.#aggregateModifier();
      ({ end } = tokens);
    }
    if (args.length === 0) throw this.#error(word.start, 'no arguments for aggregate expression provided');
    if ((op === 'limitk' || op === 'limit_ratio') && !this.#features.experimentalFunctions) {
      const flag = '--enable-feature=promql-experimental-functions';
      throw this.#error(word.start, `${op}() is experimental and must be enabled with ${flag}`);
    }
    const wanted = takesParameter(op) ? 2 : 1;
    if (args.length !== wanted) {
      const problem = `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`;
      throw this.#error(word.start, problem);
    }
    const { grouping, without } = modifier ?? { grouping: [], without: false };
    return {
      kind: 'aggregate',
      op,
      expr: args[wanted - 1],
      param: wanted === 2 ? args[0] : null,
      grouping,
      without,
      start: word.start,
      end,
    };
  }

  #aggregateModifier(): { grouping: string[]; without: boolean } | null {
    const tokens = this.#tokens;
    if (!tokens.is('by') && !tokens.is('without')) return null;
    const without = tokens.take().kind === 'without';
    return { grouping: this.#groupingLabels(), without };
  }

  #groupingLabels(): string[] {
    const tokens = this.#tokens;
    tokens.expect('(', 'grouping opts', '"("');
    const labels: string[] = [];
    while (tokens.accept(')') === null) {
      const { kind, start } = tokens.token;
      if (kind !== 'string' && !mayNameLabel(kind)) throw tokens.unexpected('grouping opts', 'label');
      const { text } = tokens.take();
      const name = kind === 'string' ? unquote(text) : text;
      if (name === '' || !name.isWellFormed()) throw this.#error(start, `invalid label name for grouping: ${quoteGo(name)}`);
      labels.push(name);
      if (tokens.accept(',') === null && !tokens.is(')')) throw tokens.unexpected('grouping opts', '"," or ")"');
    }
    return labels;
  }

  #postfix(first: Expr): Expr {
    const tokens = this.#tokens;
    let expr = first;
    for (;;) {
      const { kind } = tokens.token;
      if (kind === '[') expr = this.#range(expr);
      else if (kind === 'offset') this.#offset(expr);
      else if (kind === '@') this.#at(expr);
      else if (kind === 'anchored' || kind === 'smoothed') this.#extension(expr, kind);
      else return expr;
    }
  }

  #range(expr: Expr): Expr {
    const tokens = this.#tokens;
    const bracket = tokens.take();
    const range = this.#durations.positive();
    if (tokens.accept(':') !== null) {
      let step: Duration | null = null;
      if (!tokens.is(']')) {
        step = this.#durations.positive();
        if (!tokens.is(']')) throw tokens.unexpected('subquery selector', '"]"');
      }
      tokens.take();
      return { kind: 'subquery', expr, range, step, offset: NO_DURATION, at: null, start: expr.start, end: tokens.end };
    }
    if (!tokens.is(']')) throw tokens.unexpected('subquery or range', '":" or "]"');
    tokens.take();
    const problem = rangeProblem(expr);
    if (problem !== null) throw this.#error(bracket.start, problem);
    return { kind: 'matrixSelector', selector: expr as VectorSelector, range, start: expr.start, end: tokens.end };
  }

  #offset(expr: Expr): void {
    this.#tokens.take();
    const offset = this.#durations.offset();
    const target = modified(expr);
    if (target === null) {
      const wanted = 'an instant vector selector or range vector selector or a subquery';
      throw this.#error(expr.start, `offset modifier must be preceded by ${wanted}`);
    }
    if (target.offset.ms !== 0 || target.offset.expr !== null) throw this.#error(expr.start, 'offset may not be set multiple times');
    target.offset = offset;
    expr.end = this.#tokens.end;
  }

  #at(expr: Expr): void {
    this.#tokens.take();
    const at = this.#atTime(expr);
    const target = modified(expr);
    if (target === null) {
      const wanted = 'an instant vector selector or range vector selector or a subquery';
      throw this.#error(expr.start, `@ modifier must be preceded by ${wanted}`);
    }
    if (target.at !== null) throw this.#error(expr.start, '@ <timestamp> may not be set multiple times');
    target.at = at;
    expr.end = this.#tokens.end;
  }

  #atTime(expr: Expr): AtModifier {
    const tokens = this.#tokens;
    if (tokens.is('start') || tokens.is('end')) {
      const { kind } = tokens.take();
      tokens.expect('(', '@', 'timestamp');
      tokens.expect(')', '@', 'timestamp');
      return kind as 'start' | 'end';
    }
    const sign = tokens.accept('-') ?? tokens.accept('+');
    if (!tokens.is('number') && !tokens.is('duration')) throw tokens.unexpected('@', 'timestamp');
    const literal: NumberLiteral = this.#durations.literal();
    const seconds = sign?.kind === '-' ? -literal.value : literal.value;
    if (!(Math.abs(seconds) < 2 ** 63)) throw this.#error(expr.start, `timestamp out of bounds for @ modifier: ${formatF(seconds)}`);
    return Math.round(seconds * 1000);
  }

  #extension(expr: Expr, kind: 'anchored' | 'smoothed'): void {
    this.#tokens.take();
    if (!this.#features.extendedRangeSelectors) throw this.#error(expr.start, `${kind} modifier is experimental and not enabled`);
    if (expr.kind === 'subquery') throw this.#error(expr.start, `${kind} modifier is not supported for subqueries`);
    if (expr.kind !== 'vectorSelector' && expr.kind !== 'matrixSelector') throw this.#error(expr.start, `${kind} modifier not implemented`);
    const selector = expr.kind === 'matrixSelector' ? expr.selector : expr;
    if (selector.extension !== null && selector.extension !== kind)
      throw this.#error(expr.start, 'anchored and smoothed modifiers cannot be used together');
    selector.extension = kind;
    expr.end = this.#tokens.end;
  }

  #binaryModifiers(): { bool: boolean; matching: VectorMatching } {
    const tokens = this.#tokens;
    const bool = tokens.accept('bool') !== null;
    let cardinality: Cardinality = 'one-to-one';
    let labels: string[] = [];
    let include: string[] = [];
    let on = false;
    if (tokens.is('on') || tokens.is('ignoring')) {
      on = tokens.take().kind === 'on';
      labels = this.#groupingLabels();
      if (tokens.is('group_left') || tokens.is('group_right')) {
        cardinality = tokens.take().kind === 'group_left' ? 'many-to-one' : 'one-to-many';
        // A parenthesis that follows belongs to the modifier, also where an expression was meant.
        if (tokens.is('(')) include = this.#groupingLabels();
      }
    }
    return { bool, matching: { cardinality, labels, on, include, fill: this.#fill() } };
  }

  #fill(): VectorMatching['fill'] {
    const tokens = this.#tokens;
    if (tokens.accept('fill') !== null) {
      const value = this.#fillValue();
      return { left: value, right: value };
    }
    let left: number | null = null;
    let right: number | null = null;
    while ((tokens.is('fill_left') && left === null) || (tokens.is('fill_right') && right === null)) {
      if (tokens.take().kind === 'fill_left') left = this.#fillValue();
      else right = this.#fillValue();
    }
    return { left, right };
  }

  #fillValue(): number {
    const tokens = this.#tokens;
    tokens.expect('(');
    const sign = tokens.accept('-') ?? tokens.accept('+');
    if (!tokens.is('number') && !tokens.is('duration')) throw tokens.unexpected('fill value', 'number');
    const { value } = this.#durations.literal();
    tokens.expect(')');
    return sign?.kind === '-' ? -value : value;
  }

  #binary(lhs: Expr, op: Token, { bool, matching, rhs }: { bool: boolean; matching: VectorMatching; rhs: Expr }): Binary {
    if (!this.#features.fillModifiers && (matching.fill.left !== null || matching.fill.right !== null))
      throw this.#error(lhs.start, 'binop fill modifiers are experimental and not enabled');
    const { start, kind } = op;
    return { kind: 'binary', op: kind as BinaryOperator, opStart: start, lhs, rhs, matching, bool, start: lhs.start, end: rhs.end };
  }

  #error(offset: number, sentence: string): PromqlParseError {
    return this.#tokens.error(offset, sentence);
  }
}

/** Words that a parenthesis makes the name of a function, known or not. */
function mayCall(kind: TokenKind): boolean {
  return (
    kind === 'identifier' ||
    kind === 'start' ||
    kind === 'end' ||
    kind === 'step' ||
    kind === 'range' ||
    kind === 'min_of' ||
    kind === 'max_of'
  );
}

function rangeProblem(expr: Expr): string | null {
  if (expr.kind !== 'vectorSelector') return 'ranges only allowed for vector selectors';
  if (expr.offset.ms !== 0) return 'no offset modifiers allowed before range';
  return expr.at !== null ? 'no @ modifiers allowed before range' : null;
}

/** What an `offset` or `@` behind the expression is about. */
function modified(expr: Expr): Pick<VectorSelector, 'offset' | 'at'> | null {
  if (expr.kind === 'matrixSelector') return (expr as MatrixSelector).selector;
  return expr.kind === 'vectorSelector' || expr.kind === 'subquery' ? expr : null;
}

/** Go's %f. */
function formatF(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? `${BigInt(value)}.000000` : `${value > 0 ? '+' : '-'}Inf`;
}
