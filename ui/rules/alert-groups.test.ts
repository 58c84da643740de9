import { expect, test } from 'vitest';
import type { AlertAnswer, AlertingRuleAnswer, RuleGroupAnswer } from '../../src/answers/index.ts';
import { type AlertFilter, alertCounts, alertsOpenByThemselves, shownAlertGroups, splitQuiet } from './alert-groups.ts';

const NEVER = '0001-01-01T00:00:00Z';
const alert = (instance: string, state: string, activeAt = NEVER): AlertAnswer => ({
  labels: { instance },
  annotations: {},
  state,
  activeAt,
  value: '1e+00',
});
const rule = (name: string, state: string, ...alerts: AlertAnswer[]): AlertingRuleAnswer => ({
  type: 'alerting',
  name,
  query: 'up == 0',
  health: 'ok',
  state,
  duration: 0,
  keepFiringFor: 0,
  labels: {},
  annotations: {},
  alerts,
  evaluationTime: 0,
  lastEvaluation: NEVER,
});
const group = (name: string, ...rules: AlertingRuleAnswer[]): RuleGroupAnswer => ({
  name,
  file: 'f',
  rules,
  interval: 1,
  limit: 0,
  evaluationTime: 0,
  lastEvaluation: NEVER,
});
const GROUPS = [
  group('calm', rule('Never', 'inactive'), rule('New', 'unknown')),
  group('busy', rule('Soon', 'pending', alert('p1', 'pending')), rule('Now', 'firing', alert('a', 'pending'), alert('b', 'firing'))),
  group('none'),
];

const check = (filter: Partial<AlertFilter>, want: Record<string, string[]>) => {
  const shown = shownAlertGroups(GROUPS, { states: [], search: '', ...filter });
  const texts = shown.map(({ group, rules }) => [
    group.name,
    rules.map(({ rule, alerts }) => [rule.name, ...alerts.map(({ labels }) => labels.instance)].join(' ')),
  ]);
  expect(Object.fromEntries(texts)).toEqual(want);
  return shown;
};

test('what fires comes first', () => {
  const shown = check({}, { busy: ['Now b a', 'Soon p1'], calm: ['New', 'Never'] });
  expect(shown.map(({ group }) => group.name)).toEqual(['busy', 'calm']);
  expect(shown.map(({ counts }) => counts)).toEqual([
    { firing: 1, pending: 1, inactive: 0, unknown: 0 },
    { firing: 0, pending: 0, inactive: 1, unknown: 1 },
  ]);
});

test('filters', () => {
  check({ states: ['firing'] }, { busy: ['Now b a'] });
  check({ states: ['pending', 'inactive'] }, { busy: ['Soon p1'], calm: ['Never'] });
  check({ states: ['unknown'] }, { calm: ['New'] });
  check({ search: 'instance=b' }, { busy: ['Now b'] });
  check({ search: 'calm' }, { calm: ['New', 'Never'] });
  check({ search: 'nothing' }, {});
  check({ search: 'insce=b' }, { busy: ['Now b'] });
  check({ search: 'nvr' }, { calm: ['Never'] });
});

test('alerts are counted as they are shown, rules beside them', () => {
  const counts = (filter: Partial<AlertFilter>) => alertCounts(shownAlertGroups(GROUPS, { states: [], search: '', ...filter }));
  expect(counts({})).toEqual({ rules: 4, firing: 1, pending: 2 });
  expect(counts({ search: 'instance=b' })).toEqual({ rules: 1, firing: 1, pending: 0 });
  expect(counts({ states: ['inactive'] })).toEqual({ rules: 1, firing: 0, pending: 0 });
});

test('of alerts that have ended, those that are searched for', () => {
  const finds = (search: string) => shownAlertGroups(GROUPS, { states: [], search })[0].rules[0].finds;
  expect(finds('instance=b')({ instance: 'bb' })).toBe(true);
  expect(finds('instance=b')({ instance: 'a' })).toBe(false);
  expect(finds('Now')({ instance: 'a' })).toBe(true);
});

test('groups are in the order of what is wrong in them, whatever is shown of them', () => {
  const names = (states: string[]) => shownAlertGroups(groups, { states, search: '' }).map(({ group }) => group.name);
  const groups = [
    group('calm', rule('A', 'inactive')),
    group('new', rule('A', 'unknown')),
    group('soon', rule('A', 'inactive'), rule('B', 'pending')),
    group('calmer', rule('A', 'inactive')),
    group('now', rule('A', 'inactive'), rule('B', 'firing')),
  ];
  expect(names([])).toEqual(['now', 'soon', 'new', 'calm', 'calmer']);
  expect(names(['inactive'])).toEqual(['now', 'soon', 'calm', 'calmer']);
});

test('rules that are not active fold away together, where there are others', () => {
  const check = (rules: AlertingRuleAnswer[], lively: string, quiet: string) => {
    const split = splitQuiet(shownAlertGroups([group('g', ...rules)], { states: [], search: '' })[0].rules);
    expect([split.lively, split.quiet].map((some) => some.map(({ rule }) => rule.name).join(' '))).toEqual([lively, quiet]);
  };
  const [a, b, now, fresh] = [rule('a', 'inactive'), rule('b', 'inactive'), rule('now', 'firing'), rule('fresh', 'unknown')];
  check([a, now, b, fresh], 'now fresh', 'a b');
  check([a, now], 'now a', '');
  check([a, b], 'a b', '');
  check([a, now, b, { ...rule('fails', 'inactive'), health: 'err' }], 'now fails', 'a b');
});

test('what opens by itself', () => {
  const opened = (groups: RuleGroupAnswer[], search = '') => {
    const shown = shownAlertGroups(groups, { states: [], search });
    const opens = alertsOpenByThemselves(shown, search);
    return shown.filter(opens.group).flatMap(({ group, rules }) => [group.name, ...rules.filter(opens.rule).map(({ rule }) => rule.name)]);
  };
  const many = (name: string, count: number, state: string) =>
    group(name, ...[...Array(count).keys()].map((i) => rule(`r${i}`, state, ...(state === 'firing' ? [alert('x', 'firing')] : []))));
  expect(opened(GROUPS)).toEqual(['busy', 'Now', 'calm']);
  expect(opened([...GROUPS, many('more', 100, 'inactive')])).toEqual(['busy', 'Now']);
  expect(opened([many('all', 100, 'firing')])).toEqual(['all']);
  expect(opened([many('all', 100, 'inactive')], 'all')).toEqual(['all']);
  expect(opened([many('all', 100, 'firing')], 'instance=x')).toEqual(['all', ...[...Array(20).keys()].map((i) => `r${i}`)]);
});
