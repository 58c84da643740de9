// /api/v1/rules and /api/v1/alerts. Keys, filters and sentences are Prometheus's (web/api/v1).
import { createHash } from 'node:crypto';
import type { AlertAnswer, AlertingRuleAnswer, RuleAnswer, RuleGroupAnswer } from '../answers/index.ts';
import { formatExponent, type Labels, labelValue, type Matcher } from '../model/index.ts';
import { AlertPages, type Part } from './alert-pages.ts';
import { NEVER, objectOf } from './answers.ts';
import { badData, invalidParameter } from './errors.ts';
import { booleanParameter, selectorsOf } from './parameters.ts';
import type { AlertView, ApiPorts, RuleGroupView, RuleView } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

const LESS_RULES =
  'ask for fewer rules (rule_name[], rule_group[], file[], group_limit), or for rules without their alerts (exclude_alerts=true)';
const LESS_ALERTS =
  'ask /api/v1/rules for those of some rules (rule_name[], rule_group[], file[], group_limit), or count the series ALERTS';

export function ruleRoutes({ rules }: Pick<ApiPorts, 'rules'>): ApiRoute[] {
  const pages = new AlertPages();
  return [
    get('/rules', async ({ params, signal }) => {
      const list = new RuleList(params);
      const page = list.of(rules.groups());
      const shown = list.excludeAlerts ? [] : page.groups.flatMap((group) => group.rules);
      return { pieces: await pages.make(rulesText(page, list.excludeAlerts), { alerts: alertsOf(shown), advice: LESS_RULES, signal }) };
    }),
    get('/alerts', async ({ signal }) => {
      const all = rules.groups().flatMap((group) => group.rules);
      return { pieces: await pages.make(alertsText(all), { alerts: alertsOf(all), advice: LESS_ALERTS, signal }) };
    }),
  ];
}

function alertsOf(rules: readonly RuleView[]): number {
  return rules.reduce((sum, rule) => sum + (rule.kind === 'alerting' ? rule.alertCount() : 0), 0);
}

/** As AlertsAnswer. */
function* alertsText(rules: readonly RuleView[]): Generator<Part> {
  let separator = '{"alerts":[';
  for (const rule of rules) {
    const alerts = rule.kind === 'alerting' ? rule.alerts() : [];
    if (alerts.length === 0) continue;
    yield separator;
    yield { of: alerts, shown: shownAlert };
    separator = ',';
  }
  yield separator === ',' ? ']}' : '{"alerts":[]}';
}

/** As RulesAnswer. */
function* rulesText({ groups, nextToken }: RulePage, excludeAlerts: boolean): Generator<Part> {
  yield '{"groups":[';
  for (const [i, { group, rules }] of groups.entries()) {
    const { name, file, ...others } = shownGroup(group);
    yield `${i === 0 ? '' : ','}${JSON.stringify({ name, file }).slice(0, -1)},"rules":[`;
    for (const [j, rule] of rules.entries()) {
      if (j > 0) yield ',';
      yield* ruleText(rule, excludeAlerts);
    }
    yield `],${JSON.stringify(others).slice(1)}`;
  }
  yield nextToken === '' ? ']}' : `],"groupNextToken":${JSON.stringify(nextToken)}}`;
}

function* ruleText(rule: RuleView, excludeAlerts: boolean): Generator<Part> {
  if (rule.kind === 'recording' || excludeAlerts) {
    yield JSON.stringify(shownRule(rule));
    return;
  }
  const { alerts: _, ...others } = shownRule(rule) as AlertingRuleAnswer;
  yield `${JSON.stringify(others).slice(0, -1)},"alerts":[`;
  yield { of: rule.alerts(), shown: shownAlert };
  yield ']}';
}

interface RulePage {
  readonly groups: readonly { readonly group: RuleGroupView; readonly rules: readonly RuleView[] }[];
  /** '' where there are no more. */
  readonly nextToken: string;
}

/** What is asked for. */
class RuleList {
  readonly #names: ReadonlySet<string>;
  readonly #groups: ReadonlySet<string>;
  readonly #files: ReadonlySet<string>;
  readonly #selectors: readonly (readonly Matcher[])[];
  readonly #type: string;
  readonly excludeAlerts: boolean;
  /** Groups in one answer; 0: all. */
  readonly #limit: number;
  readonly #nextToken: string;

