// An expression as PromQL text. print() is Prometheus's canonical form on one line (String() of its nodes), which log lines and rules show;
// prettyPrint() breaks what is longer than 100 characters, as /api/v1/format_query answers (its Prettify). Both parse back to an equal tree.
import { formatDuration, isClassicLabelName, quoteGo, utf8Length } from '../../model/index.ts';
import {
  type Aggregate,
  type AtModifier,
  type Binary,
  type Duration,
  type DurationOperand,
  type Expr,
  type Subquery,
  takesParameter,
  type VectorSelector,
} from './ast.ts';

const LONGEST_LINE = 100;

export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? formatSeconds(expr.value) : formatFloat(expr.value);
    case 'string':
      return quoteGo(expr.value);
    case 'vectorSelector':
      return printSelector(expr) + printAt(expr.at) + printExtension(expr) + printOffset(expr.offset);
    case 'matrixSelector': {
      const { selector, range } = expr;
      return `${printSelector(selector)}[${printDuration(range)}]${printExtension(selector)}${printAt(selector.at)}${printOffset(selector.offset)}`;
    }
    case 'subquery':
      return print(expr.expr) + subquerySuffix(expr);
    case 'call':
      return `${expr.func.name}(${expr.args.map(print).join(', ')})`;
    case 'aggregate':
      return `${aggregateHead(expr)}(${expr.param === null ? '' : `${print(expr.param)}, `}${print(expr.expr)})`;
    case 'binary':
      return `${print(expr.lhs)} ${binaryHead(expr)} ${print(expr.rhs)}`;
    case 'unary':
      return expr.op + print(expr.expr);
    case 'paren':
      return `(${print(expr.expr)})`;
  }
}

export function prettyPrint(expr: Expr): string {
  return pretty(expr, 0);
}

function pretty(expr: Expr, level: number): string {
  const indent = '  '.repeat(level);
  const line = print(expr);
  // Length in bytes, as there.
  const fits = utf8Length(line) <= LONGEST_LINE;
  switch (expr.kind) {
    case 'aggregate': {
      if (fits) return indent + line;
      const param = expr.param !== null && takesParameter(expr.op) ? `${pretty(expr.param, level + 1)},\n` : '';
      return `${indent}${aggregateHead(expr)}(\n${param}${pretty(expr.expr, level + 1)}\n${indent})`;
    }
    case 'binary':
      if (fits) return indent + line;
      return `${pretty(expr.lhs, level + 1)}\n${indent}${binaryHead(expr)}\n${pretty(expr.rhs, level + 1)}`;
    case 'call':
      if (fits) return indent + line;
      return `${indent}${expr.func.name}(\n${expr.args.map((arg) => pretty(arg, level + 1)).join(',\n')}\n${indent})`;
    case 'paren':
      if (fits) return indent + line;
      return `${indent}(\n${pretty(expr.expr, level + 1)}\n${indent})`;
    case 'subquery':
      return fits ? indent + line : pretty(expr.expr, level) + subquerySuffix(expr);
    case 'unary':
      return indent + expr.op + pretty(expr.expr, level).trim();
    default:
      return indent + line;
  }
}

function aggregateHead({ op, grouping, without }: Aggregate): string {
  if (without) return `${op} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op;
}

function binaryHead({ op, bool, matching }: Binary): string {
  let text = op + (bool ? ' bool' : '');
  if (matching === null) return text;
  const { labels, on, cardinality, include, fill } = matching;
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  if (labels.length > 0 || on || grouped) text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  if (grouped) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  if (fill.left !== null && Object.is(fill.left, fill.right)) return `${text} fill (${formatFloat(fill.left)})`;
  if (fill.left !== null) text += ` fill_left (${formatFloat(fill.left)})`;
  return fill.right === null ? text : `${text} fill_right (${formatFloat(fill.right)})`;
}

function subquerySuffix({ range, step, at, offset }: Subquery): string {
  return `[${printDuration(range)}:${step === null ? '' : printDuration(step)}]${printAt(at)}${printOffset(offset)}`;
}

function printSelector({ name, matchers }: VectorSelector): string {
  const shown = matchers.filter((matcher) => !(matcher.name === '__name__' && matcher.op === '=' && matcher.value === name && name !== ''));
  const texts = shown.map(String).sort((a, b) => (a < b ? -1 : 1));
  return texts.length === 0 && name !== '' ? name : `${name}{${texts.join(',')}}`;
}

function printAt(at: AtModifier | null): string {
  if (at === null) return '';
  return typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`;
}

function printExtension({ extension }: VectorSelector): string {
  return extension === null ? '' : ` ${extension}`;
}

function printOffset(offset: Duration): string {
  return offset.ms === 0 && offset.expr === null ? '' : ` offset ${printDuration(offset)}`;
}

function printDuration({ ms, expr }: Duration): string {
  return expr === null ? formatDuration(ms) : printOperand(expr);
}

function printOperand(operand: DurationOperand): string {
  if (operand.kind === 'number') return print(operand);
  const { op, lhs, rhs, wrapped } = operand;
  let text: string;
  if (op === 'step' || op === 'range') text = `${op}()`;
  else if (op === 'min_of' || op === 'max_of') text = `${op}(${printOperand(lhs!)}, ${printOperand(rhs!)})`;
  else text = lhs === null ? op + printOperand(rhs!) : `${printOperand(lhs)} ${op} ${printOperand(rhs!)}`;
  return wrapped ? `(${text})` : text;
}

function formatSeconds(seconds: number): string {
  return formatDuration(Math.trunc(seconds * 1000));
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (isClassicLabelName(label) ? label : quoteGo(label))).join(', ');
}

/** Go's shortest %f: never an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign, first, rest = '', exponentText] = parts;
  const exponent = Number(exponentText);
  const digits = first + rest;
  return exponent > 0 ? sign + digits.padEnd(exponent + 1, '0') : `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
}
