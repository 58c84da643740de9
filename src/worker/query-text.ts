// The `data` of a query's answer as Prometheus prints it (web/api/v1/json_codec.go): labels by JavaScript, samples by the kernel, out of copies
// in a piece of the arena and into another one, from where the text goes on whenever it is full.
import type { HeadReader } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import type { QueryValue, ResultSamples, RowResult } from '../promql/index.ts';

const PIECE_BYTES = 256 * 1024;
/** Samples that the kernel is given at once. */
const SAMPLES = 4096;
/** Of the text of one sample. */
const SAMPLE_BYTES = 96;

export class QueryText {
  readonly #reader: HeadReader;
  readonly #floats: Float64Array;
  readonly #ready: Buffer[] = [];
  readonly #piece: number;
  readonly #times: number;
  readonly #values: number;
  readonly #present: number;
  readonly #state: number;
  #at: number;

  /** @throws KernelError `out_of_memory` */
  constructor(reader: HeadReader) {
    this.#reader = reader;
    const { buffer, byteOffset, length } = reader.buffer;
    this.#floats = new Float64Array(buffer, byteOffset, Math.floor(length / 8));
    this.#piece = this.#at = reader.alloc(PIECE_BYTES + 64 + SAMPLES * 17 + 8);
    this.#times = this.#piece + PIECE_BYTES + 64;
    this.#values = this.#times + SAMPLES * 8;
    this.#present = this.#values + SAMPLES * 8;
    this.#state = this.#present + SAMPLES;
  }

  dispose(): void {
    this.#reader.arena.free(this.#piece);
  }

  /** The text, some pieces at a time; `head` stands before it and `tail` behind. */
  *write(value: QueryValue, head: string, tail: string): Generator<Buffer[]> {
    const type = value.type === 'samples' ? 'matrix' : value.type;
    this.#text(`${head}{"resultType":"${type}","result":`);
    switch (value.type) {
      case 'string':
        this.#text(`[${secondsText(value.timeMs)},${JSON.stringify(value.value)}]`);
        break;
      case 'scalar':
        this.#samples([value.timeMs], [value.value]);
        break;
      case 'vector':
        yield* this.#vector(value.rows);
        break;
      case 'matrix':
        yield* this.#matrix(value.rows);
        break;
      case 'samples':
        yield* this.#ranges(value.series);
    }
    this.#text(tail);
    this.#flush();
    yield this.#ready.splice(0);
  }

  *#vector({ labels, store, grid, order }: RowResult): Generator<Buffer[]> {
    this.#text('[');
    for (const [i, row] of order.entries()) {
      this.#text(`${i === 0 ? '' : ','}${metricText(labels[row])},"value":`);
      this.#samples([grid.startMs], [store.values[row]]);
      this.#text('}');
      if (this.#ready.length > 0) yield this.#ready.splice(0);
    }
    this.#text(']');
  }

  *#matrix({ labels, store, grid, order }: RowResult): Generator<Buffer[]> {
    const { steps, values, present } = store;
    const floats = this.#floats;
    const bytes = this.#reader.buffer;
    this.#text('[');
    for (const [i, row] of order.entries()) {
      this.#text(`${i === 0 ? '' : ','}${metricText(labels[row])},"values":[`);
      this.#begin();
      for (let from = 0; from < steps; from += SAMPLES) {
        const count = Math.min(SAMPLES, steps - from);
        const base = row * steps + from;
        // The times of one row are those of all: they stay where they are as long as a row is one piece.
        if (i === 0 || steps > SAMPLES) for (let step = 0; step < count; step++) floats[this.#times / 8 + step] = grid.timeAt(from + step);
        floats.set(values.subarray(base, base + count), this.#values / 8);
        bytes.set(present.subarray(base, base + count), this.#present);
        this.#render(count, true);
      }
      this.#text(']}');
      if (this.#ready.length > 0) yield this.#ready.splice(0);
    }
    this.#text(']');
  }

  *#ranges(series: readonly ResultSamples[]): Generator<Buffer[]> {
    const floats = this.#floats;
    this.#text('[');
    for (const [i, { labels, times, values, count: all }] of series.entries()) {
      this.#text(`${i === 0 ? '' : ','}${metricText(labels)},"values":[`);
      this.#begin();
      for (let from = 0; from < all; from += SAMPLES) {
        const count = Math.min(SAMPLES, all - from);
        floats.set(times.subarray(from, from + count), this.#times / 8);
        floats.set(values.subarray(from, from + count), this.#values / 8);
        this.#render(count, false);
      }
      this.#text(']}');
      if (this.#ready.length > 0) yield this.#ready.splice(0);
    }
    this.#text(']');
  }

  #samples(times: readonly number[], values: readonly number[]): void {
    const floats = this.#floats;
    floats.set(times, this.#times / 8);
    floats.set(values, this.#values / 8);
    this.#begin();
    this.#render(times.length, false);
  }

  #begin(): void {
    this.#reader.words[this.#state / 4 + 1] = 0;
  }

  #render(count: number, some: boolean): void {
    const { kernel, words } = this.#reader;
    const state = this.#state / 4;
    words[state] = 0;
    for (;;) {
      if (this.#at + SAMPLE_BYTES > this.#piece + PIECE_BYTES) this.#flush();
      const end = this.#piece + PIECE_BYTES;
      this.#at = kernel.renderJsonSamples(this.#times, this.#values, some ? this.#present : 0, count, this.#at, end, this.#state) >>> 0;
      if (words[state] >= count) return;
    }
  }

  #text(text: string): void {
    // Three bytes a UTF-16 unit at most.
    if (this.#at + text.length * 3 <= this.#piece + PIECE_BYTES) {
      this.#at += this.#reader.buffer.write(text, this.#at);
      return;
    }
    this.#flush();
    if (text.length * 3 <= PIECE_BYTES) this.#at += this.#reader.buffer.write(text, this.#at);
    else this.#ready.push(Buffer.from(text));
  }

  #flush(): void {
    if (this.#at > this.#piece) this.#ready.push(Buffer.from(this.#reader.buffer.subarray(this.#piece, this.#at)));
    this.#at = this.#piece;
  }
}

function metricText(labels: Labels): string {
  let text = '{"metric":{';
  for (const [i, [name, value]] of labels.entries()) text += `${i === 0 ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return `${text}}`;
}

function secondsText(timeMs: number): string {
  return String(timeMs / 1000);
}
