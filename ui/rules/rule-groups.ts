// Groups of rules as a page shows them: what a filter leaves, and which are opened without being asked to.
import type { RuleAnswer, RuleGroupAnswer } from '../../src/answers/index.ts';
import { labelTexts, wordSearch } from '../format/word-search.ts';

export interface RuleFilter {
  /** `alerting`, `recording`; none: both. */
  readonly types: readonly string[];
  /** None: all. */
  readonly health: readonly string[];
  readonly search: string;
}

export interface ShownGroup {
  readonly group: RuleGroupAnswer;
  /** One for each group of a server. */
  readonly key: string;
  /** What the filter leaves. */
  readonly rules: readonly RuleAnswer[];
  readonly failing: number;
  /** It takes longer than its interval, so that evaluations are left out. */
  readonly late: boolean;
}

const MANY_RULES = 100;
const MANY_GROUPS = 10;

/** In the server's order: by file, as the file has them. Groups of which nothing is left are left out, unless nothing is asked for. */
export function shownGroups(groups: readonly RuleGroupAnswer[], { types, health, search }: RuleFilter): ShownGroup[] {
  const found = wordSearch(
    search,
    groups.flatMap((group) => group.rules.map((rule) => textsOf(rule, group))),
  );
  const isNarrowed = types.length > 0 || health.length > 0 || search.trim() !== '';
  return groups
    .map((group) => ({
      group,
      key: groupKey(group),
      rules: group.rules.filter(
        (rule) =>
          (types.length === 0 || types.includes(rule.type)) &&
          (health.length === 0 || health.includes(rule.health)) &&
          found(textsOf(rule, group)),
      ),
      failing: group.rules.filter((rule) => rule.health === 'err').length,
      late: isLate(group),
    }))
    .filter(({ rules }) => !isNarrowed || rules.length > 0);
}

export function groupKey({ file, name }: Pick<RuleGroupAnswer, 'file' | 'name'>): string {
  return `${file};${name}`;
}

export function isLate({ evaluationTime, interval }: Pick<RuleGroupAnswer, 'evaluationTime' | 'interval'>): boolean {
  return evaluationTime > interval;
}

export function* textsOf(rule: RuleAnswer, { file, name }: Pick<RuleGroupAnswer, 'file' | 'name'>): Generator<string> {
  yield rule.name;
  yield rule.query;
  yield name;
  yield file;
  if (rule.lastError !== undefined) yield rule.lastError;
  yield* labelTexts(rule.labels);
  if (rule.type === 'alerting') yield* labelTexts(rule.annotations);
}

/** All where they are few, or searched for; else those with problems, unless these are many. */
export function opensByItself(groups: readonly ShownGroup[], search: string): (group: ShownGroup) => boolean {
  if (search.trim() !== '' || groups.reduce((sum, { rules }) => sum + rules.length, 0) <= MANY_RULES) return () => true;
  const ailing = groups.filter(hasProblem);
  return ailing.length <= MANY_GROUPS ? hasProblem : () => false;
}

export function hasProblem({ failing, late }: ShownGroup): boolean {
  return failing > 0 || late;
}
