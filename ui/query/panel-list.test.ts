import { expect, test } from 'vitest';
import { DEFAULT_PANEL } from '../panels/panel-address.ts';
import { namedPanels, type PanelList, withCopy, withoutPanel, withPanel } from './panel-list.ts';

const listOf = (...exprs: string[]): PanelList =>
  namedPanels(
    exprs.map((expr) => ({ ...DEFAULT_PANEL, expr })),
    [],
  );
const check = (panels: PanelList, ...expected: string[]): void =>
  expect(panels.map(({ id, state }) => `${id} ${state.expr}`)).toEqual(expected);

test('names stay with their panels', () => {
  check(listOf('a', 'b'), '0 a', '1 b');
  check(namedPanels([DEFAULT_PANEL, DEFAULT_PANEL, DEFAULT_PANEL], [7]), '7 ', '9 ', '10 ');
  check(namedPanels([DEFAULT_PANEL], [3, 4]), '3 ');
  check(withPanel(listOf('a', 'b'), DEFAULT_PANEL), '0 a', '1 b', '2 ');
  check(withoutPanel(listOf('a', 'b'), 0), '1 b');
});

test('a copy stands behind its panel', () => {
  const panels = listOf('a', 'b');
  check(withCopy(panels, 0, 'a'), '0 a', '2 a', '1 b');
  const chosen = { ...DEFAULT_PANEL, expr: 'a', tab: 'graph', part: '0.1', filter: 'f', choice: { kind: 'only', texts: ['x'] } } as const;
  expect(withCopy([{ id: 5, state: chosen }], 5, 'a')[1]).toEqual({ id: 6, state: chosen });
  expect(withCopy([{ id: 5, state: chosen }], 5, 'c')[1]).toEqual({
    id: 6,
    state: { ...DEFAULT_PANEL, expr: 'c', tab: 'graph', filter: 'f' },
  });
});

test('the last is emptied, as another one', () => check(withoutPanel(listOf('a'), 0), '1 '));
