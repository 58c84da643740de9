import { expect, test } from 'vitest';
import { yamlParts } from './yaml-lines.ts';

const check = (line: string, ...want: string[]) => {
  const parts = yamlParts(line);
  expect(parts.map(({ text }) => text).join('')).toBe(line);
  expect(parts.filter(({ kind }) => kind !== 'mark').map(({ kind, text }) => `${kind} ${text}`)).toEqual(want);
};

test('keys and values', () => {
  check('');
  check('global:', 'key global');
  check('  scrape_interval: 1m30s', 'key scrape_interval', 'literal 1m30s');
  check('- job_name: api', 'key job_name', 'plain api');
  check('  - - a', 'plain a');
  check("  regex: '(.*):80'", 'key regex', "string '(.*):80'");
  check('    - \'{__name__=~"job:.*"}\'', 'string \'{__name__=~"job:.*"}\'');
  check('    match[]:', 'key match[]');
  check('    - 127.0.0.1:9090', 'plain 127.0.0.1:9090');
  check('  url: http://host:80/x', 'key url', 'plain http://host:80/x');
  check('  follow: true', 'key follow', 'literal true');
  check('  "a: b": 1', 'key "a: b"', 'literal 1');
});

test('comments', () => {
  check('# all of it', 'comment # all of it');
  check('a: 1 # why', 'key a', 'literal 1', 'comment  # why');
  check('a: "#1" # why', 'key a', 'string "#1"', 'comment  # why');
  check('a: b#c', 'key a', 'plain b#c');
});

test('long lines take no time', () => {
  const begun = performance.now();
  yamlParts(`"${'\\'.repeat(50_000)}`);
  yamlParts(`- ${'- '.repeat(50_000)}x`);
  yamlParts('a '.repeat(50_000));
  expect(performance.now() - begun).toBeLessThan(500);
});
