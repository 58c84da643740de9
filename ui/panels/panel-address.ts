// Panels of the query page in its address, with Prometheus's names: `g0.expr`, `g0.tab`, `g0.range_input`, … (web/ui of Prometheus 2 and 3),
// so that links are shared between both. Unknown values are passed over; what stands at its default is left out.
import { formatDuration, parseDuration } from '../../src/model/index.ts';
import { formatTime, parseTime } from '../format/time.ts';
import { ALL_SERIES, type SeriesChoice } from './series-choice.ts';

export type PanelTab = 'table' | 'graph' | 'explain';
export type DisplayMode = 'lines' | 'stacked' | 'heatmap';
/** Of the rows of a table: as they were answered, by series, by value. */
export type RowOrder = 'answer' | 'series' | 'value-down' | 'value-up';
export type Density = 'low' | 'medium' | 'high';

/** How far apart the steps of a graph are. */
export type Resolution =
  | { readonly type: 'auto'; readonly density: Density }
  | { readonly type: 'fixed' | 'custom'; readonly stepMs: number };

export interface PanelState {
  readonly expr: string;
  readonly tab: PanelTab;
  readonly displayMode: DisplayMode;
  readonly rangeMs: number;
  /** Null: now. Of the table too. */
  readonly endMs: number | null;
  readonly resolution: Resolution;
  /** Where the graph's axis of values begins; null: where the values do. */
  readonly leastValue: number | null;
  /** Of the table: words that a row must have, and the order of rows. */
  readonly filter: string;
  readonly order: RowOrder;
  /** Series of the graph that are hidden, or that alone are shown. */
  readonly choice: SeriesChoice;
  /** The part that the explanation is of: its way down from the whole, `0.1.0`; '' for the whole. */
  readonly part: string;
  /** The explain tree beside the editor, as in Prometheus. */
  readonly showTree: boolean;
}

export const DEFAULT_PANEL: PanelState = {
  expr: '',
  tab: 'table',
  displayMode: 'lines',
  rangeMs: 3_600_000,
  endMs: null,
  resolution: { type: 'auto', density: 'medium' },
  leastValue: null,
  filter: '',
  order: 'answer',
  choice: ALL_SERIES,
  part: '',
  showTree: false,
};

/** More panels than a page can be of use with. Those beyond stay in the address. */
export const MOST_PANELS = 100;
/** Of all series that are chosen in a legend, in the address: servers take addresses of some kilobytes. */
const MOST_CHOSEN_LENGTH = 4_000;
const TABS: Readonly<Record<string, PanelTab>> = { '0': 'graph', graph: 'graph', '1': 'table', table: 'table', explain: 'explain' };
const MODES: Readonly<Record<string, DisplayMode>> = { lines: 'lines', stacked: 'stacked', heatmap: 'heatmap' };
const ORDERS: Readonly<Record<string, RowOrder>> = { series: 'series', 'value-down': 'value-down', 'value-up': 'value-up' };
const DENSITIES: Readonly<Record<string, Density>> = { low: 'low', medium: 'medium', high: 'high' };
/** Names that this page knows; others in the address stay as they are. */
const PANEL_PARAMETER =
  /^g(\d+)\.(expr|tab|display_mode|stacked|range_input|end_input|moment_input|step_input|res_type|res_density|res_step|show_tree|show_exemplars|y_axis_min|filter|order|part|only|hidden)$/;

/** The panels of an address; none where it has none. */
export function panelsOf(params: URLSearchParams): PanelState[] {
  const panels: PanelState[] = [];
  while (panels.length < MOST_PANELS && params.has(`g${panels.length}.expr`)) panels.push(panelOf(params, `g${panels.length}.`));
  return panels;
}

/** How many more there are than are shown. */
export function panelsBeyond(params: URLSearchParams): number {
  let count = 0;
  if (panelsOf(params).length === MOST_PANELS) while (params.has(`g${MOST_PANELS + count}.expr`)) count++;
  return count;
}

/** What of an address is not understood, as it stands there: its panels are shown as if it were not there. */
export function notUnderstood(params: URLSearchParams): string[] {
  return panelsOf(params).flatMap((_, i) => {
    const isTime = (text: string): boolean => !Number.isNaN(parseTime(text, true));
    const isStep = (text: string): boolean => Number(text) > 0 && Number.isFinite(Number(text));
    const readers: Readonly<Record<string, (text: string) => boolean>> = {
      range_input: (text) => durationOf(text) !== null,
      end_input: isTime,
      moment_input: isTime,
      res_step: isStep,
      step_input: isStep,
    };
    return Object.entries(readers).flatMap(([name, isRead]) => {
      const text = params.get(`g${i}.${name}`) ?? '';
      return text.trim() === '' || isRead(text) ? [] : [`g${i}.${name}=${text}`];
    });
  });
}

