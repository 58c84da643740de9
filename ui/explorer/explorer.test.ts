import { expect, test } from 'vitest';
import { parseExpr } from '../../src/promql/parser/index.ts';
import { labelStatisticsOf } from './label-statistics.ts';
import { catalogOf, searchCatalog } from './metric-catalog.ts';
import { type Filters, selectorOf, suggestionsFor } from './suggestions.ts';

const told = (type: string, help: string) => [{ type, help, unit: '' }];

test('metadata stands by the name, or by the name without its suffix', () => {
  const metadata = { up: told('gauge', 'Is up.'), lat: told('histogram', 'Latency.'), odd: told('unknown', '') };
  const check = (name: string, type: string, help: string): void => expect(catalogOf([name], metadata)[0]).toMatchObject({ type, help });
  check('up', 'gauge', 'Is up.');
  check('lat_bucket', 'histogram', 'Latency.');
  check('lat_count', 'histogram', 'Latency.');
  check('odd', '', '');
  check('constructor', '', '');
});

test('a search finds names first', () => {
  const catalog = catalogOf(['a_http_total', 'http_total', 'other', 'up'], { up: told('gauge', 'HTTP is up.') });
  const check = (search: string, names: string[]): void => expect(searchCatalog(catalog, search).map(({ name }) => name)).toEqual(names);
  check('', ['a_http_total', 'http_total', 'other', 'up']);
  check('HTTP', ['http_total', 'a_http_total', 'up']);
  check('http total', ['http_total', 'a_http_total']);
  check('nothing', []);
});

test('selectors', () => {
  const check = (name: string, filters: Filters, text: string): void => expect(selectorOf(name, filters)).toBe(text);
  check('up', {}, 'up');
  check('up', { job: 'a"b', 'the.pod': 'x' }, 'up{job="a\\"b","the.pod"="x"}');
  check('http.requests', {}, '{"http.requests"}');
  check('http.requests', { job: 'a' }, '{"http.requests",job="a"}');
});

test('suggestions are expressions, by the type', () => {
  const check = (name: string, type: string, first: string): void => {
    const suggestions = suggestionsFor({ name, type }, { job: 'shop' });
    expect(suggestions[0].expr).toBe(first);
    for (const { expr } of suggestions) parseExpr(expr);
  };
  check('requests_total', 'counter', 'rate(requests_total{job="shop"}[5m])');
  check('requests_total', '', 'rate(requests_total{job="shop"}[5m])');
  check('lat_bucket', 'histogram', 'histogram_quantile(0.99, sum by (le) (rate(lat_bucket{job="shop"}[5m])))');
  check('lat_sum', 'histogram', 'rate(lat_sum{job="shop"}[5m])');
  check('lat', 'histogram', 'histogram_quantile(0.99, sum(rate(lat{job="shop"}[5m])))');
  check('temperature', 'gauge', 'temperature{job="shop"}');
  check('job:up:sum', '', 'job:up:sum{job="shop"}');
  expect(suggestionsFor({ name: 'lat_bucket', type: 'histogram' }, { le: '0.1' })[0].expr).not.toContain('0.1');
});

test('values of labels are counted', () => {
  const series = [
    { __name__: 'up', job: 'a', i: '1' },
    { __name__: 'up', job: 'a', i: '2' },
    { __name__: 'up', job: 'b', i: '3' },
  ];
  expect(labelStatisticsOf(series, 2)).toEqual([
    {
      name: 'i',
      values: 3,
      top: [
        { value: '1', series: 1 },
        { value: '2', series: 1 },
      ],
    },
    {
      name: 'job',
      values: 2,
      top: [
        { value: 'a', series: 2 },
        { value: 'b', series: 1 },
      ],
    },
  ]);
});
