// Which series of the two sides of a binary operator belong together, as the engine matches them; out of the two instant results.
import type { LabelMap, VectorElement } from '../../src/answers/index.ts';
import { type Binary, isSetOperator } from '../../src/promql/parser/index.ts';

/** `doubled`: more series on a side of one than the operator takes, which is an error; `alone`: a side has none. */
export type GroupKind = 'matched' | 'alone' | 'doubled';

export interface MatchGroup {
  /** What its series have in common. */
  readonly labels: LabelMap;
  readonly left: readonly VectorElement[];
  readonly right: readonly VectorElement[];
  readonly kind: GroupKind;
  /** Something of it is in the result, comparisons aside. */
  readonly kept: boolean;
  /** What is in the result, as the server has it; null where that is not known. */
  readonly result: readonly VectorElement[] | null;
}

type Judged = Omit<MatchGroup, 'result'>;

const NAME = '__name__';

type Vector = readonly VectorElement[];

/** All groups, those with an error first, then those without a partner. `result`: of the operator; null where it is not known. */
export function matchGroups(binary: Binary, left: Vector, right: Vector, result: Vector | null = null): MatchGroup[] {
  const groups = new Map<string, { labels: LabelMap; left: VectorElement[]; right: VectorElement[] }>();
  const common = commonLabels(binary);
  const add = (side: 'left' | 'right', elements: Vector): void => {
    for (const element of elements) {
      const labels = common(element.metric);
      const key = JSON.stringify(labels);
      const group = groups.get(key) ?? { labels: Object.fromEntries(labels), left: [], right: [] };
      if (group[side].push(element) === 1) groups.set(key, group);
    }
  };
  add('left', left);
  add('right', right);
  // What a group has in common, its part of the result has too.
  const results = result === null ? null : Map.groupBy(result, ({ metric }) => JSON.stringify(common(metric)));
  const rank: Record<GroupKind, number> = { doubled: 0, alone: 1, matched: 2 };
  const sides = { left: left.length, right: right.length };
  return [...groups]
    .map(([key, group]) => ({ ...judged(binary, group, sides), result: results === null ? null : (results.get(key) ?? []) }))
    .sort((a, b) => rank[a.kind] - rank[b.kind]);
}

function commonLabels({ matching }: Binary): (metric: LabelMap) => [string, string][] {
  const { on, labels } = matching!;
  const names = new Set(labels);
  const isCommon = on ? (name: string) => names.has(name) : (name: string) => name !== NAME && !names.has(name);
  return (metric) =>
    Object.entries(metric)
      .filter(([name]) => isCommon(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
}

type Sides<T> = { readonly left: T; readonly right: T };

/** `all`: series of each side as a whole. */
function judged({ op, matching }: Binary, group: Pick<MatchGroup, 'labels' | 'left' | 'right'>, all: Sides<number>): Judged {
  const { cardinality, fill } = matching!;
  const { left, right } = group;
  if (isSetOperator(op)) {
    const kind = left.length > 0 && right.length > 0 ? 'matched' : 'alone';
    const kept = { and: kind === 'matched', or: true, unless: right.length === 0 }[op as 'and' | 'or' | 'unless'];
    return { ...group, kind, kept };
  }
  const swapped = cardinality === 'one-to-many';
  const [many, one] = swapped ? [right, left] : [left, right];
  const filledOne = fill.right !== null;
  // Two on the side of one are an error as soon as there is anything on the other; two on the other where they find a partner.
  const doubledOne = one.length > 1 && (swapped ? all.right : all.left) > 0;
  const doubledMany = cardinality === 'one-to-one' && many.length > 1 && (one.length > 0 || filledOne);
  if (doubledOne || doubledMany) return { ...group, kind: 'doubled', kept: false };
  if (left.length > 0 && right.length > 0) return { ...group, kind: 'matched', kept: true };
  return { ...group, kind: 'alone', kept: many.length > 0 ? filledOne : fill.left !== null };
}
