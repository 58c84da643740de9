import { expect, test } from 'vitest';
import type { FederationServer } from '../../src/answers/index.ts';
import { type Content, heightOf, type Layout, layoutOf, type Place, SIZES } from './layout.ts';
import { consumerOf, serverOf, sourcesOf } from './simulated-tree.ts';
import { treeOf } from './tree.ts';

const draw = (server: Partial<FederationServer>, ...opened: string[]): Layout => layoutOf(treeOf(serverOf(server)), new Set(opened));
const named = (layout: Layout, kind: Content['kind']): Place[] => layout.places.filter(({ content }) => content.kind === kind);
const tree = (count: number, each: number) => ({ sources: sourcesOf(count, () => ({ server: serverOf({ sources: sourcesOf(each) }) })) });

/** No two places lie on each other, with the text of their lines, and all lie inside. */
function checkTidy(layout: Layout): void {
  const boxes = layout.places.map(({ content, x, y, side }) => {
    const top = side === 'top' ? y - SIZES.flow : side === 'left' && content.kind !== 'more' ? y - SIZES.hangingFlow : y;
    const bottom = y + heightOf(content) + (side === 'bottom' ? SIZES.flow : 0);
    return { left: x, right: x + SIZES.width, top, bottom };
  });
  for (const [i, a] of boxes.entries()) {
    expect([a.left >= 0, a.top >= 0, a.right <= layout.width, a.bottom <= layout.height]).toEqual([true, true, true, true]);
    for (const b of boxes.slice(i + 1)) {
      expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, JSON.stringify([a, b])).toBe(true);
    }
  }
}

test('nothing lies on anything else', () => {
  checkTidy(draw({}));
  checkTidy(draw(tree(1, 0)));
  checkTidy(draw({ ...tree(3, 2), consumers: [consumerOf('a'), consumerOf('b')] }));
  checkTidy(draw({ ...tree(2, 0), consumers: sourcesOf(30).map((_, i) => consumerOf(`c${i}`)) }));
  checkTidy(draw(tree(40, 10)));
  checkTidy(draw(tree(40, 10), 'sources', 'below,federate,s1:9090'));
  const deep = () => sourcesOf(5, () => ({ server: serverOf(tree(3, 4)) }));
  checkTidy(draw({ sources: deep() }));
});

test('consumers stand above this server, sources below it, theirs below them', () => {
  const layout = draw({ ...tree(2, 1), consumers: [consumerOf('a')] });
  const rows = [named(layout, 'consumer'), named(layout, 'self'), named(layout, 'source')].map((places) => [
    ...new Set(places.map(({ y }) => y)),
  ]);
  expect(rows.map(({ length }) => length)).toEqual([1, 1, 2]);
  expect(rows.flat()).toEqual([...rows.flat()].sort((a, b) => a - b));
  expect(layout.bands.map(({ title }) => title)).toEqual(['Consumers', 'This server', 'Sources', 'Their sources']);
});

test('every arrow leads from its place to the one who pulls, upwards', () => {
  const layout = draw({ ...tree(3, 2), consumers: [consumerOf('a')] });
  expect(layout.lines.length).toBe(layout.places.length - 1);
  for (const { from, tip } of layout.lines) expect(tip.y).toBeLessThan(from.y);
});

test('this server stands over the middle of its sources, below the middle of its consumers', () => {
  const layout = draw({ ...tree(3, 0), consumers: [consumerOf('a'), consumerOf('b')] });
  const [self] = named(layout, 'self');
  const middleOf = (kind: Content['kind']) => named(layout, kind).reduce((sum, { x }, _, all) => sum + x / all.length, 0);
  expect([middleOf('source'), middleOf('consumer')]).toEqual([self.x, self.x]);
  expect(layout.centre.x).toBe(self.x + SIZES.width / 2);
});

test('many sources: a dozen, and how many more; opened, all of them', () => {
  const hidden = (layout: Layout) => named(layout, 'more').map(({ content }) => (content.kind === 'more' ? content.hidden.length : -1));
  expect([named(draw(tree(35, 0)), 'source').length, hidden(draw(tree(35, 0)))]).toEqual([12, [23]]);
  expect([named(draw(tree(35, 0), 'sources'), 'source').length, hidden(draw(tree(35, 0), 'sources'))]).toEqual([35, [0]]);
  expect([named(draw(tree(13, 0)), 'source').length, hidden(draw(tree(13, 0)))]).toEqual([13, []]);
});

test('what is in trouble is drawn, at its own place', () => {
  const sources = sourcesOf(40, (i) => (i === 33 ? { health: 'down' } : {}));
  const shown = named(draw({ sources }), 'source').map(({ content }) => (content.kind === 'source' ? content.name : ''));
  expect(shown.length).toBe(12);
  expect(shown.at(-1)).toBe('s33:9090');
});

test('where nobody federates, that is said', () => {
  expect(named(draw({}), 'none').length).toBe(2);
  expect(draw({}).lines).toEqual([]);
});
