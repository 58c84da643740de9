import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkConfigs } from './check-config.ts';
import { checkRules } from './check-rules.ts';
import type { CheckConfigCommand, CheckRulesCommand, Report } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = 'groups: [{name: a, rules: [{record: x, expr: y}, {alert: x, expr: y, labels: {l: m}}]}]\n';
const TWICE =
  'groups: [{name: a, labels: {l: m}, rules: [{record: x, expr: y}]}, {name: b, rules: [{record: x, expr: z, labels: {l: m}}]}]\n';
const BAD = 'groups: [{name: a, note: b, rules: [{record: x}]}]\n';
const DUPLICATE =
  'lint error 1 duplicate rule(s) found.\nMetric: x\nLabel(s):\n\tl: m\nMight cause inconsistency while recording expressions';

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Lines of both kinds, those of standard error behind a `!`. */
function reported(work: (report: Report) => number): unknown[] {
  const lines: string[] = [];
  const code = work({ say: (line) => void lines.push(line), complain: (line) => void lines.push(`!${line}`) });
  return [code, ...lines];
}

const lint = { lint: 'duplicate-rules', lintFatal: false, ignoreUnknownFields: false, features: [] };

function check(command: Partial<CheckRulesCommand>, input: string, ...expected: unknown[]): void {
  expect(reported((report) => checkRules({ verb: 'check-rules', files: [], ...lint, ...command }, report, () => input))).toEqual(expected);
}

test('standard input', () => {
  check({}, GOOD, 0, 'Checking standard input', '  SUCCESS: 2 rules found', '');
  check({}, '', 0, 'Checking standard input', '  SUCCESS: 0 rules found', '');
});

test('rules that stand there twice', () => {
  const told = ['Checking standard input', '!  FAILED:', `!${DUPLICATE}`, ''];
  check({}, TWICE, 0, ...told);
  check({ lint: 'all' }, TWICE, 0, ...told);
  check({ lintFatal: true }, TWICE, 3, ...told);
  const silent = ['Checking standard input', '  SUCCESS: 2 rules found', ''];
  check({ lint: 'none', lintFatal: true }, TWICE, 0, ...silent);
  check({ lint: '', lintFatal: true }, TWICE, 0, ...silent);
  check({ lint: 'some', lintFatal: true }, TWICE, 0, 'WARNING: unknown lint option: "some"', ...silent);
});

test('problems go before doubts, and files on their own', () => {
  const [good, twice, bad] = [write('good.yml', GOOD), write('twice.yml', TWICE), write('bad.yml', BAD)];
  const problem = `!${bad}:1:37: groups[0].rules[0]: field 'expr' must be set in rule`;
  check(
    { files: [twice, bad, good], lintFatal: true },
    '',
    1,
    ...[`Checking ${twice}`, '!  FAILED:', `!${DUPLICATE}`, ''],
    ...[`Checking ${bad}`, '!  FAILED:', `!${bad}:1:20: groups[0].note: unknown key`, problem, ''],
    ...[`Checking ${good}`, '  SUCCESS: 2 rules found', ''],
  );
  check({ files: [bad], ignoreUnknownFields: true }, '', 1, `Checking ${bad}`, '!  FAILED:', problem, '');
});

test('experimental functions', () => {
  const text = 'groups: [{name: a, rules: [{record: x, expr: sort_by_label(y)}]}]\n';
  check({ features: ['promql-experimental-functions'] }, text, 0, 'Checking standard input', '  SUCCESS: 1 rules found', '');
  expect(reported((report) => checkRules({ verb: 'check-rules', files: [], ...lint }, report, () => text))[0]).toBe(1);
});

test('rule files of a configuration', () => {
  const [good, twice] = [write('good.yml', GOOD), write('twice.yml', TWICE)];
  const config = (text: string, command: Partial<CheckConfigCommand> = {}) => {
    const file = write('config.yml', text);
    const asked: CheckConfigCommand = { verb: 'check-config', files: [file], syntaxOnly: false, lookbackMs: 300_000, ...lint, ...command };
    return reported((report) => checkConfigs(asked, {}, report)).map((line) =>
      typeof line === 'string' ? line.replace(file, 'FILE') : line,
    );
  };
  const valid = ' SUCCESS: FILE is valid prometheus config file syntax';
  const checked = [`Checking ${good}`, '  SUCCESS: 2 rules found', '', `Checking ${twice}`, '!  FAILED:', `!${DUPLICATE}`, ''];
  const text = 'rule_files: [good.yml, "t*.yml", "none*.yml"]\nscrape_configs: [{job_name: a, scrape_interval: 5m}]\n';
  expect(config(text)).toEqual([0, 'Checking FILE', '  SUCCESS: 2 rule files found', valid, '', ...checked]);
  const tooLong = '!  FAILED: too long scrape interval found, data point will be marked as stale - job: a, interval: 5m';
  expect(config(text, { lint: 'all', lintFatal: true })).toEqual([
    3,
    'Checking FILE',
    '  SUCCESS: 2 rule files found',
    valid,
    '',
    tooLong,
    ...checked,
  ]);
  expect(config(text, { lint: 'none,too-long-scrape-interval', lintFatal: true })[0]).toBe(0);
  expect(config(text, { lint: 'too-long-scrape-interval', lookbackMs: 301_000, lintFatal: true })[0]).toBe(0);
  expect(config(text, { syntaxOnly: true })).toEqual([0, 'Checking FILE', valid, '']);
  expect(config('rule_files: [none.yml]')).toEqual([
    1,
    ...['Checking FILE', '!  FAILED:', `!"${join(folder, 'none.yml')}" does not point to an existing file`, ''],
  ]);
  expect(config('a: 1')).toEqual([1, 'Checking FILE', '!  FAILED:', '!FILE:1:1: a: unknown key', '']);
});
