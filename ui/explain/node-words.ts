// A part of an expression in words: what it is, what it does, and why it may have no series.
import { formatDuration } from '../../src/model/index.ts';
import {
  type Aggregate,
  type Binary,
  type Duration,
  describeType,
  isComparison,
  isSetOperator,
  print,
  typeOf,
  type VectorSelector,
} from '../../src/promql/parser/index.ts';
import type { ExplainNode } from './node-tree.ts';

/** Short: `aggregation: sum by (job)`. */
export function titleOf({ expr }: ExplainNode): string {
  switch (expr.kind) {
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'vectorSelector':
      return 'vector selector';
    case 'matrixSelector':
      return `range selector: ${durationText(expr.range)}`;
    case 'subquery':
      return `subquery: ${durationText(expr.range)}`;
    case 'call':
      return `function: ${expr.func.name}`;
    case 'aggregate':
      return `aggregation: ${expr.op}${groupingText(expr)}`;
    case 'binary':
      return `binary: ${expr.op}${expr.bool ? ' bool' : ''}${matchingText(expr)}`;
    case 'unary':
      return `sign: ${expr.op}`;
    case 'paren':
      return 'parentheses';
  }
}

interface Known {
  /** What functions do, by name. */
  readonly functions: ReadonlyMap<string, string>;
  /** Of the server; null while it is not known. */
  readonly lookback: string | null;
}

/** What the part does. */
export function sentenceOf({ expr }: ExplainNode, { functions, lookback }: Known): string {
  switch (expr.kind) {
    case 'number':
      return 'The same number at every time.';
    case 'string':
      return 'A text.';
    case 'vectorSelector':
      return `The newest sample of each series that fits, unless it is older than the lookback${lookback === null ? '' : ` of this server, ${lookback},`} or the series has ended.${shiftText(expr)}`;
    case 'matrixSelector':
      return `All samples of each series that fits, within ${durationText(expr.range)} before the time of the query.${shiftText(expr.selector)}`;
    case 'subquery': {
      const step = expr.step === null ? "the server's default interval" : durationText(expr.step);
      return `Evaluates what is below it at several times: over ${durationText(expr.range)}, with steps of ${step}.${shiftText(expr)}`;
    }
    case 'call':
      return functions.get(expr.func.name) ?? `Gives ${withArticle(describeType(expr.func.returnType))}.`;
    case 'aggregate':
      return `Puts series together and gives one or more for each group (${expr.op}). ${groupSentence(expr)}`;
    case 'binary':
      return binarySentence(expr);
    case 'unary':
      return expr.op === '-' ? 'Turns the sign of each value, and drops the metric name.' : 'Changes nothing.';
    case 'paren':
      return '';
  }
}

/** Why a part without series may have none, though what it is made of has some. */
export function emptinessOf({ expr }: ExplainNode): string {
  switch (expr.kind) {
    case 'vectorSelector':
      return 'No series fits this selector at this time. Is a label misspelt, or has the target gone?';
    case 'matrixSelector':
      return 'No series that fits has a sample within this range.';
    case 'call':
      if (expr.func.name.startsWith('absent')) return 'Something is there, so nothing is absent: that is what this function says.';
      if (/^(rate|irate|increase|delta|idelta|deriv)$/.test(expr.func.name))
        return 'Each series needs two samples within the range at least: is it long enough for the scrape interval?';
      if (expr.func.name.startsWith('histogram_'))
        return 'The series below have no histogram to work on: classic ones need their label le, others must be native.';
      return 'This function leaves none of the series below.';
    case 'binary':
      if (expr.op === 'unless') return 'Each series on the left has a partner on the right.';
      if (expr.op === 'and') return 'No series on the left has a partner on the right: see how they are matched.';
      if (expr.matching !== null)
        return `No pair of series is left: ${isComparison(expr.op) && !expr.bool ? 'either none match, or the comparison is false for those that do' : 'none of the one side matches one of the other'}.`;
      return isComparison(expr.op) ? 'The comparison is false for each series.' : 'No series is left.';
    default:
      return 'No series is left here.';
  }
}

