// Ways to write an operator whose series match more than once, so that they do not: each tried on the series that are there.
import type { VectorElement } from '../../src/answers/index.ts';
import { type Binary, type Cardinality, type Expr, print, type VectorMatching } from '../../src/promql/parser/index.ts';
import { type MatchGroup, matchGroups } from './matching-groups.ts';

export interface MatchingFix {
  /** What is changed, and what comes of it. */
  readonly sentence: string;
  /** The whole expression, rewritten. */
  readonly text: string;
}

interface Matched {
  readonly left: readonly VectorElement[];
  readonly right: readonly VectorElement[];
  readonly groups: readonly MatchGroup[];
}

/** Each is tried on all series. */
const MOST_TRIED_LABELS = 12;
const MOST_FIXES = 4;

/** None where nothing is wrong, or nothing of this kind helps. `whole` is the expression that `binary` is a part of. */
export function matchingFixes(whole: Expr, binary: Binary, { left, right, groups }: Matched): MatchingFix[] {
  const doubled = groups.filter(({ kind }) => kind === 'doubled');
  if (doubled.length === 0 || binary.matching === null) return [];
  const works = (matching: VectorMatching): boolean => {
    const after = matchGroups({ ...binary, matching }, left, right);
    return after.some(({ kind }) => kind === 'matched') && !after.some(({ kind }) => kind === 'doubled');
  };
  return [...groupings(binary.matching), ...labelChanges(binary.matching, doubled)]
    .filter(({ matching }) => works(matching))
    .slice(0, MOST_FIXES)
    .map(({ sentence, matching }) => ({ sentence, text: print(replaced(whole, binary, { ...binary, matching })) }));
}

interface Change {
  readonly sentence: string;
  readonly matching: VectorMatching;
}

/** The other ways to say which side has many. What is included comes from the side of one, so it goes with it. */
function groupings(matching: VectorMatching): Change[] {
  return (['many-to-one', 'one-to-many'] as const)
    .filter((cardinality) => cardinality !== matching.cardinality)
    .map((cardinality) => ({ sentence: GROUPINGS[cardinality], matching: { ...matching, cardinality, include: [] } }));
}

const GROUPINGS: Readonly<Record<Exclude<Cardinality, 'one-to-one' | 'many-to-many'>, string>> = {
  'many-to-one': 'Let many series on the left go with one on the right.',
  'one-to-many': 'Let many series on the right go with one on the left.',
};

/** Labels more to match on: first one, then all of them. */
function labelChanges(matching: VectorMatching, doubled: readonly MatchGroup[]): Change[] {
  const candidates = telling(matching, doubled);
  const sets = candidates.length > 1 ? [...candidates.map((name) => [name]), candidates] : candidates.map((name) => [name]);
  return sets.map((names) => {
    const labels = matching.on ? [...matching.labels, ...names] : matching.labels.filter((name) => !names.includes(name));
    const include = matching.include.filter((name) => !names.includes(name));
    return { sentence: `Match ${names.join(' and ')} too.`, matching: { ...matching, labels, include } };
  });
}

/** Labels that series of both sides have, and that are not matched on yet. */
function telling({ on, labels }: VectorMatching, doubled: readonly MatchGroup[]): string[] {
  if (!on) return labels.filter((name) => doubled.some((group) => isOnBoth(group, name))).slice(0, MOST_TRIED_LABELS);
  const names = new Set(doubled.flatMap(({ left, right }) => [...left, ...right].flatMap(({ metric }) => Object.keys(metric))));
  return [...names]
    .filter((name) => name !== '__name__' && !labels.includes(name) && doubled.some((group) => isOnBoth(group, name)))
    .sort()
    .slice(0, MOST_TRIED_LABELS);
}

function isOnBoth({ left, right }: MatchGroup, name: string): boolean {
  return [left, right].every((side) => side.some(({ metric }) => Object.hasOwn(metric, name)));
}

/** The tree with one of its nodes another one. */
function replaced(expr: Expr, from: Expr, to: Expr): Expr {
  if (expr === from) return to;
  const inner = (below: Expr): Expr => replaced(below, from, to);
  switch (expr.kind) {
    case 'call':
      return { ...expr, args: expr.args.map(inner) };
    case 'aggregate':
      return { ...expr, expr: inner(expr.expr), param: expr.param === null ? null : inner(expr.param) };
    case 'binary':
      return { ...expr, lhs: inner(expr.lhs), rhs: inner(expr.rhs) };
    case 'subquery':
    case 'unary':
    case 'paren':
      return { ...expr, expr: inner(expr.expr) };
    default:
      return expr;
  }
}