  /** @throws ApiError */
  constructor(params: URLSearchParams) {
    this.#names = new Set(params.getAll('rule_name[]'));
    this.#groups = new Set(params.getAll('rule_group[]'));
    this.#files = new Set(params.getAll('file[]'));
    this.#selectors = selectorsOf(params, badData);
    this.#type = (params.get('type') ?? '').toLowerCase();
    if (!['', 'alert', 'record'].includes(this.#type)) throw invalidParameter('type', `not supported value ${JSON.stringify(this.#type)}`);
    this.excludeAlerts = booleanParameter(params, 'exclude_alerts');
    this.#limit = groupLimitOf(params);
    this.#nextToken = this.#limit === 0 ? '' : (params.get('group_next_token') ?? '');
  }

  of(groups: readonly RuleGroupView[]): RulePage {
    const from = this.#nextToken === '' ? 0 : groups.findIndex((group) => tokenOf(group) === this.#nextToken);
    if (from < 0) throw invalidParameter('group_next_token', `invalid group_next_token '${this.#nextToken}'. were rule groups changed?`);
    const shown: { group: RuleGroupView; rules: RuleView[] }[] = [];
    for (const group of groups.slice(from)) {
      if (!isWanted(this.#groups, group.name) || !isWanted(this.#files, group.file)) continue;
      const rules = group.rules.filter((rule) => this.#wants(rule));
      if (rules.length === 0) continue;
      if (this.#limit > 0 && shown.length === this.#limit) return { groups: shown, nextToken: tokenOf(group) };
      shown.push({ group, rules });
    }
    return { groups: shown, nextToken: '' };
  }

  #wants(rule: RuleView): boolean {
    if (this.#type !== '' && this.#type !== (rule.kind === 'alerting' ? 'alert' : 'record')) return false;
    return isWanted(this.#names, rule.name) && satisfiesOne(rule.labels, this.#selectors);
  }
}

function isWanted(names: ReadonlySet<string>, name: string): boolean {
  return names.size === 0 || names.has(name);
}

function satisfiesOne(labels: Labels, selectors: readonly (readonly Matcher[])[]): boolean {
  return selectors.length === 0 || selectors.some((matchers) => matchers.every((m) => m.matches(labelValue(labels, m.name))));
}

function tokenOf({ file, name }: RuleGroupView): string {
  return createHash('sha1').update(`${file};${name}`).digest('hex');
}

function groupLimitOf(params: URLSearchParams): number {
  const text = params.get('group_limit') ?? '';
  if (text === '') {
    if ((params.get('group_next_token') ?? '') !== '')
      throw invalidParameter('group_next_token', 'group_limit needs to be present in order to paginate over the groups');
    return 0;
  }
  const limit = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(limit) || Math.abs(limit) > 2 ** 31 - 1) {
    const why = Number.isNaN(limit) && !/^[+-]?\d+$/.test(text) ? 'invalid syntax' : 'value out of range';
    throw invalidParameter(
      'group_limit',
      `group_limit needs to be a valid number: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`,
    );
  }
  if (limit <= 0) throw invalidParameter('group_limit', 'group_limit needs to be greater than 0');
  return limit;
}

function shownGroup(group: RuleGroupView): Omit<RuleGroupAnswer, 'rules'> {
  return {
    name: group.name,
    file: group.file,
    interval: group.intervalMs / 1000,
    limit: group.limit,
    evaluationTime: seconds(group.durationMs),
    lastEvaluation: timeText(group.lastEvaluationMs),
  };
}

/** Without the alerts, which are put in where they are wanted. */
function shownRule(rule: RuleView): RuleAnswer {
  const state = {
    health: rule.health,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
    evaluationTime: seconds(rule.durationMs),
    lastEvaluation: timeText(rule.lastEvaluationMs),
  };
  if (rule.kind === 'recording') {
    const labels = rule.labels.length === 0 ? {} : { labels: objectOf(rule.labels) };
    return { name: rule.name, query: rule.query, ...labels, ...state, type: rule.kind };
  }
  return {
    state: rule.state,
    name: rule.name,
    query: rule.query,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels: objectOf(rule.labels),
    annotations: objectOf(rule.annotations),
    alerts: null,
    ...state,
    type: rule.kind,
  };
}

function shownAlert(alert: AlertView): AlertAnswer {
  return {
    labels: objectOf(alert.labels),
    annotations: objectOf(alert.annotations),
    state: alert.state,
    activeAt: timeText(alert.activeMs),
    ...(alert.keepFiringSinceMs === 0 ? {} : { keepFiringSince: timeText(alert.keepFiringSinceMs) }),
    value: formatExponent(alert.value),
  };
}

/** Whole nanoseconds: the difference of two clock readings has more digits than it knows. */
function seconds(ms: number): number {
  return Math.round(ms * 1e6) / 1e9;
}

function timeText(ms: number): string {
  return ms === 0 ? NEVER : new Date(ms).toISOString();
}
