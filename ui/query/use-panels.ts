// The panels of the page: they are in its address, and nowhere else. Where one was before each zoom stands beside the address, in the
// browser's history: so it fits wherever one goes back or forward to, and outlives a reload.
import { useCallback, useMemo } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { addressOf, DEFAULT_PANEL, type PanelState, panelsOf } from '../panels/panel-address.ts';

export type TimeWindow = Pick<PanelState, 'rangeMs' | 'endMs'>;

export interface ChangeOptions {
  /** The browser's way back does not stop here. */
  readonly replace?: boolean;
  /** Of the panel, where it was before each zoom. */
  readonly zooms?: readonly TimeWindow[];
}

export interface Panels {
  readonly list: readonly PanelState[];
  zoomsOf(index: number): readonly TimeWindow[];
  change(index: number, change: Partial<PanelState>, options?: ChangeOptions): void;
  add(panel?: Partial<PanelState>): void;
  remove(index: number): void;
}

type Zooms = Readonly<Record<string, readonly TimeWindow[]>>;

export function usePanels(): Panels {
  const [params, setParams] = useSearchParams();
  const { state } = useLocation();
  const list = useMemo(() => listOf(params), [params]);
  const set = useCallback(
    (next: (panels: readonly PanelState[]) => readonly PanelState[], zooms: Zooms, replace = false) => {
      // Of the browser and not of what is drawn: a field that is left and the button that is pressed change one after the other.
      const before = new URLSearchParams(window.location.search);
      setParams(addressOf(next(listOf(before)), before), { replace, state: { zooms } });
    },
    [setParams],
  );
  return {
    list,
    zoomsOf: (index) => (state as { zooms?: Zooms } | null)?.zooms?.[index] ?? [],
    change: (index, change, { replace, zooms } = {}) => {
      const kept = currentZooms();
      set(
        (panels) => panels.map((panel, i) => (i === index ? { ...panel, ...change } : panel)),
        zooms === undefined ? kept : { ...kept, [index]: zooms },
        replace,
      );
    },
    add: (panel) => set((panels) => [...panels, { ...DEFAULT_PANEL, ...panel }], currentZooms()),
    remove: (index) => set((panels) => panels.filter((_, i) => i !== index), {}),
  };
}

function listOf(params: URLSearchParams): readonly PanelState[] {
  const panels = panelsOf(params);
  return panels.length === 0 ? [DEFAULT_PANEL] : panels;
}

/** Those of the entry of the browser's history that one is at, as the router keeps them there. */
function currentZooms(): Zooms {
  const { usr } = (window.history.state ?? {}) as { usr?: { zooms?: Zooms } };
  return usr?.zooms ?? {};
}
