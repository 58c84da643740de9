// A job in a worker, and what all kinds of jobs share: the reader, the kept selections, the ring, and a way to give way.
import {
  type HeadReader,
  type Selection,
  type SelectionCache,
  type SelectionQuery,
  selectVisible,
  type VisibleSeries,
} from '../kernel/index.ts';
import { Matcher } from '../model/index.ts';
import { WorkerError } from './errors.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { FromWorker, SelectionRequest } from './messages.ts';
import type { SampleSource, Selectors } from './sample-source.ts';
import type { SlotRing } from './slot-ring.ts';
import type { TextWindow } from './text-window.ts';

export interface WorkerParts {
  readonly reader: HeadReader;
  readonly selections: SelectionCache;
  readonly ring: SlotRing;
  readonly memory: MemoryQueue;
  readonly window: TextWindow;
  /** What is stored beside the head; null: nothing is. */
  readonly source: SampleSource | null;
  post(message: FromWorker, transfer?: readonly ArrayBuffer[]): void;
}

export class Job {
  readonly id: number;
  readonly parts: WorkerParts;
  cancelled = false;
  #onHeaders: ((headers: readonly string[]) => void) | null = null;

  constructor(id: number, parts: WorkerParts) {
    this.id = id;
    this.parts = parts;
  }

  cancel(): void {
    this.cancelled = true;
    this.parts.ring.leave(this.id);
    this.parts.memory.leave(this.id);
    this.#onHeaders?.([]);
  }

  /** Lets other jobs and messages have their turn. @throws WorkerError `cancelled` */
  readonly pause = async (): Promise<void> => {
    await new Promise<void>((resolve) => setImmediate(resolve));
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
   * The request's visible series, looked at inside the epoch they were copied in. Waits for other jobs where the arena is full of their
   * copies. @throws KernelError, WorkerError `cancelled`
   */
  select<T>(request: SelectionRequest, withStale: boolean, look: (visible: VisibleSeries) => T): Promise<T> {
    const { reader, selections, memory } = this.parts;
    const query = { ...queryOf(request), minT: request.minT, maxT: request.maxT, withStale };
    return memory.withRoom(this.id, () => selectVisible(reader, selections, query, this.pause, look));
  }

  /** The request's series, whatever samples they have; null from `use` says that the selection is too old for it. Waits and throws as select(). */
  selectSeries<T>(request: SelectionRequest, use: (selection: Selection) => T | null): Promise<T> {
    const { selections, memory } = this.parts;
    const query = queryOf(request);
    return memory.withRoom(this.id, () => selections.select(query.key, query, this.pause, use));
  }
}

/** What the source beside the head is asked for. */
export function storedSelectors({ selectors, all }: SelectionRequest): Selectors {
  return all ? [[]] : selectors.map((matchers) => matchers.map(({ name, op, value }) => new Matcher(name, op, value)));
}

function queryOf({ selectors, all, externalLabels }: SelectionRequest): SelectionQuery & { readonly key: string } {
  return {
    key: JSON.stringify([all, all ? [] : selectors, externalLabels]),
    selectors: selectors.map((matchers) => matchers.map(({ name, op, value }) => new Matcher(name, op, value))),
    all,
    externalLabels,
  };
}
