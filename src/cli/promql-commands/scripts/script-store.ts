// The samples that a script has loaded, as a querier. Series that were given native histograms are remembered: they have no floats, and what
// is expected of them cannot be judged.
import { compareLabels, compareUtf8, formatLabels, type Labels, labelValue, type Matcher } from '../../../model/index.ts';
import {
  FloatSamples,
  type LabelsQuery,
  type LabelTexts,
  labelTexts,
  type Querier,
  type SeriesQuery,
  type SeriesSamples,
  type SeriesSet,
  type StoredSeries,
} from '../../../storage/index.ts';
import type { LoadCommand } from './script.ts';

const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;
const words = new Uint32Array(2);
const numbers = new Float64Array(words.buffer);

class LoadedSeries implements StoredSeries {
  readonly labels: Labels;
  readonly samples = new FloatSamples();

  constructor(labels: Labels) {
    this.labels = labels;
  }

  label(name: string): string {
    return labelValue(this.labels, name);
  }

  read(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): void {
    into.clear();
    into.floats.merge(this.samples);
    into.keep(minTimeMs, maxTimeMs);
  }

  readNewest(minTimeMs: number, maxTimeMs: number, into: SeriesSamples): boolean {
    this.read(minTimeMs, maxTimeMs, into);
    return into.keepNewest();
  }
}

export class ScriptStore implements Querier {
  readonly #series = new Map<string, LoadedSeries>();
  readonly #histograms = new Map<string, Labels>();

  load({ series, stepMs, withCustomBuckets }: LoadCommand): void {
    // Of a series that stands there twice the last line counts.
    const lines = new Map(series.map((line) => [formatLabels(line.labels), line]));
    for (const [key, { labels, values }] of lines) {
      if (values.includes('histogram')) this.#histograms.set(key, labels);
      if (withCustomBuckets) this.#addNative(labels);
      const into = this.#series.get(key) ?? new LoadedSeries(labels);
      this.#series.set(key, into);
      const more = new FloatSamples();
      for (const [i, value] of values.entries()) {
        if (value === 'omitted' || value === 'histogram') continue;
        if (value === 'stale') more.push(i * stepMs, STALE_LOW, STALE_HIGH);
        else {
          numbers[0] = value;
          more.push(i * stepMs, words[0], words[1]);
        }
      }
      into.samples.merge(more);
    }
  }

  clear(): void {
    this.#series.clear();
    this.#histograms.clear();
  }

  /** Whether one of the selectors selects a series that has native histograms. */
  hasHistograms(selectors: readonly (readonly Matcher[])[]): boolean {
    for (const labels of this.#histograms.values()) if (selectors.some((matchers) => accepts(matchers, labels))) return true;
    return false;
  }

  async select(queries: readonly SeriesQuery[]): Promise<readonly SeriesSet[]> {
    return queries.map(({ matchers }) =>
      once([...this.#series.values()].filter(({ labels }) => accepts(matchers, labels)).sort((a, b) => compareLabels(a.labels, b.labels))),
    );
  }

  async *labelSets({ selectors }: LabelsQuery): AsyncGenerator<readonly Labels[]> {
    yield this.#labels(selectors);
  }

  async labelNames({ selectors }: LabelsQuery, limit: number): Promise<LabelTexts> {
    return labelTexts(
      this.#labels(selectors).flatMap((labels) => labels.map(([name]) => name)),
      limit,
    );
  }

  async labelValues(name: string, { selectors }: LabelsQuery, limit: number): Promise<LabelTexts> {
    const values = this.#labels(selectors).map((labels) => labelValue(labels, name));
    return labelTexts(
      values.filter((value) => value !== ''),
      limit,
    );
  }

  together<T>(work: () => T): T {
    return work();
  }

  dispose(): void {
    // The script owns it.
  }

  #labels(selectors: LabelsQuery['selectors']): Labels[] {
    const all = [...this.#series.values()].map(({ labels }) => labels);
    return all.filter((labels) => selectors.some((matchers) => accepts(matchers, labels))).sort(compareLabels);
  }

  /** The native histogram of a classic one's buckets: without its suffix and `le`. */
  #addNative(labels: Labels): void {
    const name = labelValue(labels, '__name__').replace(/_(?:bucket|count|sum)$/, '');
    const others = labels.filter((label) => label[0] !== '__name__' && label[0] !== 'le');
    const native: Labels = [['__name__', name] as const, ...others].sort((a, b) => compareUtf8(a[0], b[0]));
    this.#histograms.set(formatLabels(native), native);
  }
}

function accepts(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name)));
}

async function* once(series: readonly LoadedSeries[]): AsyncGenerator<readonly StoredSeries[]> {
  yield series;
}
