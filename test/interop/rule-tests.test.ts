// Rules and their unit tests into `promtool test rules` of the real Prometheus 2.42 and into ours: the same verdict for each file, and word
// for word the same about what failed, but for files that cannot be read: there only the verdict counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPeer, requirePeer } from '../support/peers.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rule-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Case {
  readonly name: string;
  readonly rules: string;
  readonly tests: string;
  readonly verdict: 'SUCCESS' | 'FAILED';
  /** Errors are worded in another way. */
  readonly otherWords: boolean;
}
const cases: Case[] = [];

const pass = (name: string, rules: string, tests: string): void => {
  cases.push({ name, rules, tests, verdict: 'SUCCESS', otherWords: false });
};
const fail = (name: string, rules: string, tests: string, { otherWords = false } = {}): void => {
  cases.push({ name, rules, tests, verdict: 'FAILED', otherWords });
};
const group = (name: string, ...rules: string[]): string => `- name: ${name}\n  rules: [${rules.join(', ')}]\n`;
const rules = (...list: string[]): string => group('g', ...list);
/** A test over these series. */
const over = (series: Record<string, string>, rest: string): string =>
  `- interval: 1m\n  input_series:\n${Object.entries(series)
    .map(([name, values]) => `  - {series: '${name}', values: '${values}'}\n`)
    .join('')}${rest}`;
const expr = (text: string, at: string, samples: Record<string, string> = {}): string =>
  `  - expr: '${text}'\n    eval_time: ${at}\n    exp_samples: [${Object.entries(samples)
    .map(([labels, value]) => `{labels: '${labels}', value: ${value}}`)
    .join(', ')}]\n`;
const exprs = (...list: string[]): string => `  promql_expr_test:\n${list.join('')}`;
const alert = (name: string, at: string, ...expected: string[]): string =>
  `  - {alertname: ${name}, eval_time: ${at}, exp_alerts: [${expected.join(', ')}]}\n`;
const alerts = (...list: string[]): string => `  alert_rule_test:\n${list.join('')}`;

const NO_RULES = '  []\n';
const SUM = '{record: "job:x:sum", expr: "sum by (job) (x)"}';
const DOWN = '{alert: Down, expr: "up == 0", for: 2m, labels: {severity: page}, annotations: {summary: "all is lost"}}';

// Recording rules.
pass(
  'a sum',
  rules(SUM),
  over({ 'x{job="a",i="1"}': '1+1x9', 'x{job="a",i="2"}': '1x9' }, exprs(expr('job:x:sum', '4m', { 'job:x:sum{job="a"}': '6' }))),
);
fail(
  'a wrong sum',
  rules(SUM),
  over({ 'x{job="a"}': '1+1x9' }, exprs(expr('job:x:sum', '4m', { 'job:x:sum{job="a"}': '6' }), expr('x', '3m'))),
);
fail(
  'several samples',
  rules(SUM),
  over({ 'x{job="a"}': '1+1x9', 'x{job="b"}': '.5e-9x3' }, exprs(expr('job:x:sum', '2m', { 'job:x:sum': '1', '{a="b"}': '2' }))),
);
pass(
  'rules that look at each other, in their order',
  rules('{record: a, expr: x + 1}', '{record: b, expr: a * 2, labels: {of: a}}', '{record: c, expr: "b offset 1m"}'),
  over({ x: '1+1x9' }, exprs(expr('b', '3m', { 'b{of="a"}': '10' }), expr('c', '3m', { 'c{of="a"}': '8' }), expr('c', '0m'))),
);
pass(
  'a label that is taken away',
  rules('{record: a, expr: x, labels: {job: ""}}'),
  over({ 'x{job="a"}': '1x9' }, exprs(expr('a', '1m', { a: '1' }))),
);
pass(
  'a scalar',
  rules('{record: a, expr: 1 + 1}'),
  over({}, exprs(expr('a', '1m', { a: '2' }), expr('3', '1m', { '{}': '3' }), expr('time()', '90s', { '': '90' }))),
);
fail(
  'one label set twice',
  rules('{record: a, expr: "label_replace(x, \\"i\\", \\"\\", \\"i\\", \\".*\\")"}'),
  over({ 'x{i="1"}': '1x9', 'x{i="2"}': '1x9' }, exprs(expr('a', '1m'))),
);
fail(
  'a limit',
  '- {name: g, limit: 1, rules: [{record: a, expr: x}]}\n',
  over({ 'x{i="1"}': '1x9', 'x{i="2"}': '_ _ 1x9' }, exprs(expr('a', '5m'))),
);
fail(
  'a limit of alerts',
  '- {name: g, limit: 1, rules: [{alert: a, expr: x}]}\n',
  over({ 'x{i="1"}': '1x9', 'x{i="2"}': '_ _ 1x9' }, alerts(alert('a', '1m', '{exp_labels: {i: 1}}'), alert('a', '5m'))),
);
fail(
  'a query that fails',
  rules('{record: a, expr: "x * on () y"}'),
  over({ 'x{i="1"}': '1x9', 'x{i="2"}': '1x9', y: '1x9' }, exprs(expr('a', '2m'))),
);
fail('its own input', rules('{record: x, expr: "x + 1"}'), over({ x: '1x9' }, exprs(expr('x', '2m', { x: '1' }))));
pass(
  'a series that a rule goes on with',
  rules('{record: x, expr: "(x offset 1m) + 1"}'),
  over({ x: '1' }, exprs(expr('x', '0m', { x: '1' }), expr('x', '3m', { x: '4' }))),
);

