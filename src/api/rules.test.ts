import { expect, test } from 'vitest';
import { labelsOf } from '../model/index.ts';
import { ApiError } from './errors.ts';
import type { AlertingRuleView, RecordingRuleView, RuleGroupView } from './ports.ts';
import type { ApiRequest } from './route.ts';
import { ruleRoutes } from './rules.ts';

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const recording = (name: string, labels: Record<string, string> = {}): RecordingRuleView => ({
  kind: 'recording',
  name,
  query: 'up',
  labels: labelsOf(labels),
  health: 'ok',
  lastError: '',
  durationMs: 1.5,
  lastEvaluationMs: AT_MS,
});

const alerting = (name: string, labels: Record<string, string> = {}): AlertingRuleView => ({
  ...recording(name, labels),
  kind: 'alerting',
  health: 'err',
  lastError: 'failed',
  state: 'firing',
  forMs: 90_000,
  keepFiringForMs: 0,
  annotations: labelsOf({ summary: 'S' }),
  alerts: () => [
    {
      labels: labelsOf({ alertname: name }),
      annotations: labelsOf({ summary: 's' }),
      state: 'firing',
      activeMs: AT_MS,
      keepFiringSinceMs: AT_MS + 1000,
      value: 12.5,
    },
  ],
});

const group = (name: string, file: string, rules: RuleGroupView['rules']): RuleGroupView => ({
  name,
  file,
  rules,
  intervalMs: 15_000,
  limit: 3,
  durationMs: 2,
  lastEvaluationMs: 0,
});

const GROUPS = [
  group('a', '1', [recording('r1'), alerting('A1', { severity: 'page' })]),
  group('b', '1', [recording('r2', { team: 'x' })]),
  group('a', '2', [alerting('A2')]),
];

function ask(path: string, query: string): unknown {
  const route = ruleRoutes({ rules: { groups: () => GROUPS } }).find((one) => one.path === path)!;
  const answer = route.handle({ params: new URLSearchParams(query) } as ApiRequest);
  return (answer as { data: unknown }).data;
}

interface Shown {
  groups: { name: string; file: string; rules: { name: string }[] }[];
  groupNextToken?: string;
}

/** `file/group: rules`. */
function check(query: string, ...expected: string[]): Shown {
  const shown = ask('/rules', query) as Shown;
  expect(
    shown.groups.map(({ file, name, rules }) => `${file}/${name}: ${rules.map((rule) => rule.name).join(' ')}`),
    query,
  ).toEqual(expected);
  return shown;
}

function refused(query: string, message: string): void {
  let error: unknown;
  try {
    ask('/rules', query);
  } catch (thrown) {
    error = thrown;
  }
  expect(error, query).toBeInstanceOf(ApiError);
  expect((error as ApiError).message).toBe(message);
  expect((error as ApiError).code).toBe('bad_data');
}

test('everything of a rule', () => {
  const [first] = (ask('/rules', '') as { groups: unknown[] }).groups;
  expect(first).toEqual({
    name: 'a',
    file: '1',
    interval: 15,
    limit: 3,
    evaluationTime: 0.002,
    lastEvaluation: '0001-01-01T00:00:00Z',
    rules: [
      {
        name: 'r1',
        query: 'up',
        health: 'ok',
        evaluationTime: 0.0015,
        lastEvaluation: '2026-01-02T03:04:05.678Z',
        type: 'recording',
      },
      {
        state: 'firing',
        name: 'A1',
        query: 'up',
        duration: 90,
        keepFiringFor: 0,
        labels: { severity: 'page' },
        annotations: { summary: 'S' },
        alerts: [
          {
            labels: { alertname: 'A1' },
            annotations: { summary: 's' },
            state: 'firing',
            activeAt: '2026-01-02T03:04:05.678Z',
            keepFiringSince: '2026-01-02T03:04:06.678Z',
            value: '1.25e+01',
          },
        ],
        health: 'err',
        lastError: 'failed',
        evaluationTime: 0.0015,
        lastEvaluation: '2026-01-02T03:04:05.678Z',
        type: 'alerting',
      },
    ],
  });
});

test('filters', () => {
  check('', '1/a: r1 A1', '1/b: r2', '2/a: A2');
  check('type=alert', '1/a: A1', '2/a: A2');
  check('type=Record', '1/a: r1', '1/b: r2');
  check('rule_name[]=r1&rule_name[]=A2', '1/a: r1', '2/a: A2');
  check('rule_group[]=a', '1/a: r1 A1', '2/a: A2');
  check('file[]=1&rule_group[]=a', '1/a: r1 A1');
  check('match[]={severity="page"}', '1/a: A1');
  check('match[]={severity="page"}&match[]={team=~".%2B"}', '1/a: A1', '1/b: r2');
  check('file[]=3');
});

test('without alerts', () => {
  const alertsOf = (query: string) => (ask('/rules', query) as { groups: { rules: { alerts?: unknown }[] }[] }).groups[0].rules[1].alerts;
  expect(alertsOf('exclude_alerts=true')).toBeNull();
  expect(alertsOf('exclude_alerts=0')).toHaveLength(1);
});

test('page by page', () => {
  const { groupNextToken } = check('group_limit=2', '1/a: r1 A1', '1/b: r2');
  expect(groupNextToken).toMatch(/^[0-9a-f]{40}$/);
  expect(check(`group_limit=2&group_next_token=${groupNextToken}`, '2/a: A2').groupNextToken).toBeUndefined();
  expect(check('group_limit=3', '1/a: r1 A1', '1/b: r2', '2/a: A2').groupNextToken).toBeUndefined();
  expect(check('group_limit=1&type=record', '1/a: r1').groupNextToken).toMatch(/^[0-9a-f]{40}$/);
});

test('what is refused', () => {
  refused('type=x', 'invalid parameter "type": not supported value "x"');
  refused('match[]=', 'unknown position: parse error: unexpected end of input');
  refused('match[]={a=""}', 'match[] must contain at least one non-empty matcher');
  refused(
    'exclude_alerts=x',
    'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax',
  );
  refused('group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0');
  refused('group_limit=-2', 'invalid parameter "group_limit": group_limit needs to be greater than 0');
  refused(
    'group_limit=x',
    'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
  );
  refused(
    'group_limit=99999999999',
    'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "99999999999": value out of range',
  );
  refused(
    'group_next_token=x',
    'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
  );
  refused(
    'group_limit=1&group_next_token=x',
    'invalid parameter "group_next_token": invalid group_next_token \'x\'. were rule groups changed?',
  );
});

test('alerts of all rules', () => {
  expect((ask('/alerts', '') as { alerts: { labels: unknown }[] }).alerts.map(({ labels }) => labels)).toEqual([
    { alertname: 'A1' },
    { alertname: 'A2' },
  ]);
});
