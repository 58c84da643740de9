// Selections: the series of a union of selectors, grouped by metric name, in a worker's arena. They are kept and brought
// up to date on use: only series newer than the newest one seen are tested, and those removed since are dropped.
// The least recently used ones make room when the arena is full.
import type { Labels, Matcher } from '../model/index.ts';
import type { HeadReader } from './head-reader.ts';
import { ACCEPTED, freePlan, planSelector, REFUSED, type SelectorPlan } from './selector-plan.ts';

export interface SelectionQuery {
  /** The union of these; a selector without matchers selects nothing. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** Every series, whatever `selectors` says. */
  readonly all?: boolean;
  readonly externalLabels: Labels;
  /** What some of the selectors do not select. */
  readonly hidden?: HiddenSeries;
}

/** Series that the selectors from index `from` on do not select. */
export interface HiddenSeries {
  readonly series: readonly Matcher[];
  readonly from: number;
}

export interface KeyedSelectionQuery extends SelectionQuery {
  /** Identity of the selectors, external labels and hidden series. */
  readonly key: string;
  /** Whether the series' ranks are wanted. */
  readonly ranked?: boolean;
}

/** Three arrays of `capacity` u32 side by side at `address`: refs, slots, pairs of the metric name. */
export interface Selection {
  readonly address: number;
  readonly count: number;
  readonly capacity: number;
  /** It has all series of the batches up to this one. */
  readonly horizon: number;
  /** The kernel's deletions() of which it is free: slots are good in an epoch in which that is still the same. */
  readonly deletions: number;
  /** Where each of them comes in label order, u32; 0 when that was not asked for, or series were removed before it could be found. */
  readonly ranks: number;
}

interface Entry {
  key: string;
  address: number;
  count: number;
  capacity: number;
  /** All refs up to this were tested; removals up to this generation are dropped. */
  seenRef: number;
  deletions: number;
  /** 0 until they are asked for; as the series are. */
  ranks: number;
  /** Whoever uses it now: others wait until that is over, and it is not evicted. */
  claim: { readonly over: Promise<void>; readonly settle: () => void } | null;
}

/** Three arrays that grow while a scan fills them. */
interface Found {
  address: number;
  count: number;
  capacity: number;
}

const SCAN_BYTES = 64;
const ASKED_CAPACITY = 4096;
const ENTRY_BYTES = 12;
/** Candidates tested between two looks at the event loop: about 10 ms. */
const SLICE = 100_000;
/** What a call of the kernel and a verdict cost, in candidates. */
const LIST_COST = 10;
const VERDICT_COST = 20;
/** A selection whose pairs change under it so often is made in one go. */
const MOST_RESTARTS = 3;
const DONE = 0;
const OUTPUT_FULL = 1;
const VERDICTS_WANTED = 2;
const SCAN = {
  MATCHERS: 0,
  MATCHER_COUNT: 1,
  LIST: 2,
  FROM: 3,
  TO: 4,
  OUT: 5,
  COUNT: 6,
  CAPACITY: 7,
  SEEN: 8,
  SEEN_SLOTS: 9,
  ASKED: 10,
  ASKED_COUNT: 11,
  ASKED_CAPACITY: 12,
  BUDGET: 13,
} as const;

