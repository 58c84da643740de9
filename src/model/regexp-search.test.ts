// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of replacements.
// Searching and replacing as Go's package regexp does it. Expected values are those of Go 1.26.

import { expect, test } from 'vitest';
import { compileSearch } from './regexp-search.ts';

function check(pattern: string, text: string, template: string, want: string): void {
  expect(compileSearch(pattern).replaceAll(text, template, 1000), `${pattern} ${text} ${template}`).toBe(want);
}

function checkMatch(pattern: string, text: string, want: boolean): void {
  expect(compileSearch(pattern).matches(text), `${pattern} ${text}`).toBe(want);
}

test('a pattern matches anywhere', () => {
  checkMatch('a.c', 'xabcx', true);
  checkMatch('^b', 'ab', false);
  checkMatch('b$', 'ab', true);
  checkMatch('', '', true);
});

test('a dot matches no newline unless asked', () => {
  checkMatch('a.c', 'a\nc', false);
  checkMatch('(?s)a.c', 'a\nc', true);
  check('.*', 'a\nb', '-', '-\n-');
});

test('every match is replaced', () => {
  check('b', 'abcb', 'x', 'axcx');
  check('(.*):.*', 'host:9100', '$1', 'host');
  check('(a)(?P<x>b)', 'abab', '$2${1}$x-$$', 'bab-$bab-$');
  check('(a)b', 'ab', '$1x', '');
  check('^a', 'aa', 'x', 'xa');
  check('\\bfoo', 'foo foobar', 'x', 'x xbar');
  check('z', 'abc', 'x', 'abc');
});

test('an empty match right behind another is none', () => {
  check('a*', 'baaac', '-', '-b-c-');
  check('', 'a\u{1f600}b', '-', '-a-\u{1f600}-b-');
  check('x*', 'abc', '-', '-a-b-c-');
  check('a|', 'aab', '-', '--b-');
});

test('results are bounded', () => {
  expect(compileSearch('a').replaceAll('aaaa', 'xxx', 12)).toBe('xxxxxxxxxxxx');
  expect(compileSearch('a').replaceAll('aaaa', 'xxx', 11)).toBeNull();
  expect(compileSearch('a').replaceAll('bbbb', 'x', 3)).toBeNull();
});

test('errors are those of Go', () => {
  expect(() => compileSearch('(')).toThrow('error parsing regexp: missing closing ): `(`');
  expect(() => compileSearch('(x{0,1000}y?){1000}')).toThrow('expression too large');
});