// What series may look like.
pass(
  'values',
  NO_RULES,
  over(
    { a: '-2+4x3', b: ' 1-2x4', c: '1x4', d: '1 _x3 stale', e: '1.5e3 -.5 Inf -Inf +1 0x2', '{__name__="f",l="é\\"✓"}': '1 2', g: '  7  ' },
    exprs(
      expr('a', '3m', { a: '10' }),
      expr('b', '4m', { b: '-7' }),
      expr('c', '4m', { c: '1' }),
      expr('d', '3m', { d: '1' }),
      expr('d', '4m'),
      expr('e', '2m', { e: '.inf' }),
      expr('e', '3m', { e: '-.Inf' }),
      expr('e', '7m', { e: '0' }),
      expr('f', '1m', { 'f{l="é\\"✓"}': '2' }),
      expr('g', '4m', { g: '7' }),
      expr('g', '6m'),
    ),
  ),
);
pass(
  'the last line of a series counts',
  NO_RULES,
  `- interval: 1m\n  input_series: [{series: 'x{a="1"}', values: 1 1}, {series: 'x{ a = "1" }', values: 5 6}]\n${exprs(expr('x', '1m', { 'x{a="1"}': '6' }))}`,
);
fail('no such value', NO_RULES, over({ x: '1 two' }, exprs(expr('x', '0m'))), { otherWords: true });
fail('no such series', NO_RULES, over({ 'x{a!="b"}': '1' }, exprs(expr('x', '0m'))), { otherWords: true });
fail('NaN is not even itself', NO_RULES, over({ x: 'NaN' }, exprs(expr('x', '0m', { x: '.nan' }))));
fail('infinite values', NO_RULES, over({ x: 'Inf', y: '-Inf' }, exprs(expr('{__name__=~"x|y"}', '0m'))));
fail(
  'large and small values',
  NO_RULES,
  over({ 'x{i="1"}': '123456789', 'x{i="2"}': '1e-300', 'x{i="3"}': '-0', 'x{i="4"}': '0.1' }, exprs(expr('x', '0m'))),
);

// Queries.
pass(
  'windows and subqueries',
  rules('{record: r, expr: "rate(x[90s])"}'),
  over(
    { x: '0+60x20' },
    exprs(
      expr('r', '10m', { r: '1' }),
      expr('max_over_time(r[150s])', '10m', { '{}': '1' }),
      expr('sum_over_time(vector(1)[210s:])', '10m', { '{}': '4' }),
    ),
  ),
);
pass(
  'absent',
  rules('{record: gone, expr: "absent(x{a=\\"b\\"})"}'),
  over({ 'x{a="b"}': '1 stale' }, exprs(expr('gone', '0m'), expr('gone', '1m', { 'gone{a="b"}': '1' }))),
);
fail('no such query', rules(SUM), over({ x: '1' }, exprs(expr('x +', '1m'), expr('nosuch(x)', '1m'))));
fail('a string and a range', NO_RULES, over({ x: '1 1' }, exprs(expr('"a"', '1m'), expr('x[5m]', '1m'))));
fail('no such labels', NO_RULES, over({ x: '1 1' }, exprs(expr('x', '1m', { 'x{a=1}': '1' }))), { otherWords: true });
pass(
  'only what was loaded by the last evaluation',
  NO_RULES,
  `- interval: 20s\n  input_series: [{series: x, values: 1+1x9}]\n${exprs(expr('x', '1m50s', { x: '4' }))}`,
);