/** Labels that series are matched on, and how many of each side belong together. */
export function matchingSentences({ op, matching }: Binary): string[] {
  if (matching === null) return [];
  const { labels, on, cardinality, include, fill } = matching;
  const names = labels.join(', ');
  const ways: string[] = [];
  if (on)
    ways.push(
      labels.length === 0 ? 'All series belong together: no label is looked at.' : `Series belong together that have the same ${names}.`,
    );
  else if (labels.length === 0) ways.push('Series belong together that have the same labels, but for the metric name.');
  else ways.push(`Series belong together that have the same labels, but for the metric name and ${names}.`);
  if (!isSetOperator(op)) ways.push(CARDINALITIES[cardinality]);
  if (include.length > 0) ways.push(`The result takes ${include.join(', ')} from the side of one.`);
  if (fill.left !== null || fill.right !== null) ways.push('A series without a partner gets the value of fill in its place.');
  return ways;
}

const CARDINALITIES: Readonly<Record<string, string>> = {
  'one-to-one': 'One on the left goes with one on the right; more of either are an error.',
  'many-to-one': 'Many on the left go with one on the right; more on the right are an error.',
  'one-to-many': 'One on the left goes with many on the right; more on the left are an error.',
  'many-to-many': 'Any number on the left goes with any number on the right.',
};

const SETS: Readonly<Record<string, string>> = {
  and: 'Series of the left side that have a partner on the right.',
  or: 'All series of the left side, and those of the right side that have no partner there.',
  unless: 'Series of the left side that have no partner on the right.',
};

function binarySentence({ op, bool, matching, lhs, rhs }: Binary): string {
  if (isSetOperator(op)) return SETS[op];
  if (isComparison(op)) {
    const kept = bool ? 'Gives 1 where the comparison is true, and 0 where it is not.' : 'Keeps what the comparison is true for.';
    return matching === null ? kept : `Compares series that match. ${kept}`;
  }
  if (op === '</' || op === '>/') return `Takes off the buckets of histograms that lie ${op === '</' ? 'above' : 'below'} the number.`;
  if (matching !== null) return 'Calculates with the values of series that match, and drops the metric name.';
  const scalar = typeOf(lhs) === 'scalar' && typeOf(rhs) === 'scalar';
  return scalar ? 'Calculates with two numbers.' : 'Calculates with the value of each series and a number, and drops the metric name.';
}

function groupingText({ grouping, without }: Aggregate): string {
  if (without) return ` without (${grouping.join(', ')})`;
  return grouping.length === 0 ? '' : ` by (${grouping.join(', ')})`;
}

function groupSentence({ grouping, without }: Aggregate): string {
  if (without) return `A group has the same labels, ${grouping.join(', ')} and the metric name not looked at.`;
  return grouping.length === 0 ? 'All series are one group.' : `A group has the same ${grouping.join(', ')}.`;
}

function matchingText({ matching }: Binary): string {
  if (matching === null) return '';
  const { on, labels, cardinality, include } = matching;
  let text = on || labels.length > 0 ? ` ${on ? 'on' : 'ignoring'} (${labels.join(', ')})` : '';
  if (cardinality === 'many-to-one') text += ` group_left (${include.join(', ')})`;
  if (cardinality === 'one-to-many') text += ` group_right (${include.join(', ')})`;
  return text;
}

function shiftText({ offset, at }: Pick<VectorSelector, 'offset' | 'at'>): string {
  let text = '';
  if (typeof at === 'number') text += ` Always as of ${new Date(at).toISOString()}.`;
  else if (at !== null) text += ` Always as of the ${at} of the query.`;
  if (offset.expr !== null || offset.ms > 0) text += ` Looks ${durationText(offset)} back.`;
  else if (offset.ms < 0) text += ` Looks ${formatDuration(-offset.ms)} ahead.`;
  return text;
}

function durationText({ ms, expr }: Duration): string {
  if (expr === null) return formatDuration(ms);
  return expr.lhs === null && expr.rhs === null ? `${expr.op}()` : 'a calculated time';
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** What a screen reader says of a node, before what is known of it. */
export function nameOf(node: ExplainNode): string {
  return `${titleOf(node)}: ${print(node.expr)}`;
}
