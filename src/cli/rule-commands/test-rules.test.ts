// What promtool of Prometheus 2.42 does not know, and how it is told; the rest is compared with it in test/interop/rule-tests.test.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { TestRulesCommand } from './command.ts';
import { testRules } from './test-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const defaults = { run: [], diff: false, debug: false, ignoreUnknownFields: false, junit: null, features: [] };

/** The exit code and what is said, the file's own name and empty lines left out; what goes to standard error behind a `!`. */
async function run(text: string, command: Partial<TestRulesCommand> = {}): Promise<unknown[]> {
  const file = write('tests.yml', text);
  const lines: string[] = [];
  const report = { say: (line: string) => void lines.push(line), complain: (line: string) => void lines.push(`!${line}`) };
  const code = await testRules({ verb: 'test-rules', files: [file], ...defaults, ...command }, report, () => new Date(0));
  expect(lines[0]).toBe(`Unit Testing:  ${file}`);
  return [code, ...lines.slice(1).filter((line) => line !== '')].map((line) =>
    typeof line === 'string' ? line.replace(file, 'FILE') : line,
  );
}

const expr = (text: string, at: string, labels: string, value: string): string =>
  `  - {expr: '${text}', eval_time: ${at}, exp_samples: [{labels: '${labels}', value: ${value}}]}\n`;

test('a test that begins at some time', async () => {
  write(
    'year.yml',
    'groups: [{name: g, rules: [{record: y, expr: "year() + 0 * x"}, {alert: A, expr: x > 1, annotations: {y: "{{ query `y` | first | value }}"}}]}]',
  );
  const text = `rule_files: [year.yml]
tests:
- start_timestamp: 2024-02-03T04:05:06.789Z
  input_series: [{series: x, values: 1+1x5}]
  promql_expr_test:
${expr('time()', '90s', '', '1706933196.789')}${expr('timestamp(x)', '90s', '', '1706933166.789')}${expr('y', '1m', 'y', '2024')}  alert_rule_test:
  - {alertname: A, eval_time: 59s}
  - {alertname: A, eval_time: 61s, exp_alerts: [{exp_annotations: {y: '2024'}}]}
- start_timestamp: -60
  input_series: [{series: x, values: 1+1x5}]
  promql_expr_test:
${expr('timestamp(x)', '0s', '', '-60')}${expr('y', '1m', 'y', '1970')}`;
  expect(await run(text)).toEqual([0, '  SUCCESS']);
});

test('an offset of queries', async () => {
  write('offset.yml', 'groups: [{name: g, query_offset: 2m, rules: [{record: y, expr: x}, {record: z, expr: absent(x)}]}]');
  const tests = `rule_files: [offset.yml]\ntests:\n- input_series: [{series: x, values: 1+1x9}]\n  promql_expr_test:\n`;
  expect(
    await run(
      `${tests}${expr('y', '5m', 'y', '4')}${expr('timestamp(y)', '5m', '', '180')}${expr('count_over_time(z[5m])', '0m', '', '2')}`,
    ),
  ).toEqual([0, '  SUCCESS']);
});

test('neighbours count as equal where they are to', async () => {
  const tests = `tests:\n- promql_expr_test:\n${expr('0.1 + 0.2', '0m', '', '0.3')}`;
  expect(await run(`fuzzy_compare: true\n${tests}`)).toEqual([0, '  SUCCESS']);
  expect(await run(tests)).toEqual([
    1,
    '!  FAILED:',
    '!    expr: "0.1 + 0.2", time: 0s,\n        exp: {} 3E-01\n        got: {} 3.0000000000000004E-01',
  ]);
});

test('native histograms are refused', async () => {
  expect(
    await run(
      "tests:\n- input_series: [{series: x, values: '1 {{sum:1}}x3'}]\n- promql_expr_test: [{expr: '1', exp_samples: [{histogram: '{{}}'}]}]\n",
    ),
  ).toEqual([
    1,
    '!  FAILED:',
    '!FILE:2:38: cannot load series x: native histograms are not supported yet',
    '!    expr: "1", time: 0s, err: labels "": native histograms are not supported yet',
  ]);
});

test('series that are none', async () => {
  const check = async (series: string, values: string, problem: string) =>
    expect((await run(`tests:\n- input_series: [{series: '${series}', values: '${values}'}]\n`))[2]).toContain(problem);
  await check('x', '1 two', 'FILE:2:40: cannot read input series "x": cannot read value "two"');
  await check('', '1', 'cannot load a series without labels');
  await check('x{a!="b"}', '1', 'got != behind a, want =');
});

const NAMED = `tests:
- {name: one two, promql_expr_test: [{expr: '1', exp_samples: []}]}
- {name: three, promql_expr_test: [{expr: '3', exp_samples: []}]}
- {promql_expr_test: [{expr: '4', exp_samples: []}]}
`;

