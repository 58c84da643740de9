// One series of a block to come: its samples as they were read, in any order; values by their bits.

import { formatLabels, type Labels } from '../../model/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import { TsdbCommandError } from './command.ts';

/** What Prometheus stores for any NaN of a text: not the bits of JavaScript's. */
const NAN_LOW = 1;
const NAN_HIGH = 0x7ff80000;

const value = new Float64Array(1);
const valueWords = new Uint32Array(value.buffer);

export class BackfillSeries {
  readonly labels: Labels;
  #samples = new FloatSamples();
  #sorted = true;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(timeMs: number, v: number): void {
    const { count, times } = this.#samples;
    this.#sorted &&= count === 0 || times[count - 1] < timeMs;
    value[0] = v;
    if (Number.isNaN(v)) this.#samples.push(timeMs, NAN_LOW, NAN_HIGH);
    else this.#samples.push(timeMs, valueWords[0], valueWords[1]);
  }

  /** In time order, no time twice; good until the next sample. @throws TsdbCommandError for two values at one time */
  samples(): FloatSamples {
    if (!this.#sorted) this.#sort();
    return this.#samples;
  }

  #sort(): void {
    const { times, words, count } = this.#samples;
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => times[a] - times[b] || a - b);
    const sorted = new FloatSamples();
    for (const i of order) {
      const last = sorted.count - 1;
      if (last >= 0 && sorted.times[last] === times[i]) {
        if (sorted.words[last * 2] === words[i * 2] && sorted.words[last * 2 + 1] === words[i * 2 + 1]) continue;
        throw new TsdbCommandError(`cannot make blocks: got two values of ${formatLabels(this.labels)} at ${times[i]} ms, want one`);
      }
      sorted.push(times[i], words[i * 2], words[i * 2 + 1]);
    }
    [this.#samples, this.#sorted] = [sorted, true];
  }
}
