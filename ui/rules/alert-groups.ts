// Alerting rules as a page shows them: those that fire first, and those that were not evaluated yet before those that found nothing.
import type { AlertAnswer, AlertingRuleAnswer, LabelMap, RuleGroupAnswer } from '../../src/answers/index.ts';
import { labelTexts, wordSearch } from '../format/word-search.ts';
import { groupKey, textsOf } from './rule-groups.ts';

export interface AlertFilter {
  /** `firing`, `pending`, `inactive`, `unknown`; none: all. */
  readonly states: readonly string[];
  readonly search: string;
}

export interface StateCounts {
  firing: number;
  pending: number;
  inactive: number;
  /** Not evaluated yet: whether something is wrong is not known. */
  unknown: number;
}

export interface ShownAlertRule {
  readonly key: string;
  readonly rule: AlertingRuleAnswer;
  /** Alerts, the firing ones first; those that are searched for, where the rule itself is not. */
  readonly alerts: readonly AlertAnswer[];
  readonly firing: number;
  readonly pending: number;
  /** What is searched for is in its alerts alone. */
  readonly isByAlerts: boolean;
  /** Whether an alert that is not active any more is among what is searched for: its annotations are not known. */
  finds(labels: LabelMap): boolean;
}

export interface ShownAlertGroup {
  readonly group: RuleGroupAnswer;
  readonly key: string;
  readonly rules: readonly ShownAlertRule[];
  /** Rules of the whole group by state. */
  readonly counts: StateCounts;
}

export interface AlertCounts {
  readonly rules: number;
  /** Alerts, as `pending`. */
  readonly firing: number;
  readonly pending: number;
}

const FEW_FIRING = 5;
const FEW_RULES = 60;
const FEW_BY_ALERTS = 20;

export function shownAlertGroups(groups: readonly RuleGroupAnswer[], { states, search }: AlertFilter): ShownAlertGroup[] {
  const found = wordSearch(search, textsOfAll(groups));
  const shown: ShownAlertGroup[] = [];
  for (const group of groups) {
    const key = groupKey(group);
    const alerting = group.rules.filter((rule) => rule.type === 'alerting');
    const rules: ShownAlertRule[] = [];
    alerting.forEach((rule, i) => {
      if (states.length > 0 && !states.includes(stateOf(rule))) return;
      const all = rule.alerts ?? [];
      const isFound = found(textsOf(rule, group));
      const alerts = isFound ? all : all.filter((alert) => found(alertTexts(alert)));
      if (alerts.length === 0 && !isFound) return;
      rules.push({
        key: `${key};${i};${rule.name}`,
        rule,
        alerts: [...alerts].sort((a, b) => rankOf(a.state) - rankOf(b.state) || compareTexts(a.activeAt, b.activeAt)),
        firing: all.filter(({ state }) => state === 'firing').length,
        pending: all.filter(({ state }) => state === 'pending').length,
        isByAlerts: !isFound,
        finds: (labels) => isFound || found(labelTexts(labels)),
      });
    });
    if (rules.length > 0)
      shown.push({ group, key, rules: rules.sort((a, b) => rankOf(a.rule.state) - rankOf(b.rule.state)), counts: stateCounts(alerting) });
  }
  return shown.sort((a, b) => groupRank(a) - groupRank(b));
}

/** Of what is shown. */
export function alertCounts(groups: readonly ShownAlertGroup[]): AlertCounts {
  const rules = groups.flatMap((group) => group.rules);
  const count = (wanted: string): number =>
    rules.reduce((sum, { alerts }) => sum + alerts.reduce((many, { state }) => many + Number(state === wanted), 0), 0);
  return { rules: rules.length, firing: count('firing'), pending: count('pending') };
}

/** Rules with something to look at, and the others, which fold away together. */
export function splitQuiet(rules: readonly ShownAlertRule[]): {
  readonly lively: readonly ShownAlertRule[];
  readonly quiet: readonly ShownAlertRule[];
} {
  const isQuiet = ({ rule }: ShownAlertRule): boolean => stateOf(rule) === 'inactive' && rule.health !== 'err';
  const quiet = rules.filter(isQuiet);
  // One alone takes the line that it would fold away into.
  if (quiet.length < 2 || quiet.length === rules.length) return { lively: rules, quiet: [] };
  return { lively: rules.filter((one) => !isQuiet(one)), quiet };
}

export function stateCounts(rules: readonly AlertingRuleAnswer[]): StateCounts {
  const counts: StateCounts = { firing: 0, pending: 0, inactive: 0, unknown: 0 };
  for (const rule of rules) counts[stateOf(rule)]++;
  return counts;
}

/** What other servers may call otherwise is not active either. */
function stateOf({ state }: AlertingRuleAnswer): keyof StateCounts {
  return state === 'firing' || state === 'pending' || state === 'unknown' ? state : 'inactive';
}

/** By the whole group: what fires in it matters while one looks for something else. */
function groupRank({ counts }: ShownAlertGroup): number {
  return counts.firing > 0 ? 0 : counts.pending > 0 ? 1 : counts.unknown > 0 ? 2 : 3;
}

const RANKS: readonly string[] = ['firing', 'pending', 'unknown'];

function rankOf(state: string): number {
  const rank = RANKS.indexOf(state);
  return rank < 0 ? RANKS.length : rank;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function* textsOfAll(groups: readonly RuleGroupAnswer[]): Generator<Iterable<string>> {
  for (const group of groups) {
    for (const rule of group.rules) {
      if (rule.type !== 'alerting') continue;
      yield textsOf(rule, group);
      yield* (rule.alerts ?? []).map(alertTexts);
    }
  }
}

function* alertTexts({ labels, annotations }: AlertAnswer): Generator<string> {
  yield* labelTexts(labels);
  yield* labelTexts(annotations);
}

/**
 * Groups: where something is active, or all where they are few or searched for. Rules: those that fire, unless these are many; of a search,
 * the first of those whose alerts are found and that are not found themselves.
 */
export function alertsOpenByThemselves(groups: readonly ShownAlertGroup[], search: string) {
  const isSearched = search.trim() !== '';
  const byAlerts = groups.flatMap((group) => group.rules.filter((one) => one.isByAlerts)).slice(0, FEW_BY_ALERTS);
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  const firing = groups.reduce((sum, group) => sum + group.rules.filter((one) => one.firing > 0).length, 0);
  return {
    group: ({ counts }: ShownAlertGroup): boolean => isSearched || rules <= FEW_RULES || counts.firing + counts.pending > 0,
    /** Whether rules that are not active have their lines without being asked for. */
    quiet: isSearched || rules <= FEW_RULES,
    rule: (one: ShownAlertRule): boolean => (firing <= FEW_FIRING && one.firing > 0) || byAlerts.includes(one),
  };
}
