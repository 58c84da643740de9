import { expect, test } from 'vitest';
import { addressOf, DEFAULT_PANEL, MOST_PANELS, notUnderstood, type PanelState, panelsBeyond, panelsOf } from './panel-address.ts';

const read = (query: string): PanelState[] => panelsOf(new URLSearchParams(query));
const check = (query: string, ...panels: Partial<PanelState>[]) =>
  expect(read(query)).toEqual(panels.map((panel) => ({ ...DEFAULT_PANEL, ...panel })));

test('addresses of Prometheus 2 and 3', () => {
  check('');
  check('g0.expr=up', { expr: 'up' });
  check('g0.expr=up&g0.tab=0&g0.stacked=1&g0.range_input=1h', { expr: 'up', tab: 'graph', displayMode: 'stacked' });
  check('g0.expr=up&g0.tab=1&g0.stacked=0', { expr: 'up', tab: 'table' });
  check('g0.expr=up&g0.tab=graph&g0.display_mode=heatmap&g0.range_input=2d', {
    expr: 'up',
    tab: 'graph',
    displayMode: 'heatmap',
    rangeMs: 172_800_000,
  });
  check('g0.expr=up&g0.end_input=2026-01-31%2012:00:05&g0.step_input=15', {
    expr: 'up',
    endMs: Date.UTC(2026, 0, 31, 12, 0, 5),
    resolution: { type: 'custom', stepMs: 15_000 },
  });
  check('g0.expr=up&g0.moment_input=2026-01-31%2012:00', { expr: 'up', endMs: Date.UTC(2026, 0, 31, 12) });
  check('g0.expr=up&g0.res_type=auto&g0.res_density=high', { expr: 'up', resolution: { type: 'auto', density: 'high' } });
  check('g0.expr=up&g0.res_type=fixed&g0.res_step=10', { expr: 'up', resolution: { type: 'fixed', stepMs: 10_000 } });
  const fifteen = { expr: 'up', resolution: { type: 'custom', stepMs: 15_000 } } as const;
  check('g0.expr=up&g0.step_input=15&g0.res_type=auto', fifteen);
  check('g0.expr=up&g0.step_input=15&g0.res_type=auto&g0.res_density=x', fifteen);
  check('g0.expr=up&g0.step_input=15&g0.res_type=fixed', fifteen);
  check('g0.expr=up&g0.step_input=15&g0.res_type=custom&g0.res_step=-1', fifteen);
  check('g0.expr=up&g0.step_input=15&g0.res_type=other&g0.res_step=10', fifteen);
  check('g0.expr=up&g0.step_input=15&g0.res_type=fixed&g0.res_step=10', { expr: 'up', resolution: { type: 'fixed', stepMs: 10_000 } });
  check('g0.expr=up&g0.step_input=15&g0.res_type=auto&g0.res_density=low', { expr: 'up', resolution: { type: 'auto', density: 'low' } });
  check('g0.expr=up&g0.res_type=auto', { expr: 'up' });
  check('g0.expr=a&g1.expr=b&g3.expr=d', { expr: 'a' }, { expr: 'b' });
});

test('values that mean nothing are passed over', () => {
  check(
    'g0.expr=up&g0.tab=constructor&g0.display_mode=x&g0.range_input=-5m&g0.end_input=soon&g0.res_type=custom&g0.res_step=1e999&g0.show_tree=2',
    { expr: 'up' },
  );
});

test('an address says what its panels say, and keeps what is not theirs', () => {
  const panels: PanelState[] = [
    { ...DEFAULT_PANEL, expr: 'rate(x{a="&=b"}[5m])', tab: 'graph', displayMode: 'stacked', endMs: Date.UTC(2026, 1, 3, 4, 5, 6, 789) },
    {
      ...DEFAULT_PANEL,
      expr: '',
      tab: 'explain',
      rangeMs: 5_400_000,
      resolution: { type: 'custom', stepMs: 500 },
      showTree: true,
      leastValue: -0.5,
    },
    { ...DEFAULT_PANEL, resolution: { type: 'auto', density: 'low' }, choice: { kind: 'hidden', texts: ['a{b="c"}', 'd'] } },
    { ...DEFAULT_PANEL, part: '0.1', filter: 'a b', order: 'value-down', leastValue: 0, choice: { kind: 'only', texts: ['a'] } },
  ];
  const params = addressOf(panels, new URLSearchParams('g0.expr=old&g7.tab=graph&other=1&g0.mine=2'));
  expect(panelsOf(params)).toEqual(panels);
  expect([params.get('other'), params.get('g0.mine'), params.get('g7.tab')]).toEqual(['1', '2', null]);
});

test('panels that are more than can be shown stay in the address', () => {
  const before = new URLSearchParams();
  for (let i = 0; i < MOST_PANELS + 3; i++) before.set(`g${i}.expr`, `x${i}`);
  before.set(`g${MOST_PANELS + 1}.range_input`, '5m');
  before.set(`g${MOST_PANELS + 7}.expr`, 'not the next');
  expect([panelsOf(before).length, panelsBeyond(before)]).toEqual([MOST_PANELS, 3]);
  const changed = addressOf(panelsOf(before), before);
  expect([changed.get(`g${MOST_PANELS + 2}.expr`), changed.get(`g${MOST_PANELS + 1}.range_input`)]).toEqual([`x${MOST_PANELS + 2}`, '5m']);
  expect([panelsBeyond(changed), changed.has(`g${MOST_PANELS + 7}.expr`)]).toEqual([3, false]);
  // One that goes makes room for the next.
  const fewer = addressOf(panelsOf(before).slice(1), before);
  expect([panelsOf(fewer).at(-1)?.expr, panelsBeyond(fewer), fewer.get(`g${MOST_PANELS}.range_input`)]).toEqual([
    `x${MOST_PANELS}`,
    2,
    '5m',
  ]);
  expect(panelsBeyond(new URLSearchParams('g0.expr=a&g1.expr=b'))).toBe(0);
});

test('what is not understood is told as it is written', () => {
  const params = new URLSearchParams(
    'g0.expr=up&g0.range_input=1x&g0.end_input=yesterdayish&g1.expr=up&g1.range_input=1h&g1.end_input=2026-01-02&g1.res_step=0&g2.step_input=x&g1.moment_input=',
  );
  expect(notUnderstood(params)).toEqual(['g0.range_input=1x', 'g0.end_input=yesterdayish', 'g1.res_step=0']);
});
