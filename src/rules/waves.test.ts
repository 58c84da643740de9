import { expect, test } from 'vitest';
import { Findings } from '../config/index.ts';
import { WHOLE_LANGUAGE } from '../promql/index.ts';
import { readRules } from './rule-file.ts';
import { wavesOf } from './waves.ts';

/** Rules in short: `name = query`, `name{label="value"} = query` or `ALERT name = query`. */
function check(rules: readonly string[], expected: readonly (readonly number[])[]): void {
  const texts = rules.map((text) => {
    const [, alert, name, labels = '', expr] = /^(ALERT )?([^={ ]+)(?:\{(.*?)\})? = (.*)$/.exec(text)!;
    const pairs = labels.split(',').filter((pair) => pair !== '');
    const yaml = pairs.map((pair) => pair.replace('=', ': ')).join(', ');
    return `{${alert ? 'alert' : 'record'}: ${name}, labels: {${yaml}}, expr: ${JSON.stringify(expr)}}`;
  });
  const findings = new Findings();
  const content = `groups: [{name: g, rules: [${texts.join(', ')}]}]`;
  const [group] = readRules(content, { file: 'a', features: WHOLE_LANGUAGE }, findings);
  expect(findings.problems).toEqual([]);
  expect(wavesOf(group.rules), rules.join('; ')).toEqual(expected);
}

test('rules that look at nothing of one another are one wave', () => {
  check([], []);
  check(['a = up'], [[0]]);
  check(['a = up', 'b = up', 'c = down'], [[0, 1, 2]]);
});

test('a rule waits for those before it that it looks at', () => {
  check(['a = up', 'b = a'], [[0], [1]]);
  check(['a = up', 'b = up', 'c = sum(rate(a[5m])) / sum(b)'], [[0, 1], [2]]);
  check(['a = up', 'b = a', 'c = b', 'd = a'], [[0], [1], [2, 3]]);
  check(['a = up', 'b = max_over_time(sum(a)[5m:1m])'], [[0], [1]]);
  check(['a = up', 'b = a offset 5m'], [[0], [1]]);
});

test('not for those behind it, nor for itself', () => {
  check(['a = b', 'b = up'], [[0, 1]]);
  check(['a = a + 1', 'b = up'], [[0, 1]]);
});

test('selectors without a name, and names by pattern', () => {
  check(['a:x = up', 'b = {__name__=~"a:.*"}'], [[0], [1]]);
  check(['a:x = up', 'b = {__name__=~"c:.*"}'], [[0, 1]]);
  check(['a = up', 'b = {job="x"}'], [[0], [1]]);
  check(['a = up', 'b = {__name__!="a",job="x"}'], [[0, 1]]);
});

test('labels that the rule sets itself', () => {
  check(['a{k="x"} = up', 'b = a{k="y"}'], [[0, 1]]);
  check(['a{k="x"} = up', 'b = a{k=~"x|y"}'], [[0], [1]]);
  check(['a{k="x"} = up', 'b = a{other="y"}'], [[0], [1]]);
});

test('alerts', () => {
  check(['ALERT A = up == 0', 'b = ALERTS'], [[0], [1]]);
  check(['ALERT A = up == 0', 'b = ALERTS{alertname="B"}'], [[0, 1]]);
  check(['ALERT A = up == 0', 'b = ALERTS_FOR_STATE{alertname="A"}'], [[0], [1]]);
  check(['ALERT A{k="{{ $value }}"} = up == 0', 'b = ALERTS{k="x"}'], [[0], [1]]);
  check(['a = up', 'ALERT A{k="{{ query `a` | first | value }}"} = up == 0'], [[0], [1]]);
  check(['a = up', 'ALERT A{k="{{ $value }}"} = up == 0'], [[0, 1]]);
});

test('info() looks at series that no selector names', () => {
  check(['target_info = up', 'b = info(up)'], [[0], [1]]);
});
