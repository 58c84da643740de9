// Asks the server about the parts of one expression at one time: few questions at once, each with a time limit, all broken off together.
import type { LabelMap, NamedCount, QueryAnswer, VectorElement } from '../../src/answers/index.ts';
import type { Asking, Parameters, Told } from '../server/ask.ts';
import { ServerError } from '../server/server-error.ts';
import { askedNodes, type ExplainNode } from './node-tree.ts';

export interface LabelCount {
  readonly name: string;
  readonly values: number;
  /** Those that most series have, each with how many. */
  readonly top: readonly NamedCount[];
}

export type NodeState =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly error: ServerError }
  | { readonly kind: 'scalar'; readonly value: string; readonly durationMs: number }
  /** `vector` and `labels` are null where there are too many series, or while they are not there yet. */
  | {
      readonly kind: 'series';
      readonly count: number;
      readonly durationMs: number;
      readonly vector: readonly VectorElement[] | null;
      readonly labels: readonly LabelCount[] | null;
    };

export type AskQuery = (path: string, parameters: Parameters, asking: Asking) => Promise<Told<QueryAnswer>>;

/** More are no help where one looks at a label in passing. */
const MOST_TOP_VALUES = 10;
/** Beyond these a node's series are counted, not read. */
export const MOST_SERIES_READ = 10_000;
const AT_ONCE = 3;
const TIMEOUT_MS = 30_000;
const UNASKED: NodeState = { kind: 'unasked' };
const WAITING: NodeState = { kind: 'waiting' };

export class Explaining {
  readonly #ask: AskQuery;
  readonly #timeMs: number;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #waiting: ExplainNode[];
  #states: ReadonlyMap<string, NodeState>;

  /** Begins at once. */
  constructor(root: ExplainNode, timeMs: number, ask: AskQuery) {
    this.#ask = ask;
    this.#timeMs = timeMs;
    this.#waiting = askedNodes(root);
    this.#states = new Map(this.#waiting.map(({ id }) => [id, WAITING]));
    for (let i = 0; i < AT_ONCE; i++) void this.#work();
  }

  /** A new map with each change. */
  get states(): ReadonlyMap<string, NodeState> {
    return this.#states;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  stop(): void {
    this.#waiting.length = 0;
    this.#abort.abort();
  }

  async #work(): Promise<void> {
    for (let node = this.#waiting.shift(); node !== undefined; node = this.#waiting.shift()) {
      try {
        await this.#explain(node);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (!(error instanceof ServerError)) throw error;
        this.#set(node, { kind: 'failed', error });
      }
    }
  }

  async #explain(node: ExplainNode): Promise<void> {
    const { data, durationMs: wholeMs } = await this.#query(node.countQuery!);
    // Of the server, not of the way to it.
    const durationMs = data.stats === undefined ? wholeMs : 1000 * (data.stats.timings.execTotalTime ?? 0);
    if (data.resultType === 'scalar') return this.#set(node, { kind: 'scalar', value: data.result[1], durationMs });
    const count = data.resultType === 'vector' ? Number(data.result[0]?.value[1] ?? 0) : 0;
    const counted = { kind: 'series', count, durationMs, vector: null, labels: null } as const;
    this.#set(node, counted);
    if (count > MOST_SERIES_READ) return;
    const { data: series } = count === 0 ? { data: { resultType: 'vector', result: [] } as const } : await this.#query(node.seriesQuery!);
    if (series.resultType !== 'vector') return;
    const vector = series.result;
    this.#set(node, { ...counted, vector, labels: labelCountsOf(vector) });
  }

  #query(query: string): Promise<Told<QueryAnswer>> {
    const parameters = { query, time: this.#timeMs / 1000, timeout: `${TIMEOUT_MS / 1000}s`, stats: 'true' };
    return this.#ask('/query', parameters, { method: 'POST', timeoutMs: TIMEOUT_MS, signal: this.#abort.signal });
  }

  #set({ id }: ExplainNode, state: NodeState): void {
    this.#states = new Map(this.#states).set(id, state);
    for (const listener of this.#listeners) listener();
  }
}

export function stateOf(states: ReadonlyMap<string, NodeState>, { id }: ExplainNode): NodeState {
  return states.get(id) ?? UNASKED;
}

/** Label names with how many values each has: the most first, then by name. */
export function labelCountsOf(vector: readonly { readonly metric: LabelMap }[]): LabelCount[] {
  const seriesByValue = new Map<string, Map<string, number>>();
  for (const { metric } of vector) {
    for (const [name, value] of Object.entries(metric)) {
      const known = seriesByValue.get(name);
      if (known === undefined) seriesByValue.set(name, new Map([[value, 1]]));
      else known.set(value, (known.get(value) ?? 0) + 1);
    }
  }
  const counts = [...seriesByValue].map(([name, byValue]) => ({ name, values: byValue.size, top: topOf(byValue) }));
  return counts.sort((a, b) => b.values - a.values || (a.name < b.name ? -1 : 1));
}

function topOf(byValue: ReadonlyMap<string, number>): NamedCount[] {
  const counts = [...byValue].map(([name, value]) => ({ name, value }));
  return counts.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1)).slice(0, MOST_TOP_VALUES);
}
