// The panels of a page, each under a name that stays when others come and go: what is being written in one stays with it.
import { DEFAULT_PANEL, type PanelState } from '../panels/panel-address.ts';
import { ALL_SERIES } from '../panels/series-choice.ts';

interface NamedPanel {
  readonly id: number;
  readonly state: PanelState;
}

export type PanelList = readonly NamedPanel[];

/** `ids`: names from before, which may be none, or of fewer panels. */
export function namedPanels(states: readonly PanelState[], ids: readonly number[]): PanelList {
  const free = nextOf(ids);
  return states.map((state, i) => ({ id: ids[i] ?? free + i, state }));
}

export function withPanel(panels: PanelList, state: PanelState): PanelList {
  return [...panels, { id: nextOf(idsOf(panels)), state }];
}

/** A copy right behind the panel, with the expression that is written there by now. */
export function withCopy(panels: PanelList, id: number, expr: string): PanelList {
  return panels.flatMap((panel) => {
    if (panel.id !== id) return [panel];
    // What was chosen is of the other expression.
    const change: Partial<PanelState> = expr === panel.state.expr ? {} : { expr, part: '', choice: ALL_SERIES };
    return [panel, { id: nextOf(idsOf(panels)), state: { ...panel.state, ...change } }];
  });
}

/** An empty one stands in for the last. */
export function withoutPanel(panels: PanelList, id: number): PanelList {
  const others = panels.filter((panel) => panel.id !== id);
  return others.length > 0 ? others : [{ id: nextOf(idsOf(panels)), state: DEFAULT_PANEL }];
}

export function idsOf(panels: PanelList): readonly number[] {
  return panels.map(({ id }) => id);
}

function nextOf(ids: readonly number[]): number {
  return Math.max(-1, ...ids) + 1;
}
