import { expect, test } from 'vitest';
import type { RuleAnswer, RuleGroupAnswer } from '../../src/answers/index.ts';
import { opensByItself, type RuleFilter, shownGroups } from './rule-groups.ts';

const NEVER = '0001-01-01T00:00:00Z';
const recording = (name: string, query = 'up'): RuleAnswer => ({
  type: 'recording',
  name,
  query,
  health: 'ok',
  evaluationTime: 0,
  lastEvaluation: NEVER,
});
const alerting = (name: string, health: 'ok' | 'err'): RuleAnswer => ({
  type: 'alerting',
  name,
  query: 'up == 0',
  health,
  ...(health === 'err' ? { lastError: 'many-to-many' } : {}),
  state: 'inactive',
  duration: 0,
  keepFiringFor: 0,
  labels: { severity: 'page' },
  annotations: { summary: 'It is down' },
  alerts: null,
  evaluationTime: 0,
  lastEvaluation: NEVER,
});
const group = (name: string, rules: readonly RuleAnswer[], evaluationTime = 0.1): RuleGroupAnswer => ({
  name,
  file: '/etc/rules.yml',
  rules,
  interval: 10,
  limit: 0,
  evaluationTime,
  lastEvaluation: NEVER,
});
const GROUPS = [
  group('one', [recording('job:up:sum', 'sum by (job) (up)'), alerting('Down', 'ok')]),
  group('two', [alerting('Broken', 'err')]),
  group('slow', [recording('slow:x')], 11),
  group('none', []),
];

const check = (filter: Partial<RuleFilter>, want: Record<string, string[]>) => {
  const shown = shownGroups(GROUPS, { types: [], health: [], search: '', ...filter });
  expect(Object.fromEntries(shown.map(({ group, rules }) => [group.name, rules.map(({ name }) => name)]))).toEqual(want);
};

test('filters', () => {
  check({}, { one: ['job:up:sum', 'Down'], two: ['Broken'], slow: ['slow:x'], none: [] });
  check({ types: ['recording'] }, { one: ['job:up:sum'], slow: ['slow:x'] });
  check({ health: ['err'] }, { two: ['Broken'] });
  check({ types: ['recording'], health: ['err'] }, {});
  check({ search: 'by (job)' }, { one: ['job:up:sum'] });
  check({ search: 'severity=page down' }, { one: ['Down'], two: ['Broken'] });
  check({ search: 'many-to-many' }, { two: ['Broken'] });
  check({ search: 'slow' }, { slow: ['slow:x'] });
  check({ search: 'jupsum' }, { one: ['job:up:sum'] });
  check({ types: ['recording'], search: 'dwn' }, {});
});

test('what opens by itself', () => {
  const opened = (groups: readonly RuleGroupAnswer[], search = '') => {
    const shown = shownGroups(groups, { types: [], health: [], search });
    return shown.filter(opensByItself(shown, search)).map(({ group }) => group.name);
  };
  const big = group(
    'big',
    [...Array(200).keys()].map((i) => recording(`r${i}`)),
  );
  expect(opened(GROUPS)).toEqual(['one', 'two', 'slow', 'none']);
  expect(opened([...GROUPS, big])).toEqual(['two', 'slow']);
  expect(opened([...GROUPS, big], 'r')).toEqual(['one', 'two', 'slow', 'big']);
  expect(opened([...[...Array(11).keys()].map((i) => group(`g${i}`, [alerting('x', 'err')])), big])).toEqual([]);
});