export class SelectionCache {
  readonly #reader: HeadReader;
  /** In order of use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;

  /** Keeps at most `limit` selections. */
  constructor(reader: HeadReader, limit: number) {
    this.#reader = reader;
    this.#limit = limit;
    reader.onPressure = () => this.#evict();
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Brings the selection of a query, whose identity is `key`, up to date and gives it to `use`, which copies what it needs; null from `use`
   * says that the selection is too old for it, and all is done again. `pause` is awaited between slices of work and throws to give up.
   * @throws KernelError `out_of_memory`
   */
  select<T>(key: string, query: SelectionQuery, pause: () => Promise<void>, use: (selection: Selection) => T | null): Promise<T> {
    return this.selectAll([{ ...query, key }], pause, ([selection]) => use(selection));
  }

  /** The same for several queries at once: their selections, in the queries' order, have one horizon. */
  async selectAll<T>(
    queries: readonly KeyedSelectionQuery[],
    pause: () => Promise<void>,
    use: (selections: readonly Selection[]) => T | null,
  ): Promise<T> {
    const byKey = new Map(queries.map((query) => [query.key, query]));
    const claimed: Entry[] = [];
    try {
      // In the same order wherever two of them are claimed, so that nobody waits for one who waits for him.
      for (const key of [...byKey.keys()].sort()) claimed.push(await this.#claim(key));
      for (;;) {
        // The horizon before the newest ref: every series of a batch up to the horizon is then looked at.
        const horizon = this.#reader.kernel.horizon() >>> 0;
        for (const entry of claimed) await this.#refresh(entry, byKey.get(entry.key)!, pause);
        const result = use(
          queries.map(({ key }) => {
            const { address, count, capacity, deletions, ranks } = claimed.find((entry) => entry.key === key)!;
            return { address, count, capacity, horizon, deletions, ranks };
          }),
        );
        if (result !== null) return result;
        await pause();
      }
    } catch (error) {
      for (const entry of claimed) this.#forget(entry);
      throw error;
    } finally {
      for (const entry of claimed) {
        const claim = entry.claim;
        entry.claim = null;
        claim?.settle();
      }
    }
  }

  /** The entry of a key, new or idle, as the one most recently used; the caller's alone until its claim is settled. */
  async #claim(key: string): Promise<Entry> {
    let entry = this.#entries.get(key);
    while (entry?.claim) {
      await entry.claim.over;
      entry = this.#entries.get(key);
    }
    if (entry === undefined) {
      while (this.#entries.size >= this.#limit && this.#evict());
      entry = { key, address: 0, count: 0, capacity: 0, seenRef: 0, deletions: this.#reader.kernel.deletions(), ranks: 0, claim: null };
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    let settle = () => {};
    const over = new Promise<void>((resolve) => {
      settle = resolve;
    });
    entry.claim = { over, settle };
    return entry;
  }

  #forget(entry: Entry): void {
    this.#forgetRanks(entry);
    if (entry.address !== 0) this.#reader.arena.free(entry.address);
    entry.address = entry.count = entry.capacity = 0;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #forgetRanks(entry: Entry): void {
    if (entry.ranks !== 0) this.#reader.arena.free(entry.ranks);
    entry.ranks = 0;
  }

  #evict(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.claim) continue;
      this.#forget(entry);
      return true;
    }
    return false;
  }

  async #refresh(entry: Entry, query: KeyedSelectionQuery, pause: () => Promise<void>): Promise<void> {
    const { kernel, arena } = this.#reader;
    const toRef = kernel.lastRef() >>> 0;
    const found: Found = { address: 0, count: 0, capacity: 0 };
    try {
      if (toRef > entry.seenRef) await this.#find(entry.seenRef + 1, toRef, query, found, pause);
      this.#reader.inEpoch(() => {
        // What was removed since the last use or during the scan goes first: its names may mean something else by now.
        const deletions = kernel.deletions();
        if (deletions !== entry.deletions) {
          this.#forgetRanks(entry);
          for (const part of [entry, found]) part.count = kernel.dropDead(part.address, part.count, part.capacity) >>> 0;
        }
        if (found.count > 0) {
          this.#forgetRanks(entry);
          this.#merge(entry, found);
        }
        entry.deletions = deletions;
        entry.seenRef = toRef;
      });
    } finally {
      if (found.address !== 0) arena.free(found.address);
    }
    if (query.ranked && entry.ranks === 0 && entry.count > 0) this.#rank(entry);
  }

  /** 0.2 to 1 s for a million series, once. */
  #rank(entry: Entry): void {
    const { kernel, arena } = this.#reader;
    const { address, count, capacity } = entry;
    const work: number[] = [];
    try {
      const ranks = this.#reader.alloc(count * 4);
      work.push(ranks);
      const entries = this.#reader.alloc(count * 8);
      work.push(entries);
      const spare = this.#reader.alloc(count * 8);
      work.push(spare);
      this.#reader.inEpoch(() => {
        if (kernel.deletions() !== entry.deletions) return;
        kernel.rankSeries(address + capacity * 4, count, entries, spare, ranks);
        entry.ranks = work.shift()!;
      });
    } finally {
      for (const piece of work) arena.free(piece);
    }
  }

  /**
   * All series from `fromRef` to `toRef` that one of the selectors selects. Hidden ones are selected for nothing before the selectors that they
   * are hidden from: then these have seen them, and no series has one condition more to fulfil.
   */
  async #find(fromRef: number, toRef: number, query: SelectionQuery, found: Found, pause: () => Promise<void>): Promise<void> {
    const { kernel, arena } = this.#reader;
    const slots = kernel.slotTop() >>> 0;
    const seen = this.#reader.allocZeroed((slots >>> 3) + 1);
    let scan = 0;
    try {
      scan = this.#reader.allocZeroed(SCAN_BYTES + ASKED_CAPACITY * 8);
      const { words } = this.#reader;
      const set = (field: number, value: number) => {
        words[scan / 4 + field] = value;
      };
      set(SCAN.TO, toRef);
      set(SCAN.SEEN, seen);
      set(SCAN.SEEN_SLOTS, slots);
      set(SCAN.ASKED, scan + SCAN_BYTES);
      set(SCAN.ASKED_CAPACITY, ASKED_CAPACITY);
      const { all, hidden, externalLabels } = query;
      const selectors = all ? [[]] : query.selectors;
      for (const [index, matchers] of selectors.entries()) {
        if (hidden !== undefined && index === hidden.from) {
          const { count } = found;
          await new SelectorScan(this.#reader, scan, found, hidden.series, externalLabels).run(fromRef, toRef, pause);
          found.count = count;
        }
        if (!all && matchers.length === 0) continue;
        await new SelectorScan(this.#reader, scan, found, matchers, externalLabels).run(fromRef, toRef, pause);
      }
    } finally {
      arena.free(seen);
      if (scan !== 0) arena.free(scan);
    }
  }

  /** Puts what was found into the entry, grouped by metric name. Inside an epoch. */
  #merge(entry: Entry, found: Found): void {
    const { kernel, words, arena } = this.#reader;
    const total = entry.count + found.count;
    const names = Math.min(total, (kernel.pairCountOfName(this.#reader.findName('__name__')) >>> 0) + 1);
    let entries = 16;
    while (entries < names * 2) entries *= 2;
    const work: number[] = [];
    let merged = 0;
    try {
      const grouping = this.#reader.allocZeroed(32);
      work.push(grouping);
      const table = this.#reader.allocZeroed(entries * 8);
      work.push(table);
      const groups = this.#reader.alloc(names * 12);
      work.push(groups);
      const order = this.#reader.alloc(names * 4);
      work.push(order);
      words.set([table, entries - 1, groups, 0, order], grouping / 4);
      merged = this.#reader.alloc(total * ENTRY_BYTES);
      for (const part of [entry, found]) if (part.count > 0) kernel.groupCount(grouping, part.address + part.capacity * 8, part.count);
      kernel.groupOrder(grouping);
      for (const part of [entry, found])
        if (part.count > 0) kernel.groupPlace(grouping, part.address, part.count, part.capacity, merged, total);
    } finally {
      for (const address of work) arena.free(address);
    }
    if (entry.address !== 0) arena.free(entry.address);
    entry.address = merged;
    entry.count = entry.capacity = total;
  }
}

/** One selector's scan through its candidates' lists. */
class SelectorScan {
  readonly #reader: HeadReader;
  readonly #scan: number;
  readonly #found: Found;
  readonly #matchers: readonly Matcher[];
  readonly #externalLabels: Labels;

  constructor(reader: HeadReader, scan: number, found: Found, matchers: readonly Matcher[], externalLabels: Labels) {
    this.#reader = reader;
    this.#scan = scan / 4;
    this.#found = found;
    this.#matchers = matchers;
    this.#externalLabels = externalLabels;
  }

  async run(fromRef: number, toRef: number, pause: () => Promise<void>): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      if (restarts >= MOST_RESTARTS) {
        this.#reader.inEpoch(() => this.#steps(fromRef, toRef, false).next());
        return;
      }
      const steps = this.#steps(fromRef, toRef, true);
      for (;;) {
        const step = this.#reader.inEpoch(() => steps.next());
        if (step.done && step.value) return;
        if (step.done) break; // series were removed in between: pair ids may mean something else now
        await this.#pauseOrStop(steps, pause);
      }
      await pause();
    }
  }

  async #pauseOrStop(steps: Generator<void, boolean>, pause: () => Promise<void>): Promise<void> {
    try {
      await pause();
    } catch (error) {
      steps.return(false); // gives the plan back
      throw error;
    }
  }

  /** Each step is inside one epoch. Returns whether it came to the end. */
  *#steps(fromRef: number, toRef: number, pauses: boolean): Generator<void, boolean> {
    const { kernel, words } = this.#reader;
    const deletions = kernel.deletions();
    const plan = planSelector(this.#reader, this.#matchers, this.#externalLabels, fromRef, toRef);
    if (plan === null) return true;
    try {
      words[this.#scan + SCAN.MATCHERS] = plan.records;
      words[this.#scan + SCAN.MATCHER_COUNT] = plan.matchers.length;
      let budget = SLICE;
      const lists = plan.candidates === null ? 1 : plan.candidates.length;
      for (let i = 0; i < lists; i++) {
        words[this.#scan + SCAN.FROM] = fromRef;
        let state = -1;
        while (state !== DONE) {
          if (pauses && budget <= 0) {
            yield;
            if (kernel.deletions() !== deletions) return false;
            budget = SLICE;
          }
          // Taken anew each time: between two epochs a removal may have built the list anew.
          words[this.#scan + SCAN.LIST] = plan.candidates === null ? kernel.allPostings() : kernel.postingsOf(plan.candidates[i]);
          words[this.#scan + SCAN.BUDGET] = pauses ? budget : 0xffffffff;
          state = this.#advance(plan);
          budget = words[this.#scan + SCAN.BUDGET] - LIST_COST - words[this.#scan + SCAN.ASKED_COUNT] * VERDICT_COST;
        }
      }
      return true;
    } finally {
      freePlan(this.#reader, plan);
    }
  }

  /** One call of the kernel, and what it asks for. */
  #advance(plan: SelectorPlan): number {
    const { kernel, words, buffer } = this.#reader;
    const found = this.#found;
    if (found.capacity === 0) this.#grow(4096);
    words[this.#scan + SCAN.OUT] = found.address;
    words[this.#scan + SCAN.COUNT] = found.count;
    words[this.#scan + SCAN.CAPACITY] = found.capacity;
    words[this.#scan + SCAN.ASKED_COUNT] = 0;
    const state = kernel.selectScan(this.#scan * 4);
    found.count = words[this.#scan + SCAN.COUNT];
    if (state === OUTPUT_FULL) this.#grow(found.capacity * 2);
    if (state === VERDICTS_WANTED) {
      const asked = words[this.#scan + SCAN.ASKED] / 4;
      for (let i = 0; i < words[this.#scan + SCAN.ASKED_COUNT]; i++) {
        const index = words[asked + i * 2];
        const pair = words[asked + i * 2 + 1];
        const verdict = plan.matchers[index].matches(this.#reader.pairValue(pair)) ? ACCEPTED : REFUSED;
        const table = buffer.readUInt32LE(plan.records + index * 16 + 8);
        buffer[table + pair] = verdict;
      }
    }
    return state;
  }

  #grow(capacity: number): void {
    const { buffer, arena } = this.#reader;
    const found = this.#found;
    const address = this.#reader.alloc(capacity * ENTRY_BYTES);
    for (let array = 0; array < 3; array++) {
      const from = found.address + array * found.capacity * 4;
      if (found.count > 0) buffer.copy(buffer, address + array * capacity * 4, from, from + found.count * 4);
    }
    if (found.address !== 0) arena.free(found.address);
    found.address = address;
    found.capacity = capacity;
  }
}