function panelOf(params: URLSearchParams, prefix: string): PanelState {
  const text = (name: string): string => params.get(prefix + name) ?? '';
  const stacked = params.has(`${prefix}stacked`) ? (text('stacked') === '1' ? 'stacked' : 'lines') : DEFAULT_PANEL.displayMode;
  const endMs = [text('moment_input'), text('end_input')].map((time) => parseTime(time, true)).find((ms) => !Number.isNaN(ms));
  return {
    expr: text('expr'),
    tab: entryOf(TABS, text('tab')) ?? DEFAULT_PANEL.tab,
    displayMode: entryOf(MODES, text('display_mode')) ?? stacked,
    rangeMs: durationOf(text('range_input')) ?? DEFAULT_PANEL.rangeMs,
    endMs: endMs ?? null,
    resolution: resolutionOf(text),
    leastValue: leastValueOf(text('y_axis_min')),
    filter: text('filter'),
    order: entryOf(ORDERS, text('order')) ?? DEFAULT_PANEL.order,
    choice: choiceOf(params, prefix),
    part: /^\d+(\.\d+)*$/.test(text('part')) ? text('part') : DEFAULT_PANEL.part,
    showTree: text('show_tree') === '1',
  };
}

/** `step_input` is Prometheus 2's; what is said with it of a resolution counts where it says all that it must. */
function resolutionOf(text: (name: string) => string): Resolution {
  const type = text('res_type');
  if (type === 'auto') {
    const density = entryOf(DENSITIES, text('res_density'));
    if (density !== undefined) return { type, density };
  } else if (type === 'fixed' || type === 'custom') {
    const stepMs = stepOf(text('res_step'));
    if (stepMs !== null) return { type, stepMs };
  }
  const stepMs = stepOf(text('step_input'));
  return stepMs === null ? DEFAULT_PANEL.resolution : { type: 'custom', stepMs };
}

function stepOf(seconds: string): number | null {
  const stepMs = Math.round(Number(seconds) * 1000);
  return stepMs > 0 && Number.isFinite(stepMs) ? stepMs : null;
}

function leastValueOf(text: string): number | null {
  return text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text);
}

function choiceOf(params: URLSearchParams, prefix: string): SeriesChoice {
  const only = params.getAll(`${prefix}only`);
  if (only.length > 0) return { kind: 'only', texts: only };
  const hidden = params.getAll(`${prefix}hidden`);
  return hidden.length > 0 ? { kind: 'hidden', texts: hidden } : ALL_SERIES;
}

function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function durationOf(text: string): number | null {
  try {
    const ms = parseDuration(text);
    return ms > 0 ? ms : null;
  } catch {
    return null;
  }
}

/** The query string of panels. `others`: the address until now; parameters of it that are not the panels' stay, and so do panels that are not shown. */
export function addressOf(panels: readonly PanelState[], others = new URLSearchParams()): URLSearchParams {
  const params = new URLSearchParams();
  panels.forEach((panel, i) => {
    const set = (name: string, value: string): void => params.set(`g${i}.${name}`, value);
    set('expr', panel.expr);
    set('tab', panel.tab);
    if (panel.displayMode !== DEFAULT_PANEL.displayMode) set('display_mode', panel.displayMode);
    set('range_input', formatDuration(panel.rangeMs));
    if (panel.endMs !== null) {
      // One for the graph and one for the table, as Prometheus reads them.
      set('end_input', formatTime(panel.endMs, true));
      set('moment_input', formatTime(panel.endMs, true));
    }
    setResolution(panel.resolution, set);
    if (panel.part !== '') set('part', panel.part);
    if (panel.filter !== '') set('filter', panel.filter);
    if (panel.order !== DEFAULT_PANEL.order) set('order', panel.order);
    if (panel.leastValue !== null) set('y_axis_min', String(panel.leastValue));
    const { kind, texts } = chosenOf(panel.choice);
    for (const text of texts) params.append(`g${i}.${kind}`, text);
    if (panel.showTree) set('show_tree', '1');
  });
  const beyond = panelsBeyond(others);
  for (const [name, value] of others) {
    const [, number, what] = PANEL_PARAMETER.exec(name) ?? [];
    if (what === undefined) params.append(name, value);
    else if (Number(number) >= MOST_PANELS && Number(number) < MOST_PANELS + beyond)
      params.append(`g${Number(number) - MOST_PANELS + panels.length}.${what}`, value);
  }
  return params;
}

/** As much of a choice as an address has room for. */
export function chosenOf({ kind, texts }: SeriesChoice): SeriesChoice {
  let left = MOST_CHOSEN_LENGTH;
  const end = texts.findIndex((text) => {
    left -= encodeURIComponent(text).length;
    return left < 0;
  });
  return end < 0 ? { kind, texts } : { kind, texts: texts.slice(0, end) };
}

function setResolution(resolution: Resolution, set: (name: string, value: string) => void): void {
  if (resolution.type === 'auto') {
    if (resolution.density === 'medium') return;
    set('res_type', 'auto');
    set('res_density', resolution.density);
  } else {
    set('res_type', resolution.type);
    set('res_step', String(resolution.stepMs / 1000));
  }
}

/** The address of one panel below this application: `/query?g0.expr=…`. */
export function queryLink(panel: Partial<PanelState> & Pick<PanelState, 'expr'>): string {
  return `/query?${addressOf([{ ...DEFAULT_PANEL, ...panel }])}`;
}
