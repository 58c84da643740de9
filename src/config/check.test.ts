import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkConfigFile } from './check.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
const file = join(folder, 'p.yml');
afterAll(() => rmSync(folder, { recursive: true }));

function check(text: string, problems: string[], warnings: string[] = []): void {
  writeFileSync(file, text);
  const { config, ...result } = checkConfigFile(file);
  expect(result).toEqual({ ok: problems.length === 0, problems, warnings });
}

test('success, warnings and problems', () => {
  check('', []);
  check('rule_files: [a]', []);
  check('tracing: {endpoint: a}', [], ['the configuration has keys that are accepted but do nothing yet: tracing']);
  check('a: 1\nb: 2', [`${file}:1:1: a: unknown key`, `${file}:2:1: b: unknown key`]);
  expect([checkConfigFile(file).config, checkConfigFile(file, {}, { syntaxOnly: true }).config]).toEqual([null, null]);
});

test('files that do not exist', () => {
  const jobs = 'scrape_configs: [{job_name: j, tls_config: {ca_file: no.pem}, basic_auth: {password_file: p.yml}}]';
  check(jobs, [`${file}:1:18: scrape_configs[0]: job "j": tls_config.ca_file: the file ${folder}/no.pem does not exist`]);
  expect(checkConfigFile(file, {}, { syntaxOnly: true })).toMatchObject({ ok: true, problems: [] });
  const alertmanagers = 'alerting: {alertmanagers: [{tls_config: {ca_file: no.pem}}]}';
  check(alertmanagers, [`${file}:1:28: alerting.alertmanagers[0]: tls_config.ca_file: the file ${folder}/no.pem does not exist`]);
  const missing = checkConfigFile(join(folder, 'none.yml'));
  expect(missing.ok).toBe(false);
  expect(missing.problems[0]).toContain('cannot read configuration file');
});

test('files that are included are not looked at for the syntax', () => {
  writeFileSync(join(folder, 'bad.yml'), 'a: 1');
  check('scrape_config_files: [bad.yml]', [`${folder}/bad.yml:1:1: a: unknown key`]);
  expect(checkConfigFile(file, {}, { syntaxOnly: true })).toMatchObject({ ok: true, warnings: [] });
});

test('text that is not UTF-8 is refused', () => {
  writeFileSync(file, Buffer.from([0x61, 0x3a, 0xff]));
  expect(checkConfigFile(file).problems).toEqual([`cannot read configuration file ${file}: got bytes that are not UTF-8, want UTF-8`]);
});
