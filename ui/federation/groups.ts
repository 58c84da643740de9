// Which of a server's many sources and consumers are drawn: the first dozen, with those that are in trouble before all others; the rest is
// one place that says how many they are and opens.
import { type ConsumerNode, SELF_KEY, type SourceNode } from './tree.ts';

/** Beside each other; one below the other in a tree that is large already. */
export const MOST_BESIDE = 12;
const MOST_BELOW = 4;
/** From this many sources below those of this server on, the tree is large. */
const LARGE = 24;

export interface Group<T> {
  readonly shown: readonly T[];
  readonly hidden: readonly T[];
  /** It was opened, and can be closed. */
  readonly opened: boolean;
}

/** Names of groups, in the address's list of what is open. */
export const consumersKey = 'consumers';
export const belowKey = (key: string): string => (key === SELF_KEY ? 'sources' : `below,${key}`);

export function groupOf<T extends SourceNode | ConsumerNode>(nodes: readonly T[], most: number, opened: boolean): Group<T> {
  // A place that says "and 1 more" takes the room of that one.
  if (nodes.length <= most + 1) return { shown: nodes, hidden: [], opened: false };
  if (opened) return { shown: nodes, hidden: [], opened };
  const order = [...nodes].sort((a, b) => urgency(b) - urgency(a));
  const first = new Set(order.slice(0, most));
  return { shown: nodes.filter((node) => first.has(node)), hidden: nodes.filter((node) => !first.has(node)), opened };
}

/** Sources below those of this server. */
export function mostBelow(sources: readonly SourceNode[]): number {
  return sources.reduce((sum, { children }) => sum + children.length, 0) > LARGE ? MOST_BELOW : MOST_BESIDE;
}

/** Whether it, or one below it, fails or is late. */
function urgency(node: SourceNode | ConsumerNode): number {
  const own = { bad: 2, odd: 1, good: 0, quiet: 0 }[node.health.tone];
  return node.kind === 'source' ? node.children.reduce((most, child) => Math.max(most, urgency(child)), own) : own;
}
