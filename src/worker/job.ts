// A job in a worker, and what all kinds of jobs share: the reader, the kept selections, the ring, and a way to give way.
import {
  type HeadReader,
  type HiddenSeries,
  type KeyedSelectionQuery,
  type Selection,
  type SelectionCache,
  selectVisible,
  type VisibleQuery,
  type VisibleSeries,
} from '../kernel/index.ts';
import { type Labels, Matcher } from '../model/index.ts';
import type { OpenQuerier } from '../storage/index.ts';
import { WorkerError } from './errors.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { FromWorker, SelectionRequest } from './messages.ts';
import type { SlotRing } from './slot-ring.ts';
import type { TextWindow } from './text-window.ts';
import type { Turns } from './turns.ts';
import { corrected, needsCorrection } from './visible-corrections.ts';

export interface WorkerParts {
  readonly reader: HeadReader;
  readonly selections: SelectionCache;
  readonly ring: SlotRing;
  readonly memory: MemoryQueue;
  readonly window: TextWindow;
  readonly turns: Turns;
  /** What is stored beside the head; null: nothing is. */
  readonly openBlocks: OpenQuerier | null;
  post(message: FromWorker, transfer?: readonly ArrayBuffer[]): void;
}

export class Job {
  readonly id: number;
  readonly parts: WorkerParts;
  cancelled = false;
  readonly #rank: number;
  #onHeaders: ((headers: readonly string[]) => void) | null = null;

  /** `rank`: see Turns. */
  constructor(id: number, parts: WorkerParts, rank = 0) {
    this.id = id;
    this.parts = parts;
    this.#rank = rank;
  }

  cancel(): void {
    this.cancelled = true;
    this.parts.ring.leave(this.id);
    this.parts.memory.leave(this.id);
    this.#onHeaders?.([]);
  }

  /** Lets other jobs and messages have their turn. @throws WorkerError `cancelled` */
  readonly pause = async (): Promise<void> => {
    await this.parts.turns.wait(this.#rank);
    this.check();
  };

  /** @throws WorkerError `cancelled` */
  check(): void {
    if (this.cancelled) throw new WorkerError('cancelled', 'the request was given up');
  }

  /** Asks the main thread for the families' headers. @throws WorkerError `cancelled` */
  async askHeaders(names: readonly string[]): Promise<readonly string[]> {
    this.parts.post({ kind: 'wanted', job: this.id, names });
    const headers = await new Promise<readonly string[]>((resolve) => {
      this.#onHeaders = resolve;
    });
    this.#onHeaders = null;
    this.check();
    return headers;
  }

  giveHeaders(headers: readonly string[]): void {
    this.#onHeaders?.(headers);
  }

  /**
   * The query's visible series, looked at inside the epoch they were copied in. Waits for other jobs where the arena is full of their
   * copies. @throws KernelError, WorkerError `cancelled`
   */
  select<T extends object>(query: VisibleQuery, look: (visible: VisibleSeries) => T): Promise<T> {
    const { reader, selections, memory } = this.parts;
    return memory.withRoom(this.id, () =>
      selectVisible(reader, selections, query, this.pause, (visible, selection) => {
        if (!needsCorrection(reader, visible)) return look(visible);
        const left = corrected(reader, visible, selection, query);
        return left === null ? null : look(left);
      }),
    );
  }

  /**
   * The queries' series, whatever samples they have, as of one horizon; null from `use` says that the selections are too old for it. Waits
   * and throws as select().
   */
  selectSeries<T>(queries: readonly KeyedSelectionQuery[], use: (selections: readonly Selection[]) => T | null): Promise<T> {
    const { selections, memory } = this.parts;
    return memory.withRoom(this.id, () => selections.selectAll(queries, this.pause, use));
  }
}

export type Selectors = readonly (readonly Matcher[])[];

/** What a request selects; a selector without matchers selects every series. */
export function selectorsOf({ selectors, all }: SelectionRequest): Selectors {
  return all ? [[]] : selectors.map((matchers) => matchers.map(({ name, op, value }) => new Matcher(name, op, value)));
}

/** These selectors as the head's selections are asked for. Equal ones share a kept selection. */
export function headQuery(selectors: Selectors, externalLabels: Labels = [], hidden?: HiddenSeries): KeyedSelectionQuery {
  const all = selectors.some((matchers) => matchers.length === 0);
  const textOf = (matchers: readonly Matcher[]) => matchers.map(({ name, op, value }) => [name, op, value]);
  const texts = all ? [] : selectors.map(textOf);
  const key = JSON.stringify([all, texts, externalLabels, ...(hidden === undefined ? [] : [textOf(hidden.series), hidden.from])]);
  return { key, selectors: all ? [] : selectors, all, externalLabels, hidden };
}
