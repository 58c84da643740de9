// The part of an expression that a panel shows in its place: the one that is chosen in the tree, for as long as the tree is shown.
import { type Expr, parseExpr, print, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import { nodesOf, treeOfNodes } from '../explain/node-tree.ts';
import type { PanelState } from '../panels/panel-address.ts';

export interface ShownPart {
  readonly text: string;
  /** What is graphed of it: a range has no value at a time, so its newest samples stand for it. */
  readonly graphed: string;
}

/** Null: the whole expression is shown, since no part is chosen or it has none of that place. */
export function shownPartOf({ expr, part, showTree }: Pick<PanelState, 'expr' | 'part' | 'showTree'>): ShownPart | null {
  if (!showTree || part === '' || part === '0') return null;
  const whole = read(expr);
  const node = whole === null ? undefined : nodesOf(treeOfNodes(whole)).find(({ id }) => id === part);
  return node === undefined ? null : { text: node.text, graphed: graphedOf(node.expr) };
}

function graphedOf(expr: Expr): string {
  if (expr.kind === 'matrixSelector') return print({ ...expr.selector, extension: null });
  return expr.kind === 'subquery' ? `last_over_time(${print(expr)})` : print(expr);
}

function read(text: string): Expr | null {
  try {
    return parseExpr(text, WHOLE_LANGUAGE);
  } catch {
    return null;
  }
}
