// The panels of the page: they are in its address, and nowhere else.
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { addressOf, DEFAULT_PANEL, type PanelState, panelsOf } from '../panels/panel-address.ts';

export interface Panels {
  readonly list: readonly PanelState[];
  /** `replace`: the browser's way back does not stop here. */
  change(index: number, change: Partial<PanelState>, options?: { readonly replace?: boolean }): void;
  add(panel?: Partial<PanelState>): void;
  remove(index: number): void;
}

export function usePanels(): Panels {
  const [params, setParams] = useSearchParams();
  const list = useMemo(() => {
    const panels = panelsOf(params);
    return panels.length === 0 ? [DEFAULT_PANEL] : panels;
  }, [params]);
  const set = useCallback(
    (panels: readonly PanelState[], replace = false) => setParams((before) => addressOf(panels, before), { replace }),
    [setParams],
  );
  return {
    list,
    change: (index, change, options) =>
      set(
        list.map((panel, i) => (i === index ? { ...panel, ...change } : panel)),
        options?.replace,
      ),
    add: (panel) => set([...list, { ...DEFAULT_PANEL, ...panel }]),
    remove: (index) => set(list.filter((_, i) => i !== index)),
  };
}
