// What each label takes of the text of visible series, their metric names with the headers, and added labels as they are added: counted a piece
// at a time, each in an epoch of its own, and exact to the byte. Names are escaped, not quoted.
import type { Labels } from '../model/index.ts';
import type { HeadReader } from './head-reader.ts';
import { addedLabels, formatPair } from './rendering.ts';
import type { VisibleSeries } from './visible-series.ts';

/** As assembly/tally.ts has them. */
const NAME_BYTES = 16;
const NAME_WORDS = NAME_BYTES / 4;
const FAMILY_BYTES = 8;
/** About a millisecond. */
const SERIES_A_PIECE = 4096;
const METRIC_NAME = '__name__';
const HEADER_BYTES = '# TYPE  untyped\n'.length;

export interface LabelCost {
  readonly name: string;
  /** Series that have it in the text. */
  readonly series: number;
  readonly values: number;
  /** Name, value and the signs around them. */
  readonly textBytes: number;
}

export class LabelTally {
  /** Series that are rendered: those that are still there and have a name. */
  series = 0;
  readonly #reader: HeadReader;
  readonly #names: number;
  readonly #nameTop: number;
  readonly #seen: number;
  readonly #family: number;
  readonly #pairTop: number;
  /** Read while one of its series was there: the pair may be gone when the next piece begins. */
  #familyName = '';
  #position = 0;
  #headerBytes = 0;

  /** Inside of the epoch the series were copied in. @throws KernelError `out_of_memory` */
  constructor(reader: HeadReader) {
    this.#reader = reader;
    this.#nameTop = reader.kernel.nameTop() >>> 0;
    this.#pairTop = reader.kernel.pairTop() >>> 0;
    const namesBytes = this.#nameTop * NAME_BYTES;
    // Pairs and names that come later are none of these series'.
    this.#names = reader.allocZeroed(namesBytes + FAMILY_BYTES + this.#pairTop);
    this.#family = this.#names + namesBytes;
    this.#seen = this.#family + FAMILY_BYTES;
  }

  /** Counts a piece more. `family` is told each metric name with its series. @returns whether there are more */
  add(visible: VisibleSeries, family: (name: string, series: number) => void): boolean {
    const end = Math.min(this.#position + SERIES_A_PIECE, visible.count);
    const { kernel, words } = this.#reader;
    this.#reader.inEpoch(() => {
      while (this.#position < end) {
        this.#position = kernel.tallyFamily(visible.address, this.#position, end, this.#names, this.#seen, this.#family) >>> 0;
        const pair = words[this.#family / 4];
        if (this.#familyName === '' && pair !== 0) this.#familyName = this.#reader.pairValue(pair);
        if (this.#position < end || end === visible.count) this.#endFamily(family);
      }
    });
    return end < visible.count;
  }

  /** Series in which a label is stored. */
  storedIn(name: string): number {
    return this.#stored(name).series;
  }

  /** All labels in the text, the most expensive ones first. */
  costs(externalLabels: Labels): LabelCost[] {
    const costs = new Map<string, LabelCost>();
    for (let id = 1; id < this.#nameTop; id++) {
      const cost = this.#cost(id, this.#reader.nameText(id));
      if (cost.series > 0) costs.set(cost.name, cost);
    }
    const named = costs.get(METRIC_NAME);
    if (named !== undefined) costs.set(METRIC_NAME, { ...named, textBytes: named.textBytes + this.#headerBytes });
    for (const [name, value] of addedLabels(externalLabels)) {
      const stored = this.#stored(name);
      const lacking = this.series - stored.series;
      if (lacking === 0) continue;
      const bytes = Buffer.byteLength(formatPair(name, value, false)) + 1;
      const values = stored.values + (this.#hasValue(name, value) ? 0 : 1);
      costs.set(name, { name, series: this.series, values, textBytes: stored.textBytes + lacking * bytes });
    }
    return [...costs.values()].sort((a, b) => b.textBytes - a.textBytes || (a.name < b.name ? -1 : 1));
  }

  dispose(): void {
    this.#reader.arena.free(this.#names);
  }

  #endFamily(family: (name: string, series: number) => void): void {
    const { words } = this.#reader;
    const at = this.#family / 4;
    const series = words[at + 1];
    if (series > 0) {
      this.series += series;
      // Each character is a byte of the text: itself, or an underscore.
      this.#headerBytes += HEADER_BYTES + [...this.#familyName].length;
      family(this.#familyName, series);
    }
    words.fill(0, at, at + 2);
    this.#familyName = '';
  }

  #stored(name: string): LabelCost {
    const id = this.#reader.findName(name);
    return id === 0 || id >= this.#nameTop ? { name, series: 0, values: 0, textBytes: 0 } : this.#cost(id, name);
  }

  #cost(id: number, name: string): LabelCost {
    const { words } = this.#reader;
    const entry = this.#names / 4 + id * NAME_WORDS;
    return { name, series: words[entry], values: words[entry + 1], textBytes: words[entry + 2] + words[entry + 3] * 2 ** 32 };
  }

  #hasValue(name: string, value: string): boolean {
    return this.#reader.inEpoch(() => {
      const pair = this.#reader.findPair(this.#reader.findName(name), value);
      return pair !== 0 && pair < this.#pairTop && this.#reader.buffer[this.#seen + pair] !== 0;
    });
  }
}
