// `tributary test promql`: the scripts of test/conformance hold, and what does not hold is told with its place.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const SCRIPTS = fileURLToPath(new URL('../conformance/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-scripts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...files: string[]) => spawnSync(PROGRAM, ['test', 'promql', ...files], { encoding: 'utf8' });

test('the scripts of this project', () => {
  const files = readdirSync(SCRIPTS).map((name) => join(SCRIPTS, name));
  const { status, stdout, stderr } = run(...files);
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(files.length + 1);
  expect(lines.at(-1)).toMatch(/^\d\d+ passed, 0 failed, 0 skipped$/);
});

test('failures, with file, line, query, what was expected and what came', () => {
  const file = join(folder, 'wrong.test');
  writeFileSync(
    file,
    [
      'load 1m',
      '  m{a="b"} 1 2 3',
      '  h {{schema:0 sum:1 count:1 buckets:[1]}}x3',
      '',
      'eval instant at 1m m',
      '  m{a="b"} 7',
      '',
      'eval instant at 1m m',
      '  m{a="b"} 2',
      '',
      'eval instant at 1m h',
      '  h {{schema:0 sum:1 count:1 buckets:[1]}}',
      '',
      'eval instant at 1m m +',
      '  m{a="b"} 2',
      '',
    ].join('\n'),
  );
  const { status, stdout } = run(file);
  expect(status).toBe(1);
  expect(stdout).toBe(
    [
      `${file}:5: m`,
      '    expected: {__name__="m", a="b"} 7@60',
      '    got:      {__name__="m", a="b"} 2@60',
      `${file}:14: m +`,
      '    expected: a result',
      '    got:      error: 1:4: parse error: unexpected end of input',
      `${file}: 1 passed, 2 failed, 1 skipped`,
      '1 passed, 2 failed, 1 skipped',
      '',
    ].join('\n'),
  );
});

test('what is no script is told in one sentence, and the others are run', () => {
  const [bad, good] = [join(folder, 'bad.test'), join(folder, 'good.test')];
  writeFileSync(bad, 'load 1m\n  m 1\n\nevil instant at 1m m\n');
  writeFileSync(good, 'eval instant at 0 1\n  1\n');
  const { status, stdout, stderr } = run(bad, good, join(folder, 'none.test'));
  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n')).toEqual([
    `${bad}: 0 passed, 1 failed, 0 skipped`,
    `${good}: 1 passed, 0 failed, 0 skipped`,
    `${join(folder, 'none.test')}: 0 passed, 1 failed, 0 skipped`,
    '1 passed, 2 failed, 0 skipped',
  ]);
  expect(stderr.split('\n').slice(0, -1)).toEqual([
    `tributary: ${bad}:4: cannot read command "evil instant at 1m m": want load, clear or eval`,
    expect.stringContaining('none.test: ENOENT'),
  ]);
});
