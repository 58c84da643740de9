import { expect, test } from 'vitest';
import type { VectorElement } from '../../src/answers/index.ts';
import { type Binary, childrenOf, type Expr, parseExpr, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import { matchingFixes } from './matching-fixes.ts';
import { matchGroups } from './matching-groups.ts';

function vectorOf(series: readonly string[]): VectorElement[] {
  return series.map((labels) => ({ metric: Object.fromEntries(labels.split(' ').map((pair) => pair.split('='))), value: [0, '1'] }));
}

function binaryOf(expr: Expr): Binary {
  return expr.kind === 'binary' && expr.matching !== null ? expr : binaryOf(childrenOf(expr)[0]);
}

function check(text: string, left: string[], right: string[], expected: string[]): void {
  const whole = parseExpr(text, WHOLE_LANGUAGE);
  const binary = binaryOf(whole);
  const sides = { left: vectorOf(left), right: vectorOf(right) };
  const groups = matchGroups(binary, sides.left, sides.right);
  const fixes = matchingFixes(whole, binary, { ...sides, groups });
  expect(fixes.map(({ text }) => text)).toEqual(expected);
  for (const fix of fixes) parseExpr(fix.text, WHOLE_LANGUAGE);
}

test('many on one side', () => {
  check('a / on (j) b', ['j=1 i=1', 'j=1 i=2'], ['j=1'], ['a / on (j) group_left () b']);
  check('a / on (j) b', ['j=1'], ['j=1 i=1', 'j=1 i=2'], ['a / on (j) group_right () b']);
  check('a / ignoring (i) b', ['j=1 i=1', 'j=1 i=2'], ['j=1'], ['a / ignoring (i) group_left () b']);
});

test('labels more', () => {
  const both = ['j=1 i=1', 'j=1 i=2'];
  check('a / on (j) b', both, both, ['a / on (j, i) b']);
  check('a / ignoring (i) b', both, both, ['a / b']);
  check('a / ignoring (i, k) b', both, both, ['a / ignoring (k) b']);
  check('a / on (j) group_left (i) b', both, both, ['a / on (j, i) group_left () b']);
  // Neither alone tells them apart.
  const four = ['j=1 i=1 k=1', 'j=1 i=2 k=1', 'j=1 i=1 k=2'];
  check('a / on (j) b', four, four, ['a / on (j, i, k) b']);
});

test('within what is around it', () => {
  check('sum(-(a / on (j) b)) > 2', ['j=1 i=1', 'j=1 i=2'], ['j=1'], ['sum(-(a / on (j) group_left () b)) > 2']);
  check(
    'topk(2, max_over_time((a / on (j) b)[1h:5m]))',
    ['j=1 i=1', 'j=1 i=2'],
    ['j=1'],
    ['topk(2, max_over_time((a / on (j) group_left () b)[1h:5m]))'],
  );
});

test('the other side is the one of many', () => {
  check('a * on (j) group_left (x) b', ['j=1'], ['j=1 x=1', 'j=1 x=2'], ['a * on (j) group_right () b']);
});

test('none where nothing is wrong, or nothing helps', () => {
  check('a + b', ['j=1'], ['j=1'], []);
  check('a + on (j) b', ['j=1 i=1', 'j=1 i=2'], ['j=1 k=1', 'j=1 k=2'], []);
  check('a and on (j) b', ['j=1 i=1', 'j=1 i=2'], ['j=1'], []);
});
