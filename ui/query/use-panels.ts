// The panels of the page: they are in its address, and nowhere else. What names each and where it was before each zoom stand beside the
// address, in the browser's history: so they fit wherever one goes back or forward to, and outlive a reload.
import { useCallback, useMemo } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { addressOf, DEFAULT_PANEL, MOST_PANELS, notUnderstood, type PanelState, panelsBeyond, panelsOf } from '../panels/panel-address.ts';
import { idsOf, namedPanels, type PanelList, withCopy, withoutPanel, withPanel } from './panel-list.ts';

export type TimeWindow = Pick<PanelState, 'rangeMs' | 'endMs'>;

export interface ChangeOptions {
  /** The browser's way back does not stop here. */
  readonly replace?: boolean;
  /** Of the panel, where it was before each zoom. */
  readonly zooms?: readonly TimeWindow[];
}

export interface Panels {
  readonly list: PanelList;
  /** No more are shown. */
  readonly isFull: boolean;
  /** Panels of the address that are not shown. */
  readonly beyond: number;
  /** Of the address, as it stands there. */
  readonly notUnderstood: readonly string[];
  zoomsOf(id: number): readonly TimeWindow[];
  change(id: number, change: Partial<PanelState>, options?: ChangeOptions): void;
  add(): void;
  /** A copy with another expression, right behind it. */
  duplicate(id: number, expr: string): void;
  /** The only panel is emptied. */
  remove(id: number): void;
}

type Zooms = Readonly<Record<string, readonly TimeWindow[]>>;

/** What an entry of the browser's history has beside its address. */
interface Beside {
  readonly ids?: readonly number[];
  readonly zooms?: Zooms;
}

export function usePanels(): Panels {
  const [params, setParams] = useSearchParams();
  const beside = useLocation().state as Beside | null;
  const list = useMemo(() => listOf(params, beside), [params, beside]);
  const set = useCallback(
    (next: (panels: PanelList) => PanelList, { replace = false, zooms = {} }: { replace?: boolean; zooms?: Zooms } = {}) => {
      // Of the browser and not of what is drawn: a field that is left and the button that is pressed change one after the other.
      const before = new URLSearchParams(window.location.search);
      const kept = besideNow();
      const panels = next(listOf(before, kept));
      const states = panels.map(({ state }) => state);
      const after: Beside = { ids: idsOf(panels), zooms: zoomsOfPanels(panels, { ...kept?.zooms, ...zooms }) };
      setParams(addressOf(states, before), { replace, state: after });
    },
    [setParams],
  );
  return {
    list,
    isFull: list.length >= MOST_PANELS,
    beyond: useMemo(() => panelsBeyond(params), [params]),
    notUnderstood: useMemo(() => notUnderstood(params), [params]),
    zoomsOf: (id) => beside?.zooms?.[id] ?? [],
    change: (id, change, { replace, zooms } = {}) =>
      set((panels) => panels.map((panel) => (panel.id === id ? { id, state: { ...panel.state, ...change } } : panel)), {
        replace,
        zooms: zooms === undefined ? {} : { [id]: zooms },
      }),
    add: () => set((panels) => withPanel(panels, DEFAULT_PANEL)),
    duplicate: (id, expr) => set((panels) => withCopy(panels, id, expr)),
    remove: (id) => set((panels) => withoutPanel(panels, id)),
  };
}

function listOf(params: URLSearchParams, beside: Beside | null): PanelList {
  const panels = panelsOf(params);
  return namedPanels(panels.length === 0 ? [DEFAULT_PANEL] : panels, beside?.ids ?? []);
}

/** A panel that comes later may have the name of one that has gone. */
function zoomsOfPanels(panels: PanelList, zooms: Zooms): Zooms {
  const names = new Set(idsOf(panels).map(String));
  return Object.fromEntries(Object.entries(zooms).filter(([id]) => names.has(id)));
}

/** Of the entry of the browser's history that one is at, as the router keeps it there. */
function besideNow(): Beside | null {
  const { usr } = (window.history.state ?? {}) as { usr?: Beside | null };
  return usr ?? null;
}
