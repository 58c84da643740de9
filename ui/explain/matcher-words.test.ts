import { expect, test } from 'vitest';
import { parseExpr, type VectorSelector, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import { matcherSentence, metricNameOf, writtenMatchers } from './matcher-words.ts';

const selectorOf = (text: string) => parseExpr(text, WHOLE_LANGUAGE) as VectorSelector;

test('matchers in words', () => {
  const check = (matcher: string, sentence: string): void =>
    expect(writtenMatchers(selectorOf(`{must="be",${matcher}}`)).map(matcherSentence)).toEqual(['must is "be".', sentence]);
  check('job="api"', 'job is "api".');
  check('job=""', 'job is not there.');
  check('job!="api"', 'job is not "api"; series without it fit too.');
  check('job!=""', 'job is there, with any value.');
  check('job=~"a|b"', 'job is one of "a", "b".');
  check('job=~"a|b|"', 'job is one of "a", "b"; series without it fit too.');
  check('job=~"a"', 'job is "a".');
  check('job=~".+"', 'job is there, with any value.');
  check('job=~".*"', 'job may be anything, and need not be there.');
  check('job=~"a.*"', 'job fits the regular expression a.* from its beginning to its end.');
  check('job=~"(a.*)?"', 'job fits the regular expression (a.*)? from its beginning to its end; series without it fit too.');
  check('job!~"a|b"', 'job does not fit the regular expression a|b from its beginning to its end; series without it fit too.');
  check('job!~"|b"', 'job does not fit the regular expression |b from its beginning to its end.');
  check('"a.b"="c"', '"a.b" is "c".');
  check('__name__=~"up|down"', 'The metric name is one of "up", "down".');
});

test('the metric of a selector', () => {
  const check = (text: string, name: string, matchers: number): void =>
    expect([metricNameOf(selectorOf(text)), writtenMatchers(selectorOf(text)).length]).toEqual([name, matchers]);
  check('up', 'up', 0);
  check('up{a="b"}', 'up', 1);
  check('{__name__="up"}', 'up', 1);
  check('{"a.b"}', 'a.b', 1);
  check('{__name__=~"up|down"}', '', 1);
});
