// The label pairs of the series that an index is made of, each with a number in the order in which they were met. Of a label set only those
// numbers are kept, 4 bytes a label. At the end: the symbols in order, the pairs in order, and which series have which pair.
import type { Labels } from '../../model/index.ts';
import { compareUtf8 } from '../../model/index.ts';
import { GrowingUint32 } from './growing-array.ts';

interface NameEntry {
  readonly id: number;
  readonly pairs: Map<string, number>;
}

/** The symbols in order, and where in them each name and each pair's value is. */
export interface RankedSymbols {
  readonly count: number;
  readonly ranksOfNames: Uint32Array;
  readonly ranksOfValues: Uint32Array;
  texts(): Generator<string>;
}

export class LabelPairs {
  readonly #entries = new Map<string, NameEntry>();
  /** The first is no label's: Prometheus's symbols have the empty text, which is the name of the list of all series. */
  readonly #names: string[] = [''];
  /** By pair. */
  readonly #values: string[] = [];
  readonly #nameIds = new GrowingUint32();
  /** The pairs of all series, one after the other, and where each series' end. */
  readonly #labels = new GrowingUint32();
  readonly #ends = new GrowingUint32();

  add(labels: Labels): void {
    for (const [name, value] of labels) this.#labels.push(this.#pairOf(name, value));
    this.#ends.push(this.#labels.length);
  }

  get seriesCount(): number {
    return this.#ends.length;
  }

  /** Pairs of a series; a view. */
  pairsOf(series: number): Uint32Array {
    return this.#labels.view.subarray(series === 0 ? 0 : this.#ends.get(series - 1), this.#ends.get(series));
  }

  nameIdOf(pair: number): number {
    return this.#nameIds.get(pair);
  }

  nameOf(pair: number): string {
    return this.#names[this.#nameIds.get(pair)];
  }

  valueOf(pair: number): string {
    return this.#values[pair];
  }

  /** Names and values may be the same text, and values of several names. */
  rankSymbols(): RankedSymbols {
    const names = this.#names.length;
    const textOf = (index: number): string => (index < names ? this.#names[index] : this.#values[index - names]);
    const order = new Uint32Array(names + this.#values.length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    order.sort((a, b) => compareUtf8(textOf(a), textOf(b)));
    const ranks = new Uint32Array(order.length);
    let count = 0;
    for (let i = 0; i < order.length; i++) {
      if (i === 0 || textOf(order[i]) !== textOf(order[i - 1])) count++;
      ranks[order[i]] = count - 1;
    }
    return {
      count,
      ranksOfNames: ranks.subarray(0, names),
      ranksOfValues: ranks.subarray(names),
      *texts() {
        for (let i = 0; i < order.length; i++) if (i === 0 || textOf(order[i]) !== textOf(order[i - 1])) yield textOf(order[i]);
      },
    };
  }

  /** All pairs by name and value. */
  sorted({ ranksOfNames, ranksOfValues }: RankedSymbols): Uint32Array {
    const order = new Uint32Array(this.#values.length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    return order.sort(
      (a, b) => ranksOfNames[this.#nameIds.get(a)] - ranksOfNames[this.#nameIds.get(b)] || ranksOfValues[a] - ranksOfValues[b],
    );
  }

  /** The series of each pair, ascending: one counting sort over all labels. */
  seriesByPair(): (pair: number) => Uint32Array {
    const labels = this.#labels.view;
    const starts = new Uint32Array(this.#values.length + 1);
    for (let i = 0; i < labels.length; i++) starts[labels[i] + 1]++;
    for (let pair = 0; pair < this.#values.length; pair++) starts[pair + 1] += starts[pair];
    const next = starts.slice();
    const series = new Uint32Array(labels.length);
    for (let s = 0, i = 0; s < this.seriesCount; s++) for (const end = this.#ends.get(s); i < end; i++) series[next[labels[i]]++] = s;
    return (pair) => series.subarray(starts[pair], starts[pair + 1]);
  }

  #pairOf(name: string, value: string): number {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { id: this.#names.push(name) - 1, pairs: new Map() };
      this.#entries.set(name, entry);
    }
    let pair = entry.pairs.get(value);
    if (pair === undefined) {
      pair = this.#values.push(value) - 1;
      this.#nameIds.push(entry.id);
      entry.pairs.set(value, pair);
    }
    return pair;
  }
}
