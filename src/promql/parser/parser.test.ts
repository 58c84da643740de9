// Texts to trees and back: what is refused, in Prometheus's words, and what is printed; and that printing loses nothing.
import { describe, expect, test } from 'vitest';
import { PRINTED, REFUSED } from '../../../test/support/promql-texts.ts';
import { treeOf } from './ast-json.ts';
import { parseExpr, STABLE_LANGUAGE, WHOLE_LANGUAGE } from './parser.ts';
import { prettyPrint, print } from './printer.ts';

function saidOf(query: string): string {
  try {
    parseExpr(query, STABLE_LANGUAGE);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

test.each(REFUSED)('%j is refused', (query, message) => expect(saidOf(query)).toBe(message));

describe('printed', () => {
  test.each(PRINTED)('%j', (query, text) => expect(prettyPrint(parseExpr(query, STABLE_LANGUAGE))).toBe(text));

  test.each([...PRINTED.map(([query]) => query)])('%j is the same query when it was printed', (query) => {
    const expr = parseExpr(query, WHOLE_LANGUAGE);
    for (const text of [print(expr), prettyPrint(expr)]) {
      const again = parseExpr(text, WHOLE_LANGUAGE);
      expect(print(again)).toBe(print(expr));
      // Matchers are printed in order.
      expect(treeOf(parseExpr(print(again), WHOLE_LANGUAGE))).toEqual(treeOf(again));
    }
  });
});

/** What 3.x says and 2.42 does not know. */
test.each([
  ['1_000', '1000'],
  ['5m', '5m'],
  ['0x_1F', '31'],
  ['{"a.b"}', '{__name__="a.b"}'],
  ['{"a.b","c d"=~"e"}', '{"c d"=~"e",__name__="a.b"}'],
  ['{"up",job="x"}', '{__name__="up",job="x"}'],
  ['sum by ("a.b") (up)', 'sum by ("a.b") (up)'],
  ['up[5]', 'up[5s]'],
  ['up offset 90', 'up offset 1m30s'],
])('%j is printed as %j', (query, text) => expect(print(parseExpr(query, STABLE_LANGUAGE))).toBe(text));

test.each([
  ['', 'unknown position: parse error: no expression found in input'],
  ['up[]', '1:4: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()'],
  ['1__0', '1:1: parse error: bad number or duration syntax: "1__"'],
  ['up[5m*2]', '1:4: parse error: experimental duration expression is not enabled'],
  ['limitk(1, up)', '1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions'],
  ['mad_over_time(up[5m])', '1:1: parse error: function "mad_over_time" is not enabled'],
])('%j is refused as 3.14 does', (query, message) => expect(saidOf(query)).toBe(message));

test('texts of any length and depth end in an error or a tree', () => {
  const parenthesesText = `${'('.repeat(20_000)}1${')'.repeat(20_000)}`;
  expect(saidOf(parenthesesText)).toMatch(/parse error: .*nested/);
  expect(saidOf(`${'-'.repeat(20_000)}1`)).toMatch(/nested/);
  expect(saidOf(`up${'[5m:]'.repeat(3)}`)).toMatch(/parse error/);
  expect(saidOf(`${'1+'.repeat(2000)}1`)).toBe('nothing');
  expect(saidOf(`${'1+'.repeat(100_000)}1`)).toMatch(/^1:4002: parse error: expression too long: want at most 2000 operators in a row$/);
});
