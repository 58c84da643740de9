// Visible samples as text, piece by piece: the exposition of /federate. Each piece is filled in
// an epoch of its own, so a client that reads slowly holds nothing but its copied samples.
import { isClassicLabelName, type Labels } from '../model/index.ts';
import type { HeadReader } from './head-reader.ts';
import type { VisibleSeries } from './visible-series.ts';

/** `done`: all is rendered; `full`: the piece is; `headers`: families follow whose headers are wanted first (giveHeaders). */
export type RenderState = 'done' | 'full' | 'headers';

export interface RenderingOptions {
  /** Quote names that are not classic instead of escaping them with underscores. */
  readonly utf8: boolean;
  /** Added to each series that lacks them, with `instance=""` among them if it is not one of them. At most 63. */
  readonly externalLabels: Labels;
  /** Whether the families' headers come from giveHeaders instead of being `# TYPE name untyped`. */
  readonly headers: boolean;
}

const RENDERING_BYTES = 160;
const FIELD = {
  VISIBLE: 0,
  COUNT: 1,
  POSITION: 2,
  OUT: 3,
  OUT_END: 4,
  FLAGS: 5,
  ANNOUNCED: 8,
  ADDED_BY_NAME: 9,
  ADDED_NAMES: 10,
  ADDED_TEXTS: 11,
  ADDED_COUNT: 12,
  SUFFIX: 13,
  GONE: 32,
  NEWEST: 34,
  OWN_LABELS: 36,
} as const;
const FLAG_UTF8 = 1;
const FLAG_HEADERS = 2;
const MOST_ADDED_LABELS = 64;
const STATES: readonly RenderState[] = ['done', 'full', 'headers'];
/** How many families' headers are asked for at once. */
const HEADERS_AHEAD = 256;

export class Rendering {
  readonly #reader: HeadReader;
  readonly #visible: VisibleSeries;
  readonly #options: RenderingOptions;
  readonly #record: number;
  readonly #pieces: number[] = [];
  #headers = new Map<string, Buffer>();
  /** Where `instance` stands among the added labels. */
  #instanceAt = 0;

