import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMetricsSamples } from './openmetrics-lines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-openmetrics-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function samples(text: string | Buffer): string[] {
  const file = join(folder, 'text');
  writeFileSync(file, text);
  return [...openMetricsSamples(file)].map(
    ({ labels, timeMs, value }) => `${labels.map(([n, v]) => `${n}=${v}`).join()} ${timeMs} ${value}`,
  );
}

test('samples with their timestamps', () => {
  const check = (text: string, ...want: string[]) => expect(samples(`${text}# EOF\n`), text).toEqual(want);
  check('');
  check('a 1 5\n', '__name__=a 5000 1');
  check('a{b="c",d="e\\"\\n\\\\"} -1.5e3 1700000000.123\n', '__name__=a,b=c,d=e"\n\\ 1700000000123 -1500');
  check('{"a.b","ü"="✓"} NaN -0.25\n', '__name__=a.b,ü=✓ -250 NaN');
  check('# HELP a Help.\n# TYPE a counter\n# UNIT a s\na_total +Inf 1 # {trace_id="x"} 1 2\n', '__name__=a_total 1000 Infinity');
  check('a 1 1565133713.989\na 1 0.0019\n', '__name__=a 1565133713989 1', '__name__=a 1 1');
  expect(samples('# EOF')).toEqual([]);
});

test('what is wrong is told with its line', () => {
  const check = (text: string | Buffer, want: string) => expect(() => samples(text), String(text)).toThrow(want);
  const file = () => join(folder, 'text');
  check('a 1 5\n', `cannot read ${file()}: got the end of the file, want a last line # EOF`);
  check('', 'got the end of the file, want a last line # EOF');
  check('# EOF\na 1 5\n', 'line 2: got something behind # EOF, want the end of the file');
  check('a 1\n# EOF\n', 'line 1: got no timestamp for a, want one in seconds');
  check('\n# EOF\n', "line 1: column 1: expected a metric name, '{' or '#'");
  check('# what\n# EOF\n', 'line 1: got a comment, want # HELP, # TYPE, # UNIT or # EOF');
  check('b 1 1\na{ 1 5\n# EOF\n', "line 2: column 4: expected a label name or '}'");
  check('a x 5\n# EOF\n', 'line 1: got "x", want a sample value');
  check('a 1 x\n# EOF\n', 'line 1: got "x", want a timestamp in seconds');
  check('a 1 1e300\n# EOF\n', 'line 1: got "1e300", want a timestamp in seconds');
  check('a 1 5 6\n# EOF\n', 'line 1: got something behind the timestamp');
  check('a{b="1",b="2"} 1 5\n# EOF\n', 'line 1: label name "b" is not unique');
  check(Buffer.from('a{b="\xff"} 1 5\n# EOF\n', 'latin1'), 'line 1: a name or a label value is not valid UTF-8');
});

test('lines that lie across the pieces in which the file is read', () => {
  const long = 'x'.repeat(700_000);
  const lines = Array.from({ length: 5 }, (_, i) => `a{i="${i}${long}"} ${i} ${i}\n`).join('');
  expect(samples(`${lines}# EOF\n`)).toEqual(Array.from({ length: 5 }, (_, i) => `__name__=a,i=${i}${long} ${i * 1000} ${i}`));
  const many = Array.from({ length: 100_000 }, (_, i) => `a{i="${i}"} ${i} ${i}\n`).join('');
  expect(samples(`${many}# EOF\n`)).toHaveLength(100_000);
});
