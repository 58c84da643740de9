// The parts of an expression as a tree of what is worth a question each, and the questions. Parentheses are not: they are their content.
import { childrenOf, type Expr, print, typeOf, unwrapParens, type ValueType } from '../../src/promql/parser/index.ts';

export interface ExplainNode {
  /** Its place: '0' for the root, '0.1' for its second child. */
  readonly id: string;
  readonly expr: Expr;
  readonly text: string;
  readonly type: ValueType;
  readonly children: readonly ExplainNode[];
  /** What counts its series, or brings a scalar's value; null where there is nothing to ask. */
  readonly countQuery: string | null;
  /** What brings its series with their labels; null for scalars and texts. */
  readonly seriesQuery: string | null;
}

/** More parts than a person looks at; those beyond are shown, not asked. */
const MOST_ASKED = 200;

export function treeOfNodes(expr: Expr): ExplainNode {
  return nodeOf(unwrapParens(expr), '0', false);
}

function nodeOf(expr: Expr, id: string, silent: boolean): ExplainNode {
  const type = typeOf(expr);
  const text = print(expr);
  // A range is its selector; a text or a number has nothing below it.
  const below = expr.kind === 'matrixSelector' ? [] : childrenOf(expr);
  const children = below.map((child, i) => nodeOf(unwrapParens(child), `${id}.${i}`, silent || isMatcherList(expr, i)));
  return { id, expr, text, type, children, ...(silent ? NO_QUERIES : queriesOf(expr, type, text)) };
}

/** The second argument of info() looks like a selector, but only names labels. */
function isMatcherList(expr: Expr, argument: number): boolean {
  return expr.kind === 'call' && expr.func.name === 'info' && argument === 1;
}

type Queries = Pick<ExplainNode, 'countQuery' | 'seriesQuery'>;

const NO_QUERIES: Queries = { countQuery: null, seriesQuery: null };

function queriesOf(expr: Expr, type: ValueType, text: string): Queries {
  if (type === 'vector') return { countQuery: `count(${text})`, seriesQuery: text };
  // A series is in a range when it has any sample there: float or histogram.
  if (type === 'matrix') return { countQuery: `count(last_over_time(${text}))`, seriesQuery: `last_over_time(${text})` };
  if (type === 'scalar' && expr.kind !== 'number') return { countQuery: text, seriesQuery: null };
  return NO_QUERIES;
}

/** All nodes as they stand below each other. */
export function nodesOf(root: ExplainNode): ExplainNode[] {
  return [root, ...root.children.flatMap(nodesOf)];
}

/** What is asked, what lies deeper first: it is cheaper, and explains what is above it. */
export function askedNodes(root: ExplainNode): ExplainNode[] {
  const depth = (node: ExplainNode): number => node.id.split('.').length;
  const asked = nodesOf(root).filter((node) => node.countQuery !== null);
  return asked.slice(0, MOST_ASKED).sort((a, b) => depth(b) - depth(a));
}