  /** Owns `visible` from now on. @throws KernelError `out_of_memory` */
  constructor(reader: HeadReader, visible: VisibleSeries, options: RenderingOptions) {
    this.#reader = reader;
    this.#visible = visible;
    this.#options = options;
    try {
      this.#record = this.#piece(RENDERING_BYTES);
      this.#set(FIELD.VISIBLE, visible.address);
      this.#set(FIELD.COUNT, visible.count);
      this.#set(FIELD.FLAGS, (options.utf8 ? FLAG_UTF8 : 0) | (options.headers ? FLAG_HEADERS : 0));
      this.#addLabels();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Series left out because they were removed meanwhile. */
  get gone(): number {
    return this.#reader.words[this.#record / 4 + FIELD.GONE];
  }

  /** The newest timestamp rendered until now; null without one. */
  get newestMs(): number | null {
    const { words } = this.#reader;
    const at = this.#record / 4 + FIELD.NEWEST;
    return words[at] === 0 && words[at + 1] === 0 ? null : words[at + 1] * 2 ** 32 + words[at];
  }

  /** Whether a series rendered until now has a label `instance` of its own. */
  get hasInstances(): boolean {
    const word = this.#reader.words[this.#record / 4 + FIELD.OWN_LABELS + (this.#instanceAt >> 5)];
    return ((word >>> (this.#instanceAt & 31)) & 1) === 1;
  }

  /**
   * Fills `bytes` bytes at `address`, behind which 64 more may be overrun. `full` with no byte written says that the next series takes more than
   * such a piece.
   */
  fill(address: number, bytes: number): { state: RenderState; written: number } {
    const { kernel, words, buffer } = this.#reader;
    const record = this.#record / 4;
    words[record + FIELD.OUT] = address;
    words[record + FIELD.OUT_END] = address + bytes;
    for (;;) {
      const result = this.#reader.inEpoch(() => kernel.renderExposition(this.#record));
      let state = STATES[result];
      if (state === 'headers') {
        // The family whose turn it is: its header, if it was given, goes right here.
        const header = this.#headers.get(this.#nextFamilies(1)[0] ?? '');
        const out = words[record + FIELD.OUT];
        if (header !== undefined && out + header.length <= address + bytes) {
          header.copy(buffer, out);
          words[record + FIELD.OUT] = out + header.length;
          continue;
        }
        words[record + FIELD.ANNOUNCED] = 0; // it is asked for again
        if (header !== undefined) state = 'full';
      }
      return { state, written: words[record + FIELD.OUT] - address };
    }
  }

  /** After `headers`: the next families' names. Empty when they were all removed. */
  wantedHeaders(): string[] {
    return this.#nextFamilies(HEADERS_AHEAD);
  }

  /** The headers of wantedHeaders(), each whole lines; none may be longer than a piece. */
  giveHeaders(names: readonly string[], headers: readonly string[]): void {
    this.#headers = new Map(names.map((name, i) => [name, Buffer.from(headers[i] ?? '')]));
  }

  dispose(): void {
    for (const address of this.#pieces.splice(0)) this.#reader.arena.free(address);
    this.#visible.dispose();
  }

  #nextFamilies(capacity: number): string[] {
    const { kernel, words, scratch } = this.#reader;
    return this.#reader.inEpoch(() => {
      const position = words[this.#record / 4 + FIELD.POSITION];
      const count = kernel.nextFamilies(this.#visible.address, this.#visible.count, position, scratch, capacity) >>> 0;
      return Array.from(words.subarray(scratch / 4, scratch / 4 + count), (pair) => this.#reader.pairValue(pair));
    });
  }

  #addLabels(): void {
    const { kernel, buffer, words } = this.#reader;
    const added = addedLabels(this.#options.externalLabels);
    this.#instanceAt = added.findIndex(([name]) => name === 'instance');
    if (added.length > MOST_ADDED_LABELS)
      throw new RangeError(`cannot add external labels: got ${added.length}, want at most ${MOST_ADDED_LABELS}`);
    const names = kernel.nameTop() >>> 0;
    const byName = this.#piece(names);
    kernel.fillBytes(byName, 0, names);
    const encoded = added.map(([name, value]) => Buffer.from(formatPair(name, value, this.#options.utf8)));
    const length = encoded.reduce((sum, text) => sum + text.length + 1, 0);
    const suffix = this.#piece(length + 64);
    const texts = this.#piece(added.length * 8);
    let at = this.#piece(length + 64);
    added.forEach(([name], i) => {
      encoded[i].copy(buffer, at);
      words[texts / 4 + i * 2] = at;
      words[texts / 4 + i * 2 + 1] = encoded[i].length;
      at += encoded[i].length;
      const nameId = this.#reader.findName(name);
      if (nameId !== 0 && nameId < names) buffer[byName + nameId] = i + 1;
    });
    this.#set(FIELD.ADDED_BY_NAME, byName);
    this.#set(FIELD.ADDED_NAMES, names);
    this.#set(FIELD.ADDED_TEXTS, texts);
    this.#set(FIELD.ADDED_COUNT, added.length);
    this.#set(FIELD.SUFFIX, suffix);
  }

  #piece(bytes: number): number {
    const address = this.#reader.allocZeroed(bytes);
    this.#pieces.push(address);
    return address;
  }

  #set(field: number, value: number): void {
    this.#reader.words[this.#record / 4 + field] = value;
  }
}

/** A family's or label's name for clients that only take classic ones: each other character becomes an underscore. */
export function underscored(name: string): string {
  let result = '';
  for (const c of name) result += /[a-zA-Z_:]/.test(c) || (result !== '' && /[0-9]/.test(c)) ? c : '_';
  return result;
}

/** Text inside double quotes in the exposition format. */
export function escapeQuoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** As it stands between the braces. */
export function formatPair(name: string, value: string, utf8: boolean): string {
  const classic = isClassicLabelName(name);
  const text = classic ? name : utf8 ? `"${escapeQuoted(name)}"` : underscored(name);
  return `${text}="${escapeQuoted(value)}"`;
}

/** What is added to each series that lacks it: the labels in name order, `instance=""` among them unless there is one. */
export function addedLabels(labels: Labels): Labels {
  if (labels.some(([name]) => name === 'instance')) return labels;
  const index = labels.findIndex(([name]) => name > 'instance');
  return index < 0 ? [...labels, ['instance', '']] : labels.toSpliced(index, 0, ['instance', '']);
}
