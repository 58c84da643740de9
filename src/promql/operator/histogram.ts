// histogram_quantile, histogram_quantiles and histogram_fraction of classic histograms: series that differ in `le` alone are the buckets of one.
import { formatG, formatOpenMetrics, type Labels, labelValue, parseGoFloat, quoteGo } from '../../model/index.ts';
import { Buckets, bucketFraction, bucketQuantile, type ForcedMonotonicity } from '../function/buckets.ts';
import { eachSeries } from './each-series.ts';
import type { Evaluation, ScalarOperator, SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import { warnOfQuantiles, withLabel } from './quantile.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';
import { labelsKey, withoutMetricName } from './series-names.ts';

export interface HistogramParam {
  readonly operator: ScalarOperator;
  /** Where it stands in the query. */
  readonly start: number;
}

export type HistogramCall = (
  | { readonly kind: 'quantile'; readonly params: readonly [HistogramParam] }
  | { readonly kind: 'fraction'; readonly params: readonly [lower: HistogramParam, upper: HistogramParam] }
  /** A series for each quantile, told apart by a label. */
  | { readonly kind: 'quantiles'; readonly params: readonly HistogramParam[]; readonly label: string }
) & {
  /** Where the vector stands in the query. */
  readonly vectorStart: number;
};

interface Histogram {
  readonly labels: Labels;
  readonly name: string;
  /** Series and their bounds. */
  readonly members: { readonly series: number; readonly bound: number }[];
}

export class HistogramOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #input: VectorOperator;
  readonly #call: HistogramCall;
  readonly #steps: number;
  #histograms: Histogram[] | null = null;
  /** Series without a usable `le`, and what to say once one has a value. */
  readonly #bad = new Map<number, string>();
  #params: Float64Array[] = [];
  #list: SeriesList | null = null;
  #rows: StoredRows | null = null;

  constructor(evaluation: Evaluation, input: VectorOperator, call: HistogramCall, steps: number) {
    this.#evaluation = evaluation;
    this.#input = input;
    this.#call = call;
    this.#steps = steps;
  }

  async series(): Promise<SeriesList> {
    this.#list ??= await this.#prepare();
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    this.#rows ??= new StoredRows(await this.#calculate());
    return this.#rows.next(batch);
  }

  async #prepare(): Promise<SeriesList> {
    const { series } = await this.#input.series();
    this.#histograms = await this.#group(series);
    for (const { operator, start } of this.#call.params) {
      const values = await operator.values();
      this.#params.push(values);
      if (this.#call.kind !== 'fraction') warnOfQuantiles(values, this.#evaluation, start);
    }
    const outputs: VectorSeries[] = [];
    for (let i = 0; i < this.#resultsEach; i++) {
      for (const { labels } of this.#histograms) outputs.push(this.#output(labels, i));
    }
    return { series: outputs, oneName: false };
  }

  get #resultsEach(): number {
    return this.#call.kind === 'quantiles' ? this.#params.length : 1;
  }

  #output(labels: Labels, result: number): VectorSeries {
    const named =
      this.#call.kind === 'quantiles' ? withLabel(labels, this.#call.label, formatOpenMetrics(this.#params[result][0])) : labels;
    if (this.#evaluation.delayedNameRemoval) return { labels: named, dropName: true };
    return { labels: withoutMetricName(named), dropName: false };
  }

  async #group(series: readonly VectorSeries[]): Promise<Histogram[]> {
    const histograms = new Map<string, Histogram>();
    await eachSeries(series, this.#evaluation, ({ labels }, i) => {
      const le = labelValue(labels, 'le');
      const bound = parseGoFloat(le);
      const name = labelValue(labels, '__name__');
      if (bound === null) {
        const of = name === '' ? '' : ` for metric name ${quoteGo(name)}`;
        this.#bad.set(i, `bucket label "le" is missing or has a malformed value of ${quoteGo(le)}${of}`);
        return;
      }
      const others = labels.filter((label) => label[0] !== 'le');
      const key = labelsKey(others);
      let histogram = histograms.get(key);
      if (histogram === undefined) {
        histogram = { labels: others, name, members: [] };
        histograms.set(key, histogram);
      }
      histogram.members.push({ series: i, bound });
    });
    return [...histograms.values()];
  }

  async #calculate(): Promise<RowStore> {
    const steps = this.#steps;
    const { annotations } = this.#evaluation;
    const store = await RowStore.of(this.#input, this.#evaluation, steps);
    const rowOf = new Map<number, number>();
    for (let row = 0; row < store.count; row++) {
      const bad = this.#bad.get(store.rows[row]);
      if (bad !== undefined && store.present.subarray(row * steps, (row + 1) * steps).includes(1))
        annotations.warn(bad, this.#call.vectorStart);
      rowOf.set(store.rows[row], row);
    }
    const results = new RowStore(this.#evaluation, steps);
    const histograms = this.#histograms!;
    const rows = Array.from({ length: this.#resultsEach * histograms.length }, (_, i) => results.addEmpty(i));
    for (const [i, { members, name }] of histograms.entries()) {
      const kept = members.flatMap(({ series, bound }) => (rowOf.has(series) ? [{ bound, base: rowOf.get(series)! * steps }] : []));
      // Sorted once: each step then has its buckets in order.
      kept.sort((a, b) => a.bound - b.bound || 0);
      const buckets = new Buckets(kept.length);
      for (let step = 0; step < steps; step++) {
        buckets.clear();
        for (const { bound, base } of kept) if (store.present[base + step] !== 0) buckets.add(bound, store.values[base + step]);
        if (buckets.count === 0) continue;
        for (let result = 0; result < this.#resultsEach; result++) {
          const cell = rows[result * histograms.length + i] * steps + step;
          results.present[cell] = 1;
          results.values[cell] = this.#value(buckets, result, step, name);
        }
      }
    }
    return results;
  }

  #value(buckets: Buckets, result: number, step: number, name: string): number {
    if (this.#call.kind === 'fraction') return bucketFraction(this.#params[0][step], this.#params[1][step], buckets);
    const { value, forced } = bucketQuantile(this.#params[result][step], buckets);
    if (forced !== null) this.#tellForced(forced, name);
    return value;
  }

  #tellForced({ minBound, maxBound, maxDifference }: ForcedMonotonicity, name: string): void {
    const help = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile';
    const of = this.#evaluation.delayedNameRemoval && name !== '' ? ` for metric name ${quoteGo(name)}` : '';
    const where = `from buckets ${formatG(minBound)} to ${formatG(maxBound)}, with a max diff of ${formatG(maxDifference)}`;
    this.#evaluation.annotations.info(
      `input to histogram_quantile needed to be fixed for monotonicity (see ${help})${of}, ${where}`,
      this.#call.vectorStart,
    );
  }
}
