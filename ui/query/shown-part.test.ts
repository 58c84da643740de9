import { expect, test } from 'vitest';
import { shownPartOf } from './shown-part.ts';

const check = (expr: string, part: string, text: string | null, graphed = text): void =>
  expect(shownPartOf({ expr, part, showTree: true })).toEqual(text === null ? null : { text, graphed });

test('the part that is chosen', () => {
  check('sum(rate(up[5m])) / 2', '0.0', 'sum(rate(up[5m]))');
  check('sum((up)) / 2', '0.0.0', 'up');
  check('sum(up) / 2', '0.1', '2');
});

test('a range is graphed by its newest samples', () => {
  check('rate(up{a="b"}[5m] offset 1h)', '0.0', 'up{a="b"}[5m] offset 1h', 'up{a="b"} offset 1h');
  check('rate(up[5m] anchored)', '0.0', 'up[5m] anchored', 'up');
  check('max_over_time(sum(up)[1h:5m])', '0.0', 'sum(up)[1h:5m]', 'last_over_time(sum(up)[1h:5m])');
});

test('the whole where there is no such part, or the tree is not shown', () => {
  check('sum(up)', '', null);
  check('sum(up)', '0', null);
  check('sum(up)', '0.7', null);
  check('sum(up', '0.0', null);
  expect(shownPartOf({ expr: 'sum(up)', part: '0.0', showTree: false })).toBeNull();
});