// Alerts.
const page = '{exp_labels: {job: a, severity: page}, exp_annotations: {summary: "all is lost"}}';
pass(
  'an alert fires after its time',
  rules(DOWN),
  over(
    { 'up{job="a"}': '1 0x9' },
    alerts(alert('Down', '1m'), alert('Down', '2m'), alert('Down', '3m', page), alert('Down', '3m59s', page)),
  ),
);
fail('too early', rules(DOWN), over({ 'up{job="a"}': '1 0x9' }, alerts(alert('Down', '2m', page))));
fail(
  'not expected',
  rules(DOWN),
  over({ 'up{job="b"}': '0x9', 'up{job="a"}': '0x9', 'up{job="c"}': '1x9' }, alerts(alert('Down', '2m'), alert('Down', '5m', page))),
);
fail(
  'another annotation',
  rules(DOWN),
  over(
    { 'up{job="a"}': '0x9' },
    alerts(alert('Down', '5m', '{exp_labels: {job: a, severity: page}, exp_annotations: {summary: "all is well", a: b}}')),
  ),
);
fail('with a name', rules(DOWN), `- name: named\n  input_series: [{series: 'up{job="a"}', values: 0x9}]\n${alerts(alert('Down', '5m'))}`);
fail('without an alert name', rules(DOWN), `- name: named\n${alerts('  - {eval_time: 5m}\n')}\n- {}\n`);
fail('no such alert', rules(DOWN), over({ up: '0x9' }, alerts(alert('Up', '5m', page))));
pass(
  'an alert that ends, and begins anew',
  rules(DOWN),
  over(
    { 'up{job="a"}': '0x3 1 0x9' },
    alerts(alert('Down', '3m', page), alert('Down', '4m'), alert('Down', '6m'), alert('Down', '7m', page)),
  ),
);
pass(
  'keep_firing_for',
  rules('{alert: Down, expr: "up == 0", for: 1m, keep_firing_for: 3m, labels: {severity: page}, annotations: {summary: "all is lost"}}'),
  over(
    { 'up{job="a"}': '0 0 1x1 0 1x9' },
    alerts(alert('Down', '1m', page), alert('Down', '3m', page), alert('Down', '4m', page), alert('Down', '7m', page), alert('Down', '8m')),
  ),
);
pass(
  'ALERTS as series',
  rules(DOWN, '{record: firing, expr: "count(ALERTS{alertstate=\\"firing\\"})"}'),
  over(
    { 'up{job="a"}': '0x3 1 0x9' },
    exprs(
      expr('ALERTS', '1m', { 'ALERTS{alertname="Down",alertstate="pending",job="a",severity="page"}': '1' }),
      expr('ALERTS', '3m', { 'ALERTS{alertname="Down",alertstate="firing",job="a",severity="page"}': '1' }),
      expr('ALERTS', '4m'),
      expr('ALERTS_FOR_STATE', '6m', { 'ALERTS_FOR_STATE{alertname="Down",job="a",severity="page"}': '300' }),
      expr('firing', '2m', { firing: '1' }),
      expr('firing', '4m'),
    ),
  ),
);
pass(
  'the same name in two groups',
  group('g', DOWN) + group('h', DOWN.replace('page', 'mail')),
  over({ 'up{job="a"}': '0x9' }, alerts(alert('Down', '2m', page, page.replace('page', 'mail')))),
);
pass(
  'alerts of one label set',
  rules('{alert: A, expr: "x > 1", labels: {l: ""}}'),
  over({ 'x{l="1",k="2"}': '2x9' }, alerts(alert('A', '2m', '{exp_labels: {k: "2"}}'))),
);
fail(
  'alerts that are the same',
  rules('{alert: A, expr: "x > 1", labels: {l: ""}}'),
  over({ 'x{l="1"}': '2x9', 'x{l="2"}': '3x9' }, alerts(alert('A', '2m', '{}'))),
);

// Templates.
const told = (template: string): string =>
  rules(
    `{alert: A, expr: "x > 1", labels: {v: "{{ $value }}"}, annotations: {a: "${template.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"}}`,
  );
