// The `data` of a raw query as Prometheus prints it (web/api/v1/json_codec.go): series after series into a piece of the arena, where
// the kernel prints the numbers, and out of it into buffers of the heap.
import type { HeadReader } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import type { FloatSamples } from '../storage/index.ts';
import { WorkerError } from './errors.ts';

const PIECE_BYTES = 256 * 1024;
/** What a sample takes at most: two numbers and what stands between them. */
const SAMPLE_BYTES = 96;
/** Longer answers are refused: they would have to be held as a whole. */
const MOST_BYTES = 512 * 1024 * 1024;
const COMMA = 44;
const DOT = 46;

export class SampleText {
  readonly #reader: HeadReader;
  readonly #piece: number;
  readonly #pieces: Buffer[] = [];
  #at: number;
  #bytes = 0;
  #series = 0;

  /** @throws KernelError `out_of_memory` */
  constructor(reader: HeadReader, resultType: 'vector' | 'matrix') {
    this.#reader = reader;
    this.#piece = this.#at = reader.alloc(PIECE_BYTES + 64);
    this.#write(`{"resultType":"${resultType}","result":[`);
  }

  /** One more of a vector: the newest sample, stamped with the time of evaluation. */
  vector(labels: Labels, timeMs: number, value: number): void {
    this.#begin(labels, 'value');
    this.#sample(timeMs, value);
    this.#write('}');
  }

  /** One more of a matrix, unless it has nothing but stale markers. */
  matrix(labels: Labels, samples: FloatSamples): void {
    let first = true;
    for (let i = 0; i < samples.count; i++) {
      if (samples.isStale(i)) continue;
      if (first) {
        this.#begin(labels, 'values');
        this.#write('[');
      } else this.#reader.buffer[this.#at++] = COMMA;
      first = false;
      this.#sample(samples.times[i], samples.values[i]);
    }
    if (!first) this.#write(']}');
  }

  end(): Buffer {
    this.#write(']}');
    this.#flush();
    return Buffer.concat(this.#pieces.splice(0));
  }

  dispose(): void {
    this.#reader.arena.free(this.#piece);
  }

  #begin(labels: Labels, key: 'value' | 'values'): void {
    const metric = labels.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
    this.#write(`${this.#series++ === 0 ? '' : ','}{"metric":{${metric}},"${key}":`);
  }

  /** `[1435781451.781,"1"]`. */
  #sample(timeMs: number, value: number): void {
    if (this.#at + SAMPLE_BYTES > this.#piece + PIECE_BYTES) this.#flush();
    const { kernel, buffer } = this.#reader;
    let at = this.#at;
    buffer[at++] = 91; // [
    if (timeMs < 0) buffer[at++] = 45; // -
    const ms = Math.abs(timeMs);
    at += kernel.formatInteger(at, Math.floor(ms / 1000)) >>> 0;
    const fraction = ms % 1000;
    if (fraction !== 0) {
      buffer[at++] = DOT;
      buffer[at++] = 48 + Math.floor(fraction / 100);
      buffer[at++] = 48 + (Math.floor(fraction / 10) % 10);
      buffer[at++] = 48 + (fraction % 10);
    }
    buffer[at++] = COMMA;
    buffer[at++] = 34; // "
    at += kernel.formatJsonNumber(at, value) >>> 0;
    buffer[at++] = 34;
    buffer[at++] = 93; // ]
    this.#at = at;
  }

  #write(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#at + bytes > this.#piece + PIECE_BYTES) this.#flush();
    if (bytes > PIECE_BYTES) this.#keep(Buffer.from(text));
    else this.#at += this.#reader.buffer.write(text, this.#at);
  }

  #flush(): void {
    if (this.#at > this.#piece) this.#keep(Buffer.from(this.#reader.buffer.subarray(this.#piece, this.#at)));
    this.#at = this.#piece;
  }

  #keep(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes <= MOST_BYTES) return;
    throw new WorkerError('out_of_memory', `the answer is longer than ${MOST_BYTES} bytes: ask for fewer series or less time`);
  }
}
