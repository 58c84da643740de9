// info(): series with the labels of info series (target_info by default) that are of the same instance and job. At each step the info series
// with the newest sample counts, so that one series may become several. Source: promql/info.go.
import { compareUtf8, formatLabels, type Label, type Labels, type Matcher } from '../../model/index.ts';
import { EvaluationError, sameLabelset } from '../errors.ts';
import { eachSeries } from './each-series.ts';
import { type Evaluation, labelOf, type SeriesList, type VectorOperator, type VectorSeries } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';
import { labelsKey } from './series-names.ts';

/** What tells which info series belong to a series. */
const IDENTIFYING = ['instance', 'job'] as const;

export interface InfoCall {
  /** Of the metric name: series that fulfil them all are info series themselves, and stay as they are. */
  readonly nameMatchers: readonly Matcher[];
  /** Of the labels that are taken over; without any, all of them are. */
  readonly dataMatchers: readonly Matcher[];
}

/** The info series of one metric that are of the same instance and job. */
interface InfoGroup {
  readonly name: string;
  readonly rows: number[];
  /** By step: the row that counts, or -1. */
  chosen: Int32Array;
}

export class InfoOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #base: VectorOperator;
  readonly #info: VectorOperator;
  readonly #call: InfoCall;
  readonly #steps: number;
  readonly #series: VectorSeries[] = [];
  #infoSeries: readonly VectorSeries[] = [];
  #rows: StoredRows | null = null;

  /** `info`: the times of the info series' samples. */
  constructor(evaluation: Evaluation, base: VectorOperator, info: VectorOperator, call: InfoCall, steps: number) {
    this.#evaluation = evaluation;
    this.#base = base;
    this.#info = info;
    this.#call = call;
    this.#steps = steps;
  }

  async series(): Promise<SeriesList> {
    this.#rows ??= new StoredRows(await this.#combine());
    return { series: this.#series, oneName: false };
  }

  async next(batch: RowBatch): Promise<boolean> {
    return this.#rows!.next(batch);
  }

  async #combine(): Promise<RowStore> {
    const steps = this.#steps;
    const base = await RowStore.of(this.#base, this.#evaluation, steps);
    const { series } = await this.#base.series();
    const groups = await this.#groups(base, series);
    const result = new RowStore(this.#evaluation, steps);
    const places = new Map<string, number>();
    for (let row = 0; row < base.count; row++) {
      const one = series[base.rows[row]];
      const matching = this.#isInfo(one) ? [] : (groups.get(identityOf(one)) ?? []);
      const enriched = new Map<string, number | null>();
      for (let step = 0; step < steps; step++) {
        const cell = row * steps + step;
        if (base.present[cell] === 0) continue;
        const chosen = matching.flatMap(({ chosen }) => (chosen[step] < 0 ? [] : [chosen[step]]));
        const key = chosen.join();
        let place = enriched.get(key);
        if (place === undefined) {
          place = this.#place(one, chosen, places, result);
          enriched.set(key, place);
        }
        if (place === null) continue;
        const to = place * steps + step;
        if (result.present[to] !== 0) throw sameLabelset();
        result.present[to] = 1;
        result.values[to] = base.values[cell];
      }
    }
    return result;
  }

  #isInfo(series: VectorSeries): boolean {
    const name = labelOf(series, '__name__');
    return this.#call.nameMatchers.every((matcher) => matcher.matches(name));
  }

  /** The row of the series with these info series' labels; null where there must be some and are none. */
  #place(series: VectorSeries, chosen: readonly number[], places: Map<string, number>, result: RowStore): number | null {
    const { dataMatchers } = this.#call;
    if (chosen.length === 0 && !this.#isInfo(series) && dataMatchers.some((matcher) => !matcher.matches(''))) return null;
    const labels = this.#enriched(series.labels, chosen);
    const key = labelsKey(labels);
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = result.addEmpty(this.#series.length);
    this.#series.push({ labels, dropName: series.dropName });
    places.set(key, place);
    return place;
  }

  #enriched(labels: Labels, chosen: readonly number[]): Labels {
    if (chosen.length === 0) return labels;
    const own = new Set(labels.map(([name]) => name));
    const wanted = new Set(this.#call.dataMatchers.map(({ name }) => name));
    const added = new Map<string, string>();
    for (const index of chosen) {
      for (const [name, value] of this.#infoSeries[index].labels) {
        if (name === '__name__' || (wanted.size > 0 && !wanted.has(name))) continue;
        const before = added.get(name);
        if (before !== undefined && before !== value) throw new EvaluationError('execution', `conflicting label: ${name}`);
        if (!own.has(name)) added.set(name, value);
      }
    }
    const more: Label[] = [...added];
    return [...labels, ...more].sort((a, b) => compareUtf8(a[0], b[0]));
  }

  /** By instance and job: those of the info series whose identity one of the series has. */
  async #groups(base: RowStore, series: readonly VectorSeries[]): Promise<Map<string, InfoGroup[]>> {
    const ids = IDENTIFYING.map(() => new Set<string>());
    for (let row = 0; row < base.count; row++) {
      const one = series[base.rows[row]];
      if (!this.#isInfo(one)) for (const [i, name] of IDENTIFYING.entries()) ids[i].add(labelOf(one, name));
    }
    for (const values of ids) values.delete('');
    const groups = new Map<string, InfoGroup[]>();
    if (ids.every(({ size }) => size === 0)) return groups;
    const times = await RowStore.of(this.#info, this.#evaluation, this.#steps);
    this.#infoSeries = (await this.#info.series()).series;
    const rows = Array.from({ length: times.count }, (_, row) => row);
    await eachSeries(rows, this.#evaluation, (row) => {
      const one = this.#infoSeries[times.rows[row]];
      if (IDENTIFYING.some((name, i) => ids[i].size > 0 && !ids[i].has(labelOf(one, name)))) return;
      const identity = identityOf(one);
      const ofIdentity = groups.get(identity) ?? [];
      groups.set(identity, ofIdentity);
      const name = labelOf(one, '__name__');
      const group = ofIdentity.find((each) => each.name === name);
      if (group === undefined) ofIdentity.push({ name, rows: [row], chosen: new Int32Array(0) });
      else group.rows.push(row);
    });
    for (const ofIdentity of groups.values()) for (const group of ofIdentity) this.#choose(group, times);
    return groups;
  }

  #choose(group: InfoGroup, times: RowStore): void {
    const steps = this.#steps;
    this.#evaluation.budget.takeBytes(steps * 4);
    group.chosen = new Int32Array(steps).fill(-1);
    for (let step = 0; step < steps; step++) {
      let newest = -1;
      for (const row of group.rows) {
        if (times.present[row * steps + step] === 0) continue;
        const [time, before] = [
          times.values[row * steps + step],
          newest < 0 ? Number.NEGATIVE_INFINITY : times.values[newest * steps + step],
        ];
        if (time === before) throw this.#duplicate(times.rows[newest], times.rows[row], Math.round(time * 1000));
        if (time > before) newest = row;
      }
      if (newest >= 0) group.chosen[step] = times.rows[newest];
    }
  }

  #duplicate(first: number, second: number, timeMs: number): EvaluationError {
    const [existing, added] = [first, second].map((index) => `${formatLabels(this.#infoSeries[index].labels)} @ ${timeMs}`);
    return new EvaluationError('execution', `found duplicate series for info metric: existing ${existing}, new ${added}`);
  }
}

function identityOf(series: VectorSeries): string {
  return IDENTIFYING.map((name) => labelOf(series, name)).join('\xff');
}
