import { expect, test } from 'vitest';
import type { LabelMap } from '../../src/answers/index.ts';
import { originSelectors, selectedNames } from './origin-selectors.ts';

const check = (expr: string, row: LabelMap, ...wanted: string[]) => expect(originSelectors(expr, row)).toEqual(wanted);

test('a row with a name is one series', () => {
  check('up', { __name__: 'up', job: 'a', dc: 'eu1' }, 'up{job="a", dc="eu1"}');
  check('topk(3, up)', { __name__: 'up' }, 'up');
  check('not ( an expression', { __name__: 'up', job: 'a"b' }, 'up{job="a\\"b"}');
  check('label_replace(up, "dst", "$1", "job", "(.*)")', { __name__: 'up', job: 'a', dst: 'a' }, 'up{job="a"}');
});

test('a row without a name: each selector with the labels of the row', () => {
  check('rate(x_total{dc="eu1"}[5m])', { dc: 'eu1', job: 'a' }, '{dc="eu1",__name__="x_total",job="a"}');
  check('rate(x_total{dc=~"eu.*"}[5m])', { dc: 'eu1' }, '{dc=~"eu.*",__name__="x_total",dc="eu1"}');
  check('sum(x)', {}, '{__name__="x"}');
  check('sum by (job) (a) / sum by (job) (b)', { job: 'j' }, '{__name__="a",job="j"}', '{__name__="b",job="j"}');
  check('-x{a="1"} * 2 > bool 1', { a: '1', b: '2' }, '{a="1",__name__="x",b="2"}');
  check('x + x', { a: '1' }, '{__name__="x",a="1"}');
  check('1 + 1', {});
  check('no (', { a: '1' });
});

test('labels that the expression makes are not looked for', () => {
  check('sum by (dst) (label_replace(x, "dst", "$1", "job", "(.*)"))', { dst: 'a' }, '{__name__="x"}');
  check('label_join(rate(x[5m]), "both", "-", "a", "b")', { a: '1', b: '2', both: '1-2' }, '{__name__="x",a="1",b="2"}');
  check('count_values by (job) ("version", build_info)', { job: 'a', version: '1' }, '{__name__="build_info",job="a"}');
  check('info(rate(x[5m]), {k8s_cluster=~".+"})', { job: 'a', path: '/', k8s_cluster: 'c' }, '{__name__="x",job="a",path="/"}');
  check('info(rate(x[5m]))', { job: 'a', path: '/', k8s_cluster: 'c' }, '{__name__="x",job="a"}');
  check('histogram_quantile(0.9, sum by (le, job) (rate(b[5m])))', { job: 'a' }, '{__name__="b",job="a"}');
});

test('each side of a join is asked for the labels that it has', () => {
  check(
    'rate(a[5m]) * on (instance) group_left (version) b',
    { instance: 'i', path: '/', version: '1' },
    '{__name__="a",instance="i",path="/"}',
    '{__name__="b",instance="i"}',
  );
  check(
    'b * ignoring (path) group_right rate(a[5m])',
    { job: 'j', path: '/' },
    '{__name__="b",job="j"}',
    '{__name__="a",job="j",path="/"}',
  );
  check(
    'sum by (job, dc) (a) and on (job) sum by (job) (b)',
    { job: 'j', dc: 'd' },
    '{__name__="a",job="j",dc="d"}',
    '{__name__="b",job="j"}',
  );
  check('abs(a) * scalar(b)', { job: 'j' }, '{__name__="a",job="j"}', '{__name__="b"}');
});

test('a part that cannot have made the row is not asked for', () => {
  check('rate(a{dc="eu1"}[5m]) or rate(b{dc="us1"}[5m])', { dc: 'us1' }, '{dc="us1",__name__="b"}');
});

test('the names that are asked for', () => {
  const names = (...selectors: string[]) => selectedNames(selectors);
  expect(names('a{b="c"}', '{__name__="a"}', '{"x.y",b!="c"}', '{__name__=~"d.*"}', '{job="j"}')).toEqual(['a', 'x.y']);
});
