// A raw query: the samples of a selector as they are stored, as an instant vector or a matrix, in label order. The head's series and
// those of the other source, both in that order, are merged: a label set that is in both has the source's samples first, then those of
// the head that are newer.
import { compareLabels, type Labels, Matcher } from '../model/index.ts';
import { HeadSamples } from './head-samples.ts';
import type { Job } from './job.ts';
import type { SelectRequest, SelectResult } from './messages.ts';
import { SampleList } from './sample-list.ts';
import type { StoredSeries } from './sample-source.ts';
import { SampleText } from './sample-text.ts';

/** Series between two looks at the event loop, and samples: about 5 ms. */
const SLICE_SERIES = 1000;
const SLICE_SAMPLES = 20_000;

export async function runSelect(job: Job, request: SelectRequest): Promise<SelectResult> {
  const { source } = job.parts;
  // The head before the blocks: what leaves the head meanwhile is then in one of them.
  const head = await HeadSamples.select(job, request);
  job.parts.memory.hold(job.id);
  try {
    const matchers = request.selectors[0].map(({ name, op, value }) => new Matcher(name, op, value));
    const stored = source === null ? [] : source.select(matchers, request.minT, request.maxT);
    const text = new SampleText(job.parts.reader, request.vectorTimeMs === null ? 'matrix' : 'vector');
    try {
      return { json: await new Merge(job, request, head, text).run(stored) };
    } finally {
      text.dispose();
    }
  } finally {
    head.dispose();
    job.parts.memory.leave(job.id);
  }
}

class Merge {
  readonly #job: Job;
  readonly #request: SelectRequest;
  readonly #head: HeadSamples;
  readonly #text: SampleText;
  readonly #headSamples = new SampleList();
  readonly #storedSamples = new SampleList();
  #series = 0;
  #samples = 0;

  constructor(job: Job, request: SelectRequest, head: HeadSamples, text: SampleText) {
    this.#job = job;
    this.#request = request;
    this.#head = head;
    this.#text = text;
  }

  async run(stored: Iterable<StoredSeries>): Promise<Buffer> {
    const others = stored[Symbol.iterator]();
    try {
      let other = others.next();
      for (let place = 0; place < this.#head.count; place++) {
        const labels = this.#readHead(place);
        if (labels !== null) {
          for (; !other.done && compareLabels(other.value.labels, labels) < 0; other = others.next()) {
            this.#readStored(other.value);
            this.#emit(other.value.labels, this.#storedSamples);
            await this.#pause();
          }
          if (!other.done && compareLabels(other.value.labels, labels) === 0) {
            this.#readStored(other.value);
            this.#join();
            this.#emit(labels, this.#storedSamples);
            other = others.next();
          } else this.#emit(labels, this.#headSamples);
        }
        await this.#pause();
      }
      for (; !other.done; other = others.next()) {
        this.#readStored(other.value);
        this.#emit(other.value.labels, this.#storedSamples);
        await this.#pause();
      }
      return this.#text.end();
    } finally {
      others.return?.();
    }
  }

  #readHead(place: number): Labels | null {
    const { minT, maxT, vectorTimeMs } = this.#request;
    const interval = { minT, maxT, newestOnly: vectorTimeMs !== null };
    return this.#job.parts.reader.inEpoch(() => this.#head.read(place, interval, this.#headSamples));
  }

  #readStored(series: StoredSeries): void {
    this.#storedSamples.clear();
    series.read(this.#request.minT, this.#request.maxT, this.#storedSamples);
  }

  /** Appends the head's samples that are newer than all that is stored. */
  #join(): void {
    const samples = this.#storedSamples;
    const last = samples.count === 0 ? Number.NEGATIVE_INFINITY : samples.time(samples.count - 1);
    for (let i = 0; i < this.#headSamples.count; i++) if (this.#headSamples.time(i) > last) samples.pushFrom(this.#headSamples, i);
  }

  #emit(labels: Labels, samples: SampleList): void {
    const { vectorTimeMs } = this.#request;
    this.#samples += samples.count;
    if (samples.count === 0) return;
    if (vectorTimeMs === null) this.#text.matrix(labels, samples);
    else if (!samples.isStale(samples.count - 1)) this.#text.vector(labels, vectorTimeMs, samples);
  }

  async #pause(): Promise<void> {
    if (++this.#series < SLICE_SERIES && this.#samples < SLICE_SAMPLES) return;
    this.#series = this.#samples = 0;
    await this.#job.pause();
  }
}
