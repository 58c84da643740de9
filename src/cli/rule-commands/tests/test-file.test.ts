import { expect, test } from 'vitest';
import { Findings } from '../../../config/index.ts';
import { parseStartTime } from './start-time.ts';
import { readTestFile } from './test-file.ts';

function read(text: string) {
  const findings = new Findings();
  const file = readTestFile(text, 't.yml', findings);
  expect(findings.problems).toEqual([]);
  return file;
}

function refuse(text: string, ...problems: string[]): void {
  const findings = new Findings();
  readTestFile(text, 't.yml', findings);
  expect(findings.problems).toEqual(problems);
}

test('defaults', () => {
  const none = { ruleFiles: [], evaluationIntervalMs: 60_000, groupOrder: [], fuzzyCompare: false, tests: [] };
  for (const text of ['', '{}', 'tests:', 'evaluation_interval: 0s']) expect(read(text)).toEqual(none);
  const test = {
    name: '',
    intervalMs: 30_000,
    startMs: 0,
    inputSeries: [],
    alertTests: [],
    exprTests: [],
    externalLabels: [],
    externalUrl: '',
  };
  expect(read('{evaluation_interval: 30s, tests: [{}, ]}').tests).toEqual([test]);
});

test('every key', () => {
  const file = read(`
rule_files: [a.yml, 'b*.yml']
evaluation_interval: 2m
group_eval_order: [g, h]
fuzzy_compare: true
tests:
- name: n
  interval: 1s
  start_timestamp: 5
  external_labels: {dc: eu, a: ''}
  external_url: http://x
  input_series: [{series: 'up{a="b"}', values: 1 2}]
  alert_rule_test: [{alertname: A, eval_time: 1m, exp_alerts: [{exp_labels: {z: 1, a: 2}, exp_annotations: {s: t}}, {}]}, {}]
  promql_expr_test:
  - expr: up
    eval_time: 3m
    exp_samples: [{labels: up, value: 0x10}, {value: -.inf}, {value: .NaN}, {histogram: '{{}}'}]
`);
  expect(file).toMatchObject({ ruleFiles: ['a.yml', 'b*.yml'], evaluationIntervalMs: 120_000, groupOrder: ['g', 'h'], fuzzyCompare: true });
  expect(file.tests).toEqual([
    {
      name: 'n',
      intervalMs: 1000,
      startMs: 5000,
      externalLabels: [
        ['a', ''],
        ['dc', 'eu'],
      ],
      externalUrl: 'http://x',
      inputSeries: [{ series: 'up{a="b"}', values: '1 2', place: 't.yml:12:48' }],
      alertTests: [
        {
          alertname: 'A',
          evalTimeMs: 60_000,
          expected: [
            {
              labels: [
                ['a', '2'],
                ['alertname', 'A'],
                ['z', '1'],
              ],
              annotations: [['s', 't']],
            },
            { labels: [['alertname', 'A']], annotations: [] },
          ],
        },
        { alertname: '', evalTimeMs: 0, expected: [] },
      ],
      exprTests: [
        {
          expr: 'up',
          evalTimeMs: 180_000,
          expected: [
            { labels: 'up', value: 16, histogram: '' },
            { labels: '', value: Number.NEGATIVE_INFINITY, histogram: '' },
            { labels: '', value: Number.NaN, histogram: '' },
            { labels: '', value: 0, histogram: '{{}}' },
          ],
        },
      ],
    },
  ]);
});

test('problems have their places', () => {
  refuse('a: 1', 't.yml:1:1: a: unknown key');
  refuse('tests:\n- {intervall: 1m}', 't.yml:2:4: tests[0].intervall: unknown key, did you mean interval?');
  refuse('tests: {}', 't.yml:1:8: tests: got a mapping, want a list');
  refuse(
    'tests: [{promql_expr_test: [{eval_time: soon}]}]',
    't.yml:1:41: tests[0].promql_expr_test[0].eval_time: not a valid duration string: "soon"',
  );
  refuse(
    'tests: [{promql_expr_test: [{exp_samples: [{value: NaN}]}]}]',
    't.yml:1:52: tests[0].promql_expr_test[0].exp_samples[0].value: got "NaN", want a number',
  );
  refuse('group_eval_order: [a, b, a]', 't.yml:1:1: group_eval_order: group name repeated in evaluation order: a');
  refuse('tests: [{start_timestamp: soon}]', 't.yml:1:27: tests[0].start_timestamp: cannot parse "soon" to a valid timestamp');
});

test('times at which a test begins', () => {
  const check = (text: string, timeMs: number | null) => expect(parseStartTime(text), text).toBe(timeMs);
  check('0', 0);
  check('1700000000.5', 1_700_000_000_500);
  check('-1.0004', -1000);
  check('1970-01-01T00:00:01Z', 1000);
  check('1970-01-01T01:00:01.25+01:00', 1250);
  check('1970-01-01', null);
  check('1970-13-01T00:00:00Z', null);
  check('Inf', null);
  check('NaN', null);
  check('1e13', null);
  check('', null);
});