test('some tests alone', async () => {
  const failed = async (...names: string[]) =>
    (await run(NAMED, { run: names })).flatMap((line) => /expr: "(.)"/.exec(String(line))?.[1] ?? []).join('');
  expect([await failed(), await failed('^one'), await failed('two', 'three'), await failed('^$'), await failed('nine')]).toEqual([
    ...['134', '1', '13', '4', ''],
  ]);
  await expect(run(NAMED, { run: ['('] })).rejects.toThrow('cannot read flag --run: ');
});

test('JUnit XML', async () => {
  const junit = join(folder, 'out.xml');
  await run(NAMED, { junit, run: ['one', '^$'] });
  const written = readFileSync(junit, 'utf8').replace(/timestamp="[^"]*"/, 'timestamp="T"');
  const failure = (digit: number) =>
    `<failure>    expr: &#34;${digit}&#34;, time: 0s,&#xA;        exp: nil&#xA;        got: {} ${digit}E+00</failure>`;
  expect(written).toBe(
    `<testsuites><testsuite name="${join(folder, 'tests.yml')}" tests="2" failures="2" errors="0" skipped="0" timestamp="T">` +
      `<testcase name="one two">${failure(1)}</testcase><testcase name="unnamed#2">${failure(4)}</testcase></testsuite></testsuites>`,
  );
  await run('a: 1', { junit });
  expect(readFileSync(junit, 'utf8')).toMatch(/errors="1".*<testcase name="unknown"><error>\S+tests\.yml:1:1: a: unknown key<\/error>/);
  await expect(run(NAMED, { junit: join(folder, 'none', 'out.xml') })).rejects.toThrow('cannot write JUnit XML: ');
});

test('what differs alone', async () => {
  write('down.yml', 'groups: [{name: g, rules: [{alert: A, expr: x, annotations: {s: t}}]}]');
  const text = `rule_files: [down.yml]
tests:
- input_series: [{series: 'x{i="1"}', values: 1x9}, {series: 'x{i="2"}', values: 1x9}]
  alert_rule_test:
  - {alertname: A, eval_time: 1m, exp_alerts: [{exp_labels: {i: 1}, exp_annotations: {s: t}}, {exp_labels: {i: 2}, exp_annotations: {s: u}}]}
  promql_expr_test:
${expr('x', '1m', 'x{i="2"}', '1')}`;
  expect(await run(text, { diff: true })).toEqual([
    1,
    '!  FAILED:',
    `!    alertname: A, time: 1m, 
        diff (- expected, + got):
              [
              0:
                Labels:{alertname="A", i="1"}
                Annotations:{s="t"},
              1:
                Labels:{alertname="A", i="2"}
            -   Annotations:{s="u"}
            +   Annotations:{s="t"}
              ]`,
    `!    expr: "x", time: 1m,
        diff (- expected, + got):
            + {__name__="x", i="1"} 1E+00
              {__name__="x", i="2"} 1E+00`,
  ]);
});

test('all that there is', async () => {
  write('rec.yml', 'groups: [{name: g, rules: [{record: y, expr: x * 2}]}]');
  const text = `rule_files: [rec.yml]\ntests:\n- {name: n, input_series: [{series: x, values: 1 2.5 stale}], promql_expr_test: [{expr: x, eval_time: 2m}]}\n`;
  expect(await run(text, { debug: true })).toEqual([
    0,
    '!DEBUG: Starting test n',
    '!DEBUG: Dump of all data (input_series and rules) at 2m1s:',
    '!{__name__="x"} =>\n2.5 @[60000]\n{__name__="y"} =>\n5 @[60000]',
    expect.stringMatching(/^!DEBUG: Test n finished, took [\d.]+ms$/),
    '  SUCCESS',
  ]);
});

test('rule files', async () => {
  write('note.yml', 'groups: [{name: g, note: n, rules: [{record: y, expr: x}]}]');
  const text = 'rule_files: [note.yml]\ntests: [{}, {name: b}]\n';
  const problem = `!${join(folder, 'note.yml')}:1:20: groups[0].note: unknown key`;
  expect(await run(text)).toEqual([1, '!  FAILED:', problem, problem]);
  expect(await run(text, { ignoreUnknownFields: true })).toEqual([0, '  SUCCESS']);
  expect(await run("rule_files: ['none*.yml']\n")).toEqual([
    0,
    `!  WARNING: no file match pattern ${join(folder, 'none*.yml')}`,
    '  SUCCESS',
  ]);
});

test('parts of the language that have to be asked for', async () => {
  const text = `tests:\n- promql_expr_test:\n${expr('sort_by_label(vector(1), "a")', '0m', '', '1')}`;
  expect((await run(text))[0]).toBe(1);
  expect(await run(text, { features: ['promql-experimental-functions'] })).toEqual([0, '  SUCCESS']);
});
