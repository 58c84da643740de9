// Which label names and values an index has, and where their postings are. In memory is one in 32 of each name's values, as Prometheus has
// it; the others are read when they are asked for.
import { compareUtf8 } from '../../model/index.ts';
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import type { PagedFile } from '../block/paged-file.ts';
import { GrowingFloat64 } from './growing-array.ts';
import { MOST_ENTRY_BYTES, scanTable } from './table-scan.ts';

const SAMPLED = 32;
/** Most entries are shorter. */
const ENTRY_BYTES = 256;

export interface PostingsEntry {
  readonly value: string;
  /** Of the postings in the file. */
  readonly offset: number;
}

/** The values of one label name. */
class NameValues {
  /** Every 32nd, the first among them, and the places of their entries. */
  readonly values: string[] = [];
  readonly offsets = new GrowingFloat64();
  count = 0;
}

export class PostingsTable {
  readonly #file: PagedFile;
  readonly #names = new Map<string, NameValues>();
  #all = 0;

  /** @throws BlockError */
  constructor(file: PagedFile, codec: BlockCodec, offset: number) {
    this.#file = file;
    if (offset === 0) throw this.#damaged('it has no postings table');
    let name = Buffer.alloc(0);
    let values: NameValues | null = null;
    scanTable(file, codec, offset, 'postings table', (decoder, at) => {
      const keys = decoder.uvarint();
      if (keys !== 2 && !decoder.failed) throw this.#damaged(`got a key of ${keys} parts in the postings table at ${at}, want 2`);
      const begin = decoder.position;
      const sameName = decoder.isText(name) && values !== null;
      const behindName = decoder.position;
      decoder.skip(decoder.uvarint());
      const postings = decoder.uvarint();
      if (decoder.failed) return;
      const end = decoder.position;
      if (!sameName) {
        decoder.goBack(begin);
        name = Buffer.from(decoder.textBytes());
        values = this.#newName(name.toString('utf8'));
      }
      if (values!.count++ % SAMPLED === 0) {
        decoder.goBack(behindName);
        const value = decoder.text();
        values!.values.push(value);
        values!.offsets.push(at);
        if (name.length === 0 && value === '') this.#all = postings;
      }
      decoder.goBack(end);
    });
    this.#names.delete('');
    if (this.#all === 0) throw this.#damaged('the postings table has no list of all series');
  }

  /** Where the postings of all series are. */
  get allOffset(): number {
    return this.#all;
  }

  /** In order. */
  names(): string[] {
    return [...this.#names.keys()];
  }

  valueCount(name: string): number {
    return this.#names.get(name)?.count ?? 0;
  }

  /** The values of a name, in order. @throws BlockError */
  entries(name: string): Generator<PostingsEntry> {
    return this.#entriesFrom(name, 0);
  }

  /** Where the postings of a pair are; null when no series has it. @throws BlockError */
  find(name: string, value: string): number | null {
    const values = this.#names.get(name)?.values ?? [];
    // The last sampled value that is not greater.
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(values[middle], value) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    let left = SAMPLED;
    for (const entry of this.#entriesFrom(name, low - 1)) {
      if (entry.value === value) return entry.offset;
      if (--left === 0) break;
    }
    return null;
  }

  *#entriesFrom(name: string, sampled: number): Generator<PostingsEntry> {
    const values = this.#names.get(name);
    if (values === undefined) return;
    let at = values.offsets.get(sampled);
    for (let left = values.count - sampled * SAMPLED; left > 0; left--) {
      const entry = this.#entryAt(at);
      yield { value: entry.value, offset: entry.postings };
      at = entry.next;
    }
  }

  #entryAt(at: number): { value: string; postings: number; next: number } {
    for (let bytes = ENTRY_BYTES; ; bytes *= 8) {
      const piece = this.#file.readUpTo(at, bytes);
      const decoder = new Decoder(piece);
      decoder.uvarint();
      decoder.skip(decoder.uvarint());
      const value = decoder.text();
      const postings = decoder.uvarint();
      if (!decoder.failed) return { value, postings, next: at + decoder.position };
      if (piece.length < bytes || bytes > MOST_ENTRY_BYTES) throw this.#damaged(`an entry of the postings table at ${at} is cut off`);
    }
  }

  /** Names stand in order, each with all its values. */
  #newName(name: string): NameValues {
    if (this.#names.has(name)) throw this.#damaged(`got label name ${JSON.stringify(name)} at two places of the postings table`);
    const values = new NameValues();
    this.#names.set(name, values);
    return values;
  }

  #damaged(problem: string): BlockError {
    return new BlockError('damaged', `cannot read ${this.#file.path}: ${problem}`);
  }
}
