// Several queriers as one: series in label order, each label set once, its samples joined by time.
import { compareLabels, compareUtf8, type Labels } from '../model/index.ts';
import {
  type LabelsQuery,
  type LabelTexts,
  type Querier,
  type SeriesQuery,
  SeriesSamples,
  type SeriesSet,
  type StoredSeries,
} from '../storage/index.ts';

export class MergedQuerier implements Querier {
  readonly #parts: readonly Querier[];

  /**
   * Owns `parts`. They are asked in this order, so that what leaves one meanwhile is found in the next: the head before the blocks. Where
   * several have a sample of the same time, the last one's stands.
   */
  constructor(parts: readonly Querier[]) {
    this.#parts = parts;
  }

  async select(queries: readonly SeriesQuery[]): Promise<readonly SeriesSet[]> {
    const sets: (readonly SeriesSet[])[] = [];
    for (const part of this.#parts) sets.push(await part.select(queries));
    return queries.map((_, i) => mergeByLabels(sets.map((ofPart) => ofPart[i]).reverse(), SERIES));
  }

  async *labelSets(query: LabelsQuery): AsyncGenerator<readonly Labels[]> {
    yield* mergeByLabels(
      this.#parts.map((part) => part.labelSets(query)),
      LABELS,
    );
  }

  labelNames(query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return this.#texts(limit, (part) => part.labelNames(query, limit));
  }

  labelValues(name: string, query: LabelsQuery, limit: number): Promise<LabelTexts> {
    return this.#texts(limit, (part) => part.labelValues(name, query, limit));
  }

  together<T>(work: () => T): T {
    return this.#parts.reduce<() => T>((inner, part) => () => part.together(inner), work)();
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }

  async #texts(limit: number, ask: (part: Querier) => Promise<LabelTexts>): Promise<LabelTexts> {
    let texts: readonly string[] = [];
    let truncated = false;
    for (const part of this.#parts) {
      const found = await ask(part);
      texts = mergeTexts(texts, found.texts);
      truncated ||= found.truncated;
    }
    if (limit === 0 || texts.length <= limit) return { texts, truncated };
    return { texts: texts.slice(0, limit), truncated: true };
  }
}

/** Two lists in order, each text once. */
function mergeTexts(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const merged: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const order = i === a.length ? 1 : j === b.length ? -1 : compareUtf8(a[i], b[j]);
    merged.push(order <= 0 ? a[i] : b[j]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return merged;
}

/** One label set's series in several parts of the store. Of equal times the first part's sample stands. */
class MergedSeries implements StoredSeries {
  readonly #parts: readonly StoredSeries[];

  constructor(parts: readonly StoredSeries[]) {
    this.#parts = parts;
  }

  get labels(): Labels {
    return this.#parts[0].labels;
  }

  label(name: string): string {
    return this.#parts[0].label(name);
  }

  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    this.#parts[0].read(minTimeMs, maxTimeMs, into);
    const more = new SeriesSamples();
    for (let i = 1; i < this.#parts.length; i++) {
      this.#parts[i].read(minTimeMs, maxTimeMs, more);
      into.merge(more);
    }
  }

  readNewest(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): boolean {
    this.#parts[0].readNewest(minTimeMs, maxTimeMs, into);
    const more = new SeriesSamples();
    for (let i = 1; i < this.#parts.length; i++) {
      // Only a newer one is of interest.
      if (this.#parts[i].readNewest(Math.max(minTimeMs, into.lastTimeMs), maxTimeMs, more)) into.merge(more);
    }
    return into.keepNewest();
  }
}

/** What is merged: where its labels are, and what becomes of several with the same. */
interface Merging<T> {
  readonly labels: (of: T) => Labels;
  readonly join: (equal: readonly T[]) => T;
}

const SERIES: Merging<StoredSeries> = { labels: (series) => series.labels, join: (equal) => new MergedSeries(equal) };
const LABELS: Merging<Labels> = { labels: (labels) => labels, join: ([labels]) => labels };

async function* mergeByLabels<T>(sets: readonly AsyncIterable<readonly T[]>[], { labels, join }: Merging<T>): AsyncGenerator<readonly T[]> {
  const streams = sets.map((set) => new Stream(set));
  try {
    for (const stream of streams) await stream.fill();
    let live = streams.filter(({ ended }) => !ended);
    let batch: T[] = [];
    while (live.length > 1) {
      let least = live[0];
      for (const stream of live) if (compareLabels(labels(stream.head), labels(least.head)) < 0) least = stream;
      const equal = live.filter((stream) => stream === least || compareLabels(labels(stream.head), labels(least.head)) === 0);
      batch.push(equal.length === 1 ? least.head : join(equal.map(({ head }) => head)));
      for (const stream of equal) {
        if (stream.advance()) continue;
        if (batch.length > 0) yield batch;
        batch = [];
        await stream.fill();
        live = live.filter(({ ended }) => !ended);
      }
    }
    if (batch.length > 0) yield batch;
    // Nearly always there is one alone: blocks have nothing of a recent interval.
    for (const stream of live) for (; !stream.ended; await stream.fill()) yield stream.rest();
  } finally {
    for (const stream of streams) await stream.end();
  }
}

class Stream<T> {
  ended = false;
  readonly #iterator: AsyncIterator<readonly T[]>;
  #batch: readonly T[] = [];
  #at = 0;

  constructor(set: AsyncIterable<readonly T[]>) {
    this.#iterator = set[Symbol.asyncIterator]();
  }

  get head(): T {
    return this.#batch[this.#at];
  }

  /** False when the batch is used up. */
  advance(): boolean {
    return ++this.#at < this.#batch.length;
  }

  /** What is left of the batch. */
  rest(): readonly T[] {
    return this.#at === 0 ? this.#batch : this.#batch.slice(this.#at);
  }

  async fill(): Promise<void> {
    this.#at = 0;
    do {
      const next = await this.#iterator.next();
      this.ended = next.done === true;
      this.#batch = next.done ? [] : next.value;
    } while (!this.ended && this.#batch.length === 0);
  }

  async end(): Promise<void> {
    await this.#iterator.return?.();
  }
}
