// The door to assembly/chunk-run.ts: a piece of a chunk file is copied into the codec's memory, and the samples of its chunks come out, some
// thousand at a time.
import type { KernelExports } from './kernel-exports.ts';

const INPUT_BYTES = 256 * 1024;
/** Peeks go beyond the input. */
const SLACK_BYTES = 64;
export const MOST_RUN_CHUNKS = 1024;
const MOST_SAMPLES = 16 * 1024;
const STATE_BYTES = 64;
/** What a run takes of the codec's memory. */
export const CHUNK_RUN_BYTES = INPUT_BYTES + SLACK_BYTES + STATE_BYTES + MOST_RUN_CHUNKS * 4 + MOST_SAMPLES * 16;
const [DONE, OTHER] = [0, 2];

export interface DecodedSamples {
  /** Takes samples at the end: times in ms beside the values' bits as two words each, the low one first; views that are reused. */
  append(times: Float64Array, words: Uint32Array): void;
  readonly lastTimeMs: number;
}

export class ChunkRun {
  /** Where the piece of the file goes. */
  readonly input: Buffer;
  /** Where in it the chunks begin. */
  readonly offsets: Uint32Array;
  readonly #kernel: KernelExports;
  readonly #addresses: {
    readonly input: number;
    readonly offsets: number;
    readonly times: number;
    readonly values: number;
    readonly state: number;
  };
  readonly #state: DataView;
  readonly #times: Float64Array;
  readonly #words: Uint32Array;

  /** `at`: of CHUNK_RUN_BYTES, a multiple of 64. */
  constructor({ buffer }: WebAssembly.Memory, kernel: KernelExports, at: number) {
    const state = at + INPUT_BYTES + SLACK_BYTES;
    const offsets = state + STATE_BYTES;
    const times = offsets + MOST_RUN_CHUNKS * 4;
    const values = times + MOST_SAMPLES * 8;
    this.#kernel = kernel;
    this.#addresses = { input: at, offsets, times, values, state };
    this.input = Buffer.from(buffer, at, INPUT_BYTES);
    this.offsets = new Uint32Array(buffer, offsets, MOST_RUN_CHUNKS);
    this.#state = new DataView(buffer, state, STATE_BYTES);
    this.#times = new Float64Array(buffer, times, MOST_SAMPLES);
    this.#words = new Uint32Array(buffer, values, MOST_SAMPLES * 2);
  }

  /**
   * Hands over the samples (of an interval, ms, both ends included) of the chunks whose places are the first of `offsets`, of `length` bytes
   * of input. Returns the index of the first chunk that it leaves: one that is cut off, damaged, of another encoding than XOR, or has a time
   * that is not above all before it; `chunks` when all are done.
   */
  decode(length: number, chunks: number, minTimeMs: number, maxTimeMs: number, into: DecodedSamples): number {
    const { input, offsets, times, values, state } = this.#addresses;
    const last = Math.max(into.lastTimeMs, -Number.MAX_SAFE_INTEGER - 1);
    this.#state.setUint32(8, last, true);
    this.#state.setInt32(12, Math.floor(last / 0x100000000), true);
    this.#state.setFloat64(16, minTimeMs, true);
    this.#state.setFloat64(24, maxTimeMs, true);
    for (let next = 0; ; ) {
      const code = this.#kernel.decodeRun(input, length, offsets, next, chunks, times, values, MOST_SAMPLES, state);
      next = this.#state.getUint32(0, true);
      const samples = this.#state.getUint32(4, true);
      if (samples > 0) into.append(this.#times.subarray(0, samples), this.#words.subarray(0, samples * 2));
      if (code === DONE || code === OTHER) return next;
    }
  }
}
