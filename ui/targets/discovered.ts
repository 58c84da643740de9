// What service discovery found, active and dropped together, by pool; and what relabelling made of labels.
import type { LabelMap, TargetAnswer, TargetsAnswer } from '../../src/answers/index.ts';
import { labelTexts, wordSearch } from '../format/word-search.ts';

export interface DiscoveredTarget {
  readonly discovered: LabelMap;
  /** Null where relabelling has dropped it. */
  readonly active: TargetAnswer | null;
}

export interface DiscoveredPool {
  readonly name: string;
  readonly active: number;
  /** With those of which no labels are kept. */
  readonly dropped: number;
  readonly droppedKept: number;
  readonly shown: readonly DiscoveredTarget[];
}

export interface DiscoveryFilter {
  readonly pool: string;
  /** `active`, `dropped`; none: both. */
  readonly states: readonly string[];
  readonly search: string;
}

export function discoveredPools(answer: TargetsAnswer, filter: DiscoveryFilter): DiscoveredPool[] {
  const { activeTargets, droppedTargets, droppedTargetCounts } = answer;
  const byPool = new Map<string, DiscoveredTarget[]>(Object.keys(droppedTargetCounts ?? {}).map((name) => [name, []]));
  const put = (name: string, target: DiscoveredTarget): void => {
    const pool = byPool.get(name);
    if (pool === undefined) byPool.set(name, [target]);
    else pool.push(target);
  };
  for (const active of activeTargets) put(active.scrapePool, { discovered: active.discoveredLabels, active });
  for (const { scrapePool, discoveredLabels } of droppedTargets) put(scrapePool, { discovered: discoveredLabels, active: null });
  const found = wordSearch(
    filter.search,
    [...byPool].flatMap(([name, targets]) => targets.map((target) => textsOf(name, target))),
  );
  const wants = (state: string): boolean => filter.states.length === 0 || filter.states.includes(state);
  const isNarrowed = filter.states.length > 0 || filter.search.trim() !== '';
  return [...byPool]
    .filter(([name]) => filter.pool === '' || name === filter.pool)
    .map(([name, all]) => {
      const active = all.filter((target) => target.active !== null).length;
      return {
        name,
        active,
        dropped: Math.max(droppedTargetCounts?.[name] ?? 0, all.length - active),
        droppedKept: all.length - active,
        shown: all
          .filter((target) => wants(target.active === null ? 'dropped' : 'active'))
          .filter((target) => found(textsOf(name, target))),
      };
    })
    .filter(({ shown }) => !isNarrowed || shown.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function* textsOf(pool: string, { discovered, active }: DiscoveredTarget): Generator<string> {
  yield pool;
  yield* labelTexts(discovered);
  yield* labelTexts(active?.labels);
}

export type LabelChange = 'same' | 'added' | 'changed' | 'removed';

export interface ChangedLabel {
  readonly name: string;
  /** The one before where it was removed. */
  readonly value: string;
  readonly change: LabelChange;
}

/** By name. */
export function changedLabels(before: LabelMap, after: LabelMap): ChangedLabel[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.map((name) => {
    if (!Object.hasOwn(after, name)) return { name, value: before[name], change: 'removed' };
    if (!Object.hasOwn(before, name)) return { name, value: after[name], change: 'added' };
    return { name, value: after[name], change: before[name] === after[name] ? 'same' : 'changed' };
  });
}

/** Of a rule what it was given, in the order in which it is read; an action alone is `replace`. */
const RULE_ORDER = ['action', 'source_labels', 'separator', 'regex', 'modulus', 'replacement', 'target_label'];

export function ruleParts(rule: object): [name: string, value: string][] {
  const rank = (name: string): number => (RULE_ORDER.includes(name) ? RULE_ORDER.indexOf(name) : RULE_ORDER.length);
  return Object.entries(rule)
    .filter(([, value]) => value !== null && value !== undefined && value !== 0)
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
}
