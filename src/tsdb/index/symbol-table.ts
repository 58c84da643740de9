// The symbols of an index: texts by their number. In memory are one in 32 of their offsets, and those runs of 32 that were used last.
import { Decoder } from '../block/decoder.ts';
import { BlockError } from '../block/errors.ts';
import type { BlockCodec } from '../block/file-writer.ts';
import type { PagedFile } from '../block/paged-file.ts';
import { GrowingFloat64 } from './growing-array.ts';
import { scanTable } from './table-scan.ts';

const RUN = 32;
/** Of each of two generations: 8,000 to 16,000 symbols. */
const MOST_RUNS = 256;
/** A longer run is not kept. */
const MOST_RUN_BYTES = 16 * 1024;

export class SymbolTable {
  readonly #file: PagedFile;
  readonly #offsets = new GrowingFloat64();
  #count = 0;
  #end = 0;
  /** What was used since the last change of generations, and what before it. */
  #young = new Map<number, readonly string[]>();
  #old = new Map<number, readonly string[]>();

  /** @throws BlockError */
  constructor(file: PagedFile, codec: BlockCodec, offset: number) {
    this.#file = file;
    if (offset === 0) return;
    this.#end = scanTable(file, codec, offset, 'symbols', (decoder, at, index) => {
      decoder.skip(decoder.uvarint());
      if (decoder.failed) return;
      if (index % RUN === 0) this.#offsets.push(at);
      this.#count = index + 1;
    });
  }

  get count(): number {
    return this.#count;
  }

  /** @throws BlockError */
  text(symbol: number): string {
    if (symbol >= this.#count) throw this.#damaged(`got symbol ${symbol}, want one of ${this.#count}`);
    const run = Math.floor(symbol / RUN);
    let texts = this.#young.get(run);
    if (texts === undefined) {
      texts = this.#old.get(run);
      if (texts === undefined) {
        const begin = this.#offsets.get(run);
        const end = (run + 1) * RUN < this.#count ? this.#offsets.get(run + 1) : this.#end;
        if (end - begin > MOST_RUN_BYTES) return this.#long(begin, symbol % RUN);
        texts = this.#read(run, begin, end);
      }
      if (this.#young.size >= MOST_RUNS) {
        this.#old = this.#young;
        this.#young = new Map();
      }
      this.#young.set(run, texts);
    }
    return texts[symbol % RUN];
  }

  #read(run: number, begin: number, end: number): string[] {
    const decoder = new Decoder(this.#file.read(begin, end - begin));
    const texts: string[] = [];
    for (let left = Math.min(RUN, this.#count - run * RUN); left > 0; left--) texts.push(decoder.text());
    if (decoder.failed) throw this.#damaged(`symbols at ${begin} are cut off`);
    return texts;
  }

  /** One of a run that is too long to be kept. */
  #long(begin: number, index: number): string {
    let at = begin;
    for (let skip = index; ; skip--) {
      const decoder = new Decoder(this.#file.readUpTo(at, 8));
      const length = decoder.uvarint();
      if (decoder.failed || at + decoder.position + length > this.#end) throw this.#damaged(`a symbol at ${at} is cut off`);
      if (skip === 0) return this.#file.read(at + decoder.position, length).toString('utf8');
      at += decoder.position + length;
    }
  }

  #damaged(problem: string): BlockError {
    return new BlockError('damaged', `cannot read ${this.#file.path}: ${problem}`);
  }
}
