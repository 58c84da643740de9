import { expect, test } from 'vitest';
import { metadataOf } from './series-metadata.ts';

const metrics = new Map(
  [
    ['a', 'counter'],
    ['b_total', 'counter'],
    ['h', 'histogram'],
    ['g', 'gauge'],
    ['s', 'summary'],
    ['gh', 'gaugehistogram'],
    ['i', 'info'],
    ['u', 'unknown'],
    ['h_sum', 'gauge'],
  ].map(([metric, type]) => [metric, { metric, type, help: `of ${metric}`, unit: '' }]),
);

test.each([
  ['a', 'a'],
  ['a_total', 'a'],
  ['b', 'b_total'],
  ['b_total', 'b_total'],
  ['h_bucket', 'h'],
  ['h_count', 'h'],
  // A family of its own goes before a part of another.
  ['h_sum', 'h_sum'],
  ['h_total', null],
  ['g', 'g'],
  ['g_sum', null],
  ['s', 's'],
  ['s_sum', 's'],
  ['s_bucket', null],
  ['gh_gsum', 'gh'],
  ['gh_sum', null],
  ['i_info', 'i'],
  ['u', 'u'],
  ['u_total', null],
  ['_total', null],
  ['', null],
])('a series %s is one of family %s', (name, family) => {
  expect(metadataOf(name, metrics)?.help ?? null).toBe(family === null ? null : `of ${family}`);
});
