import { expect, test } from 'vitest';
import { parseExpr, print } from '../../src/promql/parser/index.ts';
import { labelQuery, metricQuery, pairQuery } from './cardinality-queries.ts';

const check = (query: string, want: string) => {
  expect(query).toBe(want);
  expect(() => print(parseExpr(query))).not.toThrow();
};

test('queries of entries', () => {
  check(metricQuery('up'), 'topk(20, count by (job, instance) (up))');
  check(metricQuery('a metric'), 'topk(20, count by (job, instance) ({"a metric"}))');
  check(labelQuery('job'), 'topk(20, count by (job) ({job!=""}))');
  check(labelQuery('a.b'), 'topk(20, count by ("a.b") ({"a.b"!=""}))');
  check(labelQuery('__name__'), 'topk(20, count by (__name__) ({__name__!=""}))');
  check(pairQuery('job=a"=b'), String.raw`topk(20, count by (__name__) ({job="a\"=b"}))`);
  check(pairQuery('__name__=up'), 'topk(20, count by (job, instance) (up))');
});
