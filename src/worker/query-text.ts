// The `data` of a query's answer as Prometheus prints it (web/api/v1/json_codec.go): labels by JavaScript, samples by the kernel, out of copies
// in a piece of the arena and into another one, from where the text goes on whenever it is full.
import type { HeadReader } from '../kernel/index.ts';
import { formatPlain, type Labels } from '../model/index.ts';
import type { QueryValue, ResultSamples, RowResult } from '../promql/index.ts';

const PIECE_BYTES = 256 * 1024;
/** Samples that the kernel is given at once. */
const SAMPLES = 4096;
/** Of the text of one sample, and of a time's (assembly/json-samples.ts). */
const SAMPLE_BYTES = 96;
const TIME_BYTES = 32;

export class QueryText {
  readonly #reader: HeadReader;
  readonly #floats: Float64Array;
  readonly #piece: number;
  readonly #times: number;
  readonly #values: number;
  readonly #present: number;
  readonly #timeTexts: number;
  readonly #state: number;
  #at: number;

  /** @throws KernelError `out_of_memory` */
  constructor(reader: HeadReader) {
    this.#reader = reader;
    const { buffer, byteOffset, length } = reader.buffer;
    this.#floats = new Float64Array(buffer, byteOffset, Math.floor(length / 8));
    this.#piece = this.#at = reader.alloc(PIECE_BYTES + 64 + SAMPLES * (17 + TIME_BYTES) + 8 + 64);
    this.#times = this.#piece + PIECE_BYTES + 64;
    this.#values = this.#times + SAMPLES * 8;
    this.#present = this.#values + SAMPLES * 8;
    this.#timeTexts = this.#present + SAMPLES;
    this.#state = this.#timeTexts + SAMPLES * TIME_BYTES + 64;
  }

  dispose(): void {
    this.#reader.arena.free(this.#piece);
  }

  /** The text, piece by piece, each good until the next one; `head` stands before it and `tail` behind. */
  *write(value: QueryValue, head: string, tail: string): Generator<Buffer> {
    const type = value.type === 'samples' ? 'matrix' : value.type;
    yield* this.#text(`${head}{"resultType":"${type}","result":`);
    switch (value.type) {
      case 'string':
        yield* this.#text(`[${secondsText(value.timeMs)},${JSON.stringify(value.value)}]`);
        break;
      case 'scalar':
        // Neither as a sample has it (promql.Scalar).
        yield* this.#text(`[${secondsText(value.timeMs)},"${formatPlain(value.value)}"]`);
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
    yield* this.#text(tail);
    if (this.#at > this.#piece) yield this.#flush();
  }

  *#vector({ labels, store, grid, order }: RowResult): Generator<Buffer> {
    yield* this.#text('[');
    for (const [i, row] of order.entries()) {
      yield* this.#text(`${i === 0 ? '' : ','}${metricText(labels[row])},"value":`);
      yield* this.#sample(grid.startMs, store.values[row]);
      yield* this.#text('}');
    }
    yield* this.#text(']');
  }

  *#matrix({ labels, store, grid, order }: RowResult): Generator<Buffer> {
    const { kernel } = this.#reader;
    const { steps, values, present } = store;
    const floats = this.#floats;
    const bytes = this.#reader.buffer;
    yield* this.#text('[');
    for (const [i, row] of order.entries()) {
      yield* this.#text(`${i === 0 ? '' : ','}${metricText(labels[row])},"values":[`);
      this.#begin();
      for (let from = 0; from < steps; from += SAMPLES) {
        const count = Math.min(SAMPLES, steps - from);
        const base = row * steps + from;
        // The times of one row are those of all: they stay where they are as long as a row is one piece.
        if (i === 0 || steps > SAMPLES) {
          for (let step = 0; step < count; step++) floats[this.#times / 8 + step] = grid.timeAt(from + step);
          kernel.renderTimes(this.#times, count, this.#timeTexts);
        }
        floats.set(values.subarray(base, base + count), this.#values / 8);
        bytes.set(present.subarray(base, base + count), this.#present);
        yield* this.#render(count, true);
      }
      yield* this.#text(']}');
    }
    yield* this.#text(']');
  }

  *#ranges(series: readonly ResultSamples[]): Generator<Buffer> {
    const floats = this.#floats;
    yield* this.#text('[');
    for (const [i, { labels, times, values, count: all }] of series.entries()) {
      yield* this.#text(`${i === 0 ? '' : ','}${metricText(labels)},"values":[`);
      this.#begin();
      for (let from = 0; from < all; from += SAMPLES) {
        const count = Math.min(SAMPLES, all - from);
        floats.set(times.subarray(from, from + count), this.#times / 8);
        floats.set(values.subarray(from, from + count), this.#values / 8);
        yield* this.#render(count, false);
      }
      yield* this.#text(']}');
    }
    yield* this.#text(']');
  }

  *#sample(timeMs: number, value: number): Generator<Buffer> {
    this.#floats[this.#times / 8] = timeMs;
    this.#floats[this.#values / 8] = value;
    this.#begin();
    yield* this.#render(1, false);
  }

  #begin(): void {
    this.#reader.words[this.#state / 4 + 1] = 0;
  }

  /** `asRow`: with the texts of the times, and what is there only. */
  *#render(count: number, asRow: boolean): Generator<Buffer> {
    const { kernel, words } = this.#reader;
    const state = this.#state / 4;
    words[state] = 0;
    for (;;) {
      if (this.#at + SAMPLE_BYTES > this.#piece + PIECE_BYTES) yield this.#flush();
      const end = this.#piece + PIECE_BYTES;
      const at = asRow
        ? kernel.renderJsonRow(this.#timeTexts, this.#values, this.#present, count, this.#at, end, this.#state)
        : kernel.renderJsonSamples(this.#times, this.#values, 0, count, this.#at, end, this.#state);
      this.#at = at >>> 0;
      if (words[state] >= count) return;
    }
  }

  *#text(text: string): Generator<Buffer> {
    // Three bytes a UTF-16 unit at most.
    if (this.#at + text.length * 3 > this.#piece + PIECE_BYTES) {
      yield this.#flush();
      if (text.length * 3 > PIECE_BYTES) {
        yield Buffer.from(text);
        return;
      }
    }
    this.#at += this.#reader.buffer.write(text, this.#at);
  }

  #flush(): Buffer {
    const piece = this.#reader.buffer.subarray(this.#piece, this.#at);
    this.#at = this.#piece;
    return piece;
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
