import { expect, test } from 'vitest';
import { panelsOf } from '../panels/panel-address.ts';
import { sourceAddress } from './source-address.ts';
import { type Origin, sourceExpression } from './source-expression.ts';

const eu1: Origin = { job: 'federate', instance: 'eu1:9090', externalLabels: { dc: 'eu1' }, honorLabels: true };
const loose: Origin = { ...eu1, honorLabels: false };
const check = (expr: string, wanted: string, origin = eu1) => expect(sourceExpression(expr, origin)).toBe(wanted);

test('matchers on what the source put on its series are dropped where they hold', () => {
  check('up{dc="eu1"}', 'up');
  check('up{dc="eu1",job="shop"}', 'up{job="shop"}');
  check('rate(x_total{dc=~"eu.",job!="a"}[5m] offset 1h)', 'rate(x_total{job!="a"}[5m] offset 1h)');
  check('up{dc!="us1"} == 1', 'up == 1');
  check('sum by (job) (x{dc="eu1"}) / sum by (job) (y{dc="eu1"})', 'sum by (job) (x) / sum by (job) (y)');
  check('max_over_time((x{dc="eu1"} * 2)[1h:5m]) > -x{dc="eu1"}', 'max_over_time((x * 2)[1h:5m]) > -x');
  check('topk(scalar(n{dc="eu1"}), x{dc="eu1"} @ 1000)', 'topk(scalar(n), x @ 1000.000)');
  check('{"a.b",dc="eu1"}', '{__name__="a.b"}');
});

test('what means the same there stays as it is written', () => {
  check('sum  by (dc)(up)  # all of them', 'sum  by (dc)(up)  # all of them');
  check('up{job="shop"', 'up{job="shop"');
  check('', '');
  check('exported_job{exported_job="a"}', 'exported_job{exported_job="a"}');
  check('"{dc=\\"eu1\\"}"', '"{dc=\\"eu1\\"}"');
});

test('matchers that do not hold at the source select nothing there either', () => {
  check('up{dc="us1"} or x{dc="eu1"}', 'up{dc="us1"} or x');
  check('up{dc!="eu1"}', 'up{dc=~".+"}');
  check('up{dc=~"us1|"}', 'up{dc=~".+"}');
});

test('a selector of everything says so', () => {
  check('{dc="eu1"}', '{__name__=~".+"}');
  check('count({dc="eu1",pod!="a"})', 'count({__name__=~".+",pod!="a"})');
});

test('without honor_labels the series have their own job and instance back', () => {
  check('up{job="federate",instance="eu1:9090",exported_job="shop"}', 'up{job="shop"}', loose);
  check('up{exported_instance=~"a.*",dc="eu1"}', 'up{instance=~"a.*"}', loose);
  check('up{job="other"}', 'up{job="other"}', loose);
  check('up{job!="federate"}', 'up{job=~".+"}', loose);
  check('sum by (job, exported_job) (x)', 'sum by (job) (x)', loose);
  check('a * on (exported_instance) group_left (exported_job) b', 'a * on (instance) group_left (job) b', loose);
});

test('the address is that of the same time, with the names of the query page', () => {
  const endMs = Date.UTC(2026, 0, 31, 12, 0, 5);
  const address = sourceAddress(
    'up{dc="eu1"} > 0',
    { ...eu1, webUrl: 'http://eu1:9090/prom/' },
    { tab: 'graph', rangeMs: 7_200_000, endMs },
  );
  const { origin, pathname, searchParams } = new URL(address!);
  expect([origin, pathname]).toEqual(['http://eu1:9090', '/prom/graph']);
  expect(panelsOf(searchParams)).toMatchObject([{ expr: 'up > 0', tab: 'graph', rangeMs: 7_200_000, endMs }]);
  expect(searchParams.get('g0.range_input')).toBe('2h');
  expect(searchParams.get('g0.end_input')).toBe('2026-01-31 12:00:05');
});

test('only to pages of http and https', () => {
  const to = (webUrl: string) => sourceAddress('up', { ...eu1, webUrl }, { tab: 'table', rangeMs: 3_600_000, endMs: null });
  expect(['', 'javascript:alert(1)', 'eu1:9090', 'ftp://eu1', '//eu1', 'data:text/html,x'].map(to)).toEqual(Array(6).fill(null));
  expect(to('HTTPS://eu1')).toBe('https://eu1/graph?g0.expr=up&g0.tab=1&g0.range_input=1h');
});
