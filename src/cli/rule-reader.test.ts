import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { STABLE_LANGUAGE } from '../promql/index.ts';
import { RuleReader } from './rule-reader.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const patterns = () => [join(folder, '*.yml'), join(folder, 'a.yml')];

function write(name: string, groups: number, expr = 'sum by (job) (up)'): void {
  const rule = `  - {record: 'job:up:sum', expr: '${expr}', labels: {a: b}}\n`;
  const text = Array.from({ length: groups }, (_, i) => `- name: g${i}\n  rules:\n${rule.repeat(10)}`);
  writeFileSync(join(folder, name), `groups:\n${text.join('')}`);
}

test('many rules are read by a thread, with the same result', async () => {
  write('a.yml', 100);
  write('b.yml', 3);
  const now = new RuleReader(STABLE_LANGUAGE).readNow(patterns());
  expect(now.groups.map(({ file, name }) => [file, name]).slice(98, 102)).toEqual([
    [join(folder, 'a.yml'), 'g98'],
    [join(folder, 'a.yml'), 'g99'],
    [join(folder, 'b.yml'), 'g0'],
    [join(folder, 'b.yml'), 'g1'],
  ]);
  expect(await new RuleReader(STABLE_LANGUAGE).read(patterns())).toEqual(now);
});

test('what has not changed is not read again', async () => {
  write('a.yml', 100);
  write('b.yml', 3);
  const reader = new RuleReader(STABLE_LANGUAGE);
  const before = reader.readNow(patterns());
  write('b.yml', 3, 'count(up)');
  const after = await reader.read(patterns());
  for (let i = 0; i < 103; i++) expect(after.groups[i] === before.groups[i], String(i)).toBe(i < 100);
  expect(after.groups[100].rules[0].query).toBe('count(up)');
});

test('every problem of every file, and then nothing has changed', async () => {
  write('a.yml', 100);
  const reader = new RuleReader(STABLE_LANGUAGE);
  const before = reader.readNow(patterns());
  write('a.yml', 100, 'sum(');
  write('b.yml', 1, '1 +');
  const problems = await reader.read([...patterns(), join(folder, '[')]).catch((error: Error) => error.message.split('\n'));
  expect(problems).toHaveLength(1 + 100 + 10);
  expect(problems).toContainEqual(expect.stringMatching(/^error retrieving rule files for .*: syntax error in pattern/));
  write('a.yml', 100);
  rmSync(join(folder, 'b.yml'));
  expect((await reader.read(patterns())).groups[0]).toBe(before.groups[0]);
});

test('patterns without a file are told', () => {
  const { groups, warnings } = new RuleReader(STABLE_LANGUAGE).readNow([join(folder, 'x*.yml')]);
  expect([groups, warnings]).toEqual([[], [`no file matches "${folder}/x*.yml" of rule_files`]]);
});