const a = (text: string): string => `{exp_labels: {job: j, v: "1.234567e+06"}, exp_annotations: {a: "${text.replaceAll('"', '\\"')}"}}`;
const x = { 'x{job="j"}': '1234567x9', y: '1+1x9' };
pass(
  'labels and a value',
  told('{{ $labels.job }}: {{ $value | humanize }}{{ if gt $value 5.0 }}!{{ end }}'),
  over(x, alerts(alert('A', '1m', a('j: 1.235M!')))),
);
pass(
  'a query',
  told('{{ with query "y" }}{{ . | first | value }}{{ end }} {{ range query "x" }}{{ .Labels.job }}{{ end }}'),
  over(x, alerts(alert('A', '3m', a('4 j')))),
);
pass(
  'from outside',
  told('{{ $externalLabels.dc }} {{ $externalURL }}'),
  over(x, `  external_labels: {dc: eu}\n  external_url: http://p/q\n${alerts(alert('A', '1m', a('eu http://p/q')))}`),
);
pass('nothing from outside', told('[{{ $externalLabels.dc }}] [{{ $externalURL }}]'), over(x, alerts(alert('A', '1m', a('[] []')))));
fail('a template that fails', told('{{ humanize "a" }}'), over(x, alerts(alert('A', '1m', a('')))));
fail('texts with signs', told('<{{ printf "%q\\n%.2f" $labels.job $value }}>'), over(x, alerts(alert('A', '1m', a('')))));
fail('no template', told('{{ nosuch }}'), over(x, alerts(alert('A', '1m', a('')))), { otherWords: true });

// Groups in order.
const LATER = group('later', '{record: b, expr: a}');
const EARLIER = group('earlier', '{record: a, expr: x}');
const ordered = (order: string) => over({ x: '1+1x9' }, exprs(expr('b', '5m', { b: '6' }))).replace(/^/, `ORDER ${order}\n`);
pass('groups in order', LATER + EARLIER, ordered('[earlier, later]'));
fail('groups in another order', LATER + EARLIER, ordered('[later, earlier]'));
fail('a group twice in the order', LATER + EARLIER, ordered('[later, later]'), { otherWords: true });

// Files.
fail('a key that nobody knows', rules(SUM), '- {intervall: 1m}\n', { otherWords: true });
fail('a time that is none', rules(SUM), over({}, exprs(expr('x', 'soon'))), { otherWords: true });
fail('a rule that is none', rules('{record: a}'), over({}, exprs(expr('1', '1m', { '{}': '1' }))), { otherWords: true });
pass('a rule that is none, and no test', rules('{record: a}'), '  []\n');
pass('nothing is expected', rules(SUM), '- {}\n');
pass(
  'other intervals',
  '- {name: g, interval: 10s, rules: [{record: r, expr: x}]}\n',
  `INTERVAL 30s\n- interval: 10s\n  input_series: [{series: x, values: 0+1x20}]\n${exprs(expr('r', '90s', { r: '9' }), expr('count_over_time(r[95s])', '90s', { '{}': '4' }))}`,
);

function write({ rules: ruleText, tests }: Case, index: number): string {
  const [, order = '[]'] = /^ORDER (.*)\n/.exec(tests) ?? [];
  const [, interval = '1m'] = /^INTERVAL (.*)\n/.exec(tests) ?? [];
  writeFileSync(join(folder, `rules-${index}.yml`), `groups:\n${ruleText}`);
  const file = join(folder, `tests-${index}.yml`);
  const list = tests.replace(/^(?:ORDER|INTERVAL) .*\n/, '');
  writeFileSync(file, `rule_files: [rules-${index}.y*]\nevaluation_interval: ${interval}\ngroup_eval_order: ${order}\ntests:\n${list}`);
  return file;
}

/** What is said of each file; both kinds of output as they come. */
function run(program: string, files: readonly string[]): readonly string[] {
  const { stdout, status } = spawnSync('sh', ['-c', '"$0" test rules "$@" 2>&1', program, ...files], { encoding: 'utf8' });
  expect(status).toBe(1);
  return stdout.split(/^Unit Testing: {2}.*\n/m).slice(1);
}

describe.runIf(requirePeer('promtool'))('unit tests of rules', () => {
  let theirs: readonly string[];
  let ours: readonly string[];
  beforeAll(() => {
    const files = cases.map(write);
    theirs = run(findPeer('promtool')!, files);
    ours = run(PROGRAM, files);
  }, 60_000);

  test.each(cases.map((each, index) => ({ ...each, index })))('$name', ({ index, verdict, otherWords }) => {
    const verdictOf = (said: string) => /^ {2}(SUCCESS|FAILED)/m.exec(said)?.[1];
    expect([verdictOf(theirs[index]), verdictOf(ours[index])], `${theirs[index]}\n${ours[index]}`).toEqual([verdict, verdict]);
    if (!otherWords) expect(ours[index]).toBe(theirs[index]);
  });
});
