// The visible samples of a selection, copied into a worker's arena under one horizon: nothing of the head is held after
// that. Rendering and the API's questions about series work on the copies.
import type { HeadReader } from './head-reader.ts';
import type { KeyedSelectionQuery, Selection, SelectionCache } from './selection-cache.ts';

export const VISIBLE_BYTES = 24;
/** i64.MIN_VALUE, as assembly/visible.ts has it. */
export const UNRESOLVED_MS = -(2 ** 63);
/** Where in the scratch copyVisible tells how many there are, in words. */
const UNRESOLVED_COUNT = 8;
const HORIZON_TOO_OLD = 0xffffffff;

export interface VisibleQuery extends KeyedSelectionQuery {
  /** The window, ms, both ends included. */
  readonly minT: number;
  readonly maxT: number;
  /** Whether series whose newest sample is a stale marker count. */
  readonly withStale: boolean;
}

export class VisibleSeries {
  readonly count: number;
  /** Series selected, visible or not. */
  readonly selected: number;
  /** Entries with the time UNRESOLVED_MS, whose sample is to be looked for in stored chunks. */
  readonly unresolved: number;
  /** `count` entries {u32 slot, u32 ref, i64 t, value's bits}; freed by dispose. */
  readonly address: number;
  readonly #reader: HeadReader;

  constructor(reader: HeadReader, fields: { address: number; count: number; selected: number; unresolved?: number }) {
    this.#reader = reader;
    this.address = fields.address;
    this.count = fields.count;
    this.selected = fields.selected;
    this.unresolved = fields.unresolved ?? 0;
  }

  /** The first `count` of them; this one is not to be used any more. */
  first(count: number): VisibleSeries {
    const { address, selected } = this;
    this.#reader.arena.shrink(address, count * VISIBLE_BYTES);
    return new VisibleSeries(this.#reader, { address, count: Math.min(count, this.count), selected });
  }

  dispose(): void {
    this.#reader.arena.free(this.address);
  }

  /** Their refs, in label order. Inside the epoch they were copied in. @throws KernelError `out_of_memory` */
  sortedRefs(): Uint32Array {
    const { kernel, words, arena } = this.#reader;
    const entries = this.#reader.alloc(this.count * 16);
    try {
      for (let i = 0; i < this.count; i++) {
        const visible = (this.address + i * VISIBLE_BYTES) / 4;
        words[entries / 4 + i * 2] = words[visible];
        words[entries / 4 + i * 2 + 1] = words[visible + 1];
      }
      kernel.sortSeries(entries, entries + this.count * 8, this.count);
      const refs = new Uint32Array(this.count);
      for (let i = 0; i < this.count; i++) refs[i] = words[entries / 4 + i * 2 + 1];
      return refs;
    } finally {
      arena.free(entries);
    }
  }

  /** The label names that the series have, in no order. Inside the epoch they were copied in. */
  labelNames(): string[] {
    const { kernel } = this.#reader;
    return this.#marked(
      kernel.nameTop() >>> 0,
      (table) => kernel.markNames(this.address, this.count, table),
      (id) => this.#reader.nameText(id),
    );
  }

  /** The values of a label that the series have, in no order. Inside the epoch they were copied in. */
  labelValues(name: string): string[] {
    const { kernel } = this.#reader;
    const nameId = this.#reader.findName(name);
    if (nameId === 0) return [];
    return this.#marked(
      kernel.pairTop() >>> 0,
      (table) => kernel.markPairs(this.address, this.count, nameId, table),
      (id) => this.#reader.pairValue(id),
    );
  }

  #marked(top: number, mark: (table: number) => void, textOf: (id: number) => string): string[] {
    const { buffer, arena } = this.#reader;
    const table = this.#reader.allocZeroed(top);
    try {
      mark(table);
      const texts: string[] = [];
      for (let id = 1; id < top; id++) if (buffer[table + id] !== 0) texts.push(textOf(id));
      return texts;
    } finally {
      arena.free(table);
    }
  }
}

/**
 * Selects, copies the visible samples and gives them to `look`, inside the epoch they were copied in: there the series' texts can be read
 * without checks. The copy is `look`'s to dispose of or keep; null from it says that the selection is too old, and all is done again.
 * @throws KernelError `out_of_memory`; whatever `pause` throws
 */
export function selectVisible<T extends object>(
  reader: HeadReader,
  cache: SelectionCache,
  query: VisibleQuery,
  pause: () => Promise<void>,
  look: (visible: VisibleSeries, selection: Selection) => T | null,
): Promise<T> {
  const { kernel, arena } = reader;
  return cache.select(query.key, query, pause, (selection) => {
    const { address, count, capacity, horizon, deletions } = selection;
    const out = reader.alloc(count * VISIBLE_BYTES);
    let kept = false;
    try {
      return reader.inEpoch(() => {
        if (kernel.deletions() !== deletions) return null;
        const visible =
          kernel.copyVisible(address, count, capacity, horizon, query.minT, query.maxT, query.withStale ? 1 : 0, out, reader.scratch) >>> 0;
        if (visible === HORIZON_TOO_OLD) return null;
        arena.shrink(out, visible * VISIBLE_BYTES);
        kept = true;
        const unresolved = reader.words[reader.scratch / 4 + UNRESOLVED_COUNT];
        return look(new VisibleSeries(reader, { address: out, count: visible, selected: count, unresolved }), selection);
      });
    } finally {
      if (!kept) arena.free(out);
    }
  });
}
