import { expect, test } from 'vitest';
import { readExpression, tokenAt } from './expression-problem.ts';

test('the token at an offset is marked', () => {
  const check = (text: string, offset: number, marked: string): void => {
    const { from, to } = tokenAt(text, offset);
    expect(text.slice(from, to)).toBe(marked);
  };
  check('rate(up)', 5, 'up');
  check('a:b.c + 1', 0, 'a:b.c');
  check('up{job=~"a\\"b"} x', 8, '"a\\"b"');
  check('up{job="a', 7, '"a');
  check('a =~ b', 2, '=~');
  check('a ! b', 2, '!');
  check('sum(up', 6, 'p');
  check('sum(up \n', 8, 'p');
  check('a  b', 1, 'b');
  check('😀', 0, '😀');
  check('up', 99, 'p');
  check('', 0, '');
});

test('a problem has the words of the parser and its place', () => {
  const check = (text: string, marked: string, sentence: string): void => {
    const read = readExpression(text);
    if (!('problem' in read)) throw new Error(`no problem in ${text}`);
    expect(text.slice(read.problem.from, read.problem.to)).toBe(marked);
    expect(read.problem.sentence).toBe(sentence);
  };
  check('sum(up', 'p', 'unclosed left parenthesis');
  check('rate(up)', 'up', 'expected type range vector in call to function "rate", got instant vector');
  check('up == bool', 'l', 'unexpected end of input');
  check('foo bar', 'bar', 'unexpected identifier "bar"');
  expect(readExpression('up')).toHaveProperty('expr');
});
