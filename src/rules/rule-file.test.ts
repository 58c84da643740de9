import { expect, test } from 'vitest';
import { Findings } from '../config/index.ts';
import { STABLE_LANGUAGE } from '../promql/index.ts';
import { readRules } from './rule-file.ts';

function read(content: string) {
  const findings = new Findings();
  const groups = readRules(content, { file: 'a.yml', features: STABLE_LANGUAGE }, findings);
  return { groups, problems: findings.problems };
}

const inGroup = (rules: string): string => `groups:\n- name: g\n  rules:\n${rules.replace(/^/gm, '  ')}`;

test('a whole file', () => {
  const { groups, problems } = read(`groups:
- name: one
  interval: 30s
  query_offset: 1m
  limit: 10
  labels: {team: a, tier: group}
  rules:
  - record: job:up:sum
    expr: |
      sum by(job)
        (up)
    labels: {tier: rule, gone: ''}
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 10m
    labels: {severity: page}
    annotations: {summary: 'x is {{ $value }}'}
- name: two
`);
  expect(problems).toEqual([]);
  expect(groups).toEqual([
    {
      name: 'one',
      file: 'a.yml',
      intervalMs: 30_000,
      queryOffsetMs: 60_000,
      limit: 10,
      rules: [
        {
          kind: 'recording',
          name: 'job:up:sum',
          index: 0,
          query: 'sum by (job) (up)',
          labels: [
            ['gone', ''],
            ['team', 'a'],
            ['tier', 'rule'],
          ],
          place: 'a.yml:8:5',
        },
        {
          kind: 'alerting',
          name: 'Down',
          index: 1,
          query: 'up == 0',
          labels: [
            ['severity', 'page'],
            ['team', 'a'],
            ['tier', 'group'],
          ],
          annotations: [['summary', 'x is {{ $value }}']],
          forMs: 300_000,
          keepFiringForMs: 600_000,
          place: 'a.yml:13:5',
        },
      ],
    },
    { name: 'two', file: 'a.yml', intervalMs: 0, queryOffsetMs: null, limit: 0, rules: [] },
  ]);
});

test('nothing is no problem', () => {
  for (const content of ['', '# nothing', 'groups:', 'groups: []', 'groups: [{name: a}]', 'groups: [{name: a, rules: }]'])
    expect(read(content).problems, content).toEqual([]);
});

test('what is refused, where and why', () => {
  const check = (content: string, ...expected: string[]) => expect(read(content).problems, content).toEqual(expected);
  check('group: []', 'a.yml:1:1: group: unknown key, did you mean groups?');
  check('groups: 5', 'a.yml:1:9: groups: got "5", want a list');
  check('groups: [{rules: []}]', 'a.yml:1:10: groups[0]: Groupname must not be empty');
  check('groups: [{name: ""}]', 'a.yml:1:11: groups[0].name: Groupname must not be empty');
  check('groups: [{name: a}, {name: a}]', 'a.yml:1:22: groups[1].name: groupname: "a" is repeated in the same file');
  check('groups: [{name: a, intervall: 1s}]', 'a.yml:1:20: groups[0].intervall: unknown key, did you mean interval?');
  check('groups: [{name: a, interval: 1x}]', 'a.yml:1:30: groups[0].interval: not a valid duration string: "1x"');
  check('groups: [{name: a, limit: x}]', 'a.yml:1:27: groups[0].limit: got "x", want a whole number');
  check('groups: [{name: a, labels: {__name__: x}}]', 'a.yml:1:29: groups[0].labels.__name__: invalid label name: __name__');
  check('groups:\n- name: a\n- name', 'a.yml:3:3: groups[1]: got "name", want a mapping');
  const rule = (text: string, ...expected: string[]) => check(inGroup(`- ${text}`), ...expected.map((one) => `a.yml:4:${one}`));
  rule('{expr: up}', "5: groups[0].rules[0]: one of 'record' or 'alert' must be set");
  rule('{record: a, alert: b, expr: up}', "17: groups[0].rules[0].alert: only one of 'record' and 'alert' must be set");
  rule('{record: a}', "5: groups[0].rules[0]: field 'expr' must be set in rule");
  rule('{record: a, expr: "sum("}', '23: groups[0].rules[0].expr: could not parse expression: 1:5: parse error: unclosed left parenthesis');
  rule(
    '{record: "a{b=\\"c\\"}", expr: up}',
    '6: groups[0].rules[0].record: braces present in the recording rule name; should it be in expr?: a{b="c"}',
  );
  rule('{record: a, expr: up, for: 5m}', "27: groups[0].rules[0].for: invalid field 'for' in recording rule");
  rule(
    '{record: a, expr: up, keep_firing_for: 5m}',
    "27: groups[0].rules[0].keep_firing_for: invalid field 'keep_firing_for' in recording rule",
  );
  rule('{record: a, expr: up, annotations: {b: c}}', "27: groups[0].rules[0].annotations: invalid field 'annotations' in recording rule");
  rule('{alert: a, expr: up, labels: {"": c}}', '35: groups[0].rules[0].labels.: invalid label name: ');
  rule('{alert: a, expr: up, annotations: {"": c}}', '40: groups[0].rules[0].annotations.: invalid annotation name: ');
});

test('a template stands where it stands', () => {
  const { problems } = read(inGroup("- alert: a\n  expr: up\n  annotations:\n    good: '{{ $value }}'\n    bad: '{{ $nope }}'"));
  expect(problems).toEqual([
    'a.yml:8:7: groups[0].rules[0].annotations.bad: annotation "bad": template: __alert_a:1: undefined variable "$nope"',
  ]);
});

test('every problem is told', () => {
  expect(read(inGroup('- {record: a, expr: "("}\n- {expr: up}\n- {alert: c, expr: ""}')).problems).toHaveLength(3);
});
