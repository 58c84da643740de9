// A calculation or comparison of two vectors. The side of which a series may match many is kept, combined for each group of matching series;
// the rows of the other side then pass by. Source: promql/engine.go VectorBinop.
import { compareUtf8, formatLabels, type Label, type Labels, labelValue } from '../../model/index.ts';
import { EvaluationError } from '../errors.ts';
import type { BinaryOperator, VectorMatching } from '../parser/ast.ts';
import { eachSeries } from './each-series.ts';
import { MatchGroups, matchedLabels } from './matching.ts';
import type { Evaluation, SeriesList, VectorOperator, VectorSeries } from './operator.ts';
import { RowBatch } from './row-batch.ts';
import { RowStore } from './row-store.ts';
import { labelsKey, withoutMetricName } from './series-names.ts';
import type { Sides } from './set-operation.ts';

export interface Join {
  readonly op: BinaryOperator;
  readonly matching: VectorMatching;
  readonly bool: boolean;
  /** A calculation, which changes what the metric is; else a comparison. */
  readonly calculate: ((left: number, right: number) => number) | null;
  readonly compare: ((left: number, right: number) => boolean) | null;
}

/** Series of the one side that match the same and give the same labels to the result: at a step at most one of them has a value. */
interface OneSide {
  readonly series: VectorSeries;
  readonly values: Float64Array;
  readonly present: Uint8Array;
  /** Steps at which the many side had a match; only where a value stands in for those that it lacks. */
  readonly used: Uint8Array | null;
}

interface Output {
  readonly many: number;
  readonly one: OneSide | null;
}

interface Conflict {
  readonly first: number;
  readonly second: number;
}

/** Its labels are put together when they are asked for: an aggregation of results may need none. */
class JoinedSeries implements VectorSeries {
  readonly dropName: boolean;
  readonly #make: () => Labels;
  #labels: Labels | null = null;

  constructor(dropName: boolean, make: () => Labels) {
    this.dropName = dropName;
    this.#make = make;
  }

  get labels(): Labels {
    this.#labels ??= this.#make();
    return this.#labels;
  }
}

export class JoinOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #join: Join;
  /** Whether the kept side is the left one (group_right). */
  readonly #swapped: boolean;
  readonly #many: VectorOperator;
  readonly #one: VectorOperator;
  readonly #steps: number;
  #list: SeriesList | null = null;
  #manyGroups = new Int32Array(0);
  #oneSeries: readonly VectorSeries[] = [];
  /** By group. */
  #oneSides: OneSide[][] = [];
  /** By series of the many side: its outputs' places in the list. */
  #outputs: number[][] = [];
  #outputsOf: Output[] = [];
  /** By step: two series of the one side that match alike. */
  #conflicts = new Map<number, Conflict>();
  /** By group, or by group and labels: steps that have a result; only for those that several series may give. */
  #taken: (Uint8Array | null)[] = [];
  #batch: RowBatch | null = null;
  #row = 0;
  #output = 0;
  readonly #unmatched: { readonly one: OneSide; readonly output: number }[] = [];
  #rest = 0;

  constructor(evaluation: Evaluation, { left, right }: Sides, join: Join, steps: number) {
    this.#evaluation = evaluation;
    this.#join = join;
    this.#steps = steps;
    this.#swapped = join.matching.cardinality === 'one-to-many';
    this.#many = this.#swapped ? right : left;
    this.#one = this.#swapped ? left : right;
  }

  async series(): Promise<SeriesList> {
    this.#list ??= await this.#prepare();
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    batch.clear();
    this.#batch ??= new RowBatch(this.#steps);
    const input = this.#batch;
    for (;;) {
      while (this.#row < input.count) {
        const outputs = this.#outputs[input.rows[this.#row]];
        if (this.#output === 0) this.#checkConflicts(input, this.#row);
        for (; this.#output < outputs.length; this.#output++) {
          if (batch.isFull) return true;
          this.#combine(input, outputs[this.#output], batch);
        }
        this.#output = 0;
        this.#row++;
      }
      this.#row = 0;
      if (!(await this.#many.next(input))) {
        input.clear();
        return this.#fillRest(batch);
      }
    }
  }

  async #prepare(): Promise<SeriesList> {
    const { matching } = this.#join;
    const many = await this.#many.series();
    const one = await this.#one.series();
    this.#oneSeries = one.series;
    const groups = new MatchGroups(matching);
    this.#manyGroups = await groups.of(many.series, this.#evaluation);
    const oneGroups = await groups.of(one.series, this.#evaluation);
    await this.#keepOneSide(oneGroups, groups.count);
    const series: VectorSeries[] = [];
    const takers = new Map<string, number>();
    await eachSeries(many.series, this.#evaluation, (each, i) => {
      const group = this.#manyGroups[i];
      const sides: (OneSide | null)[] = [...this.#oneSides[group]];
      if (this.#fillOfOne !== null) sides.push(null);
      this.#outputs[i] = sides.map((side) => {
        const result = new JoinedSeries(this.#dropsLater, () =>
          this.#resultLabels(each.labels, side?.series.labels ?? matchedLabels(each.labels, matching)),
        );
        const key = matching.cardinality === 'one-to-one' ? String(group) : `${group}\xff${labelsKey(result.labels)}`;
        takers.set(key, (takers.get(key) ?? 0) + 1);
        this.#outputsOf.push({ many: i, one: side });
        this.#keys.push(key);
        return series.push(result) - 1;
      });
    });
    this.#shareTaken(takers);
    if (this.#fillOfMany !== null) this.#addUnmatched(series);
    return { series, oneName: false };
  }

  readonly #keys: string[] = [];

  #addUnmatched(series: VectorSeries[]): void {
    for (const one of this.#oneSides.flat()) {
      const labels = this.#resultLabels(matchedLabels(one.series.labels, this.#join.matching), one.series.labels);
      this.#unmatched.push({ one, output: series.length });
      series.push({ labels, dropName: false });
    }
  }

  get #dropsLater(): boolean {
    return this.#evaluation.delayedNameRemoval && (this.#join.bool || this.#join.calculate !== null);
  }

  /** What several series may give needs to know which steps are taken. */
  #shareTaken(takers: ReadonlyMap<string, number>): void {
    const shared = new Map<string, Uint8Array>();
    this.#taken = this.#keys.map((key) => {
      if (takers.get(key) === 1) return null;
      let taken = shared.get(key);
      if (taken === undefined) {
        this.#evaluation.budget.takeBytes(this.#steps);
        taken = new Uint8Array(this.#steps);
        shared.set(key, taken);
      }
      return taken;
    });
  }

  async #keepOneSide(groups: Int32Array, count: number): Promise<void> {
    const { include } = this.#join.matching;
    const steps = this.#steps;
    const store = await RowStore.of(this.#one, this.#evaluation, steps);
    const sides: OneSide[][] = Array.from({ length: count }, () => []);
    const keys: string[][] = Array.from({ length: count }, () => []);
    /** By group: which series has a value at the step, plus 1; only for groups that have several. */
    const owners = new Map<number, Int32Array>();
    for (let row = 0; row < store.count; row++) {
      const index = store.rows[row];
      const group = groups[index];
      const series = this.#oneSeries[index];
      const values = store.values.subarray(row * steps, (row + 1) * steps);
      const present = store.present.subarray(row * steps, (row + 1) * steps);
      const key = include.map((name) => labelValue(series.labels, name)).join('\xff');
      const known = keys[group].indexOf(key);
      if (sides[group].length > 0) this.#findConflicts(group, index, present, owners);
      else owners.set(group, new Int32Array(0));
      this.#noteOwner(group, index, present, owners);
      if (known < 0) {
        keys[group].push(key);
        sides[group].push({ series, values, present, used: this.#fillOfMany === null ? null : new Uint8Array(steps) });
        continue;
      }
      const into = sides[group][known];
      for (let step = 0; step < steps; step++) {
        if (present[step] === 0) continue;
        into.present[step] = 1;
        into.values[step] = values[step];
      }
    }
    this.#oneSides = sides;
  }

  /** Only groups of several series are looked at: nearly all have one. */
  readonly #firstOfGroup = new Map<number, { index: number; present: Uint8Array }>();

  #noteOwner(group: number, index: number, present: Uint8Array, owners: Map<number, Int32Array>): void {
    const owner = owners.get(group)!;
    if (owner.length === 0) {
      this.#firstOfGroup.set(group, { index, present: present.slice() });
      return;
    }
    for (let step = 0; step < this.#steps; step++) if (present[step] !== 0 && owner[step] === 0) owner[step] = index + 1;
  }

  #findConflicts(group: number, index: number, present: Uint8Array, owners: Map<number, Int32Array>): void {
    let owner = owners.get(group)!;
    if (owner.length === 0) {
      const first = this.#firstOfGroup.get(group)!;
      owner = new Int32Array(this.#steps);
      for (let step = 0; step < this.#steps; step++) if (first.present[step] !== 0) owner[step] = first.index + 1;
      owners.set(group, owner);
    }
    for (let step = 0; step < this.#steps; step++) {
      if (present[step] === 0 || owner[step] === 0 || this.#conflicts.has(step)) continue;
      this.#conflicts.set(step, { first: owner[step] - 1, second: index });
    }
  }

  /** Two matching series of the one side are an error at a step where the many side has anything at all. */
  #checkConflicts(input: RowBatch, row: number): void {
    if (this.#conflicts.size === 0) return;
    for (const [step, { first, second }] of this.#conflicts) {
      if (input.present[row * this.#steps + step] === 0) continue;
      const { matching } = this.#join;
      const [a, b] = [this.#oneSeries[first].labels, this.#oneSeries[second].labels];
      const side = this.#swapped ? 'left' : 'right';
      throw new EvaluationError(
        'execution',
        `found duplicate series for the match group ${formatLabels(matchedLabels(b, matching))} on the ${side} hand-side of the operation: ` +
          `[${formatLabels(a)}, ${formatLabels(b)}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
  }

  /** As in Prometheus, where sides are swapped for group_right and their values are not: the left one is always the many side's. */
  get #fillOfMany(): number | null {
    return this.#join.matching.fill.left;
  }

  get #fillOfOne(): number | null {
    return this.#join.matching.fill.right;
  }

  #combine(input: RowBatch, output: number, batch: RowBatch): void {
    const { one, many } = this.#outputsOf[output];
    const steps = this.#steps;
    const from = this.#row * steps;
    const to = batch.count * steps;
    const fill = this.#fillOfOne;
    const sides = one === null ? this.#oneSides[this.#manyGroups[many]] : [];
    let found = 0;
    for (let step = 0; step < steps; step++) {
      const cell = to + step;
      batch.present[cell] = 0;
      if (input.present[from + step] === 0) continue;
      let other: number;
      if (one !== null) {
        if (one.present[step] === 0) continue;
        other = one.values[step];
        if (one.used !== null) one.used[step] = 1;
      } else {
        if (sides.some((side) => side.present[step] !== 0)) continue;
        other = fill!;
      }
      this.#take(output, step);
      const value = input.values[from + step];
      found += this.#swapped ? this.#cell(batch, cell, other, value) : this.#cell(batch, cell, value, other);
    }
    if (found === 0) return;
    this.#evaluation.budget.takeSamples(found);
    batch.rows[batch.count++] = output;
  }

  /** Returns whether there is a result. */
  #cell(batch: RowBatch, cell: number, left: number, right: number): 0 | 1 {
    const { calculate, compare, bool } = this.#join;
    if (calculate !== null) batch.values[cell] = calculate(left, right);
    else {
      const holds = compare!(left, right);
      if (bool) batch.values[cell] = holds ? 1 : 0;
      else if (holds) batch.values[cell] = left;
      else return 0;
    }
    batch.present[cell] = 1;
    return 1;
  }

  #take(output: number, step: number): void {
    const taken = this.#taken[output];
    if (taken === null) return;
    if (taken[step] !== 0) {
      const isOneToOne = this.#join.matching.cardinality === 'one-to-one';
      const why = isOneToOne
        ? 'many-to-one matching must be explicit (group_left/group_right)'
        : 'grouping labels must ensure unique matches';
      throw new EvaluationError('execution', `multiple matches for labels: ${why}`);
    }
    taken[step] = 1;
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { matching, bool, calculate } = this.#join;
    const dropsName = calculate !== null || (bool && !this.#evaluation.delayedNameRemoval);
    let labels = dropsName ? withoutMetricName(many) : many;
    if (matching.cardinality === 'one-to-one') {
      labels = matching.on
        ? labels.filter(([name]) => matching.labels.includes(name))
        : labels.filter(([name]) => !matching.labels.includes(name));
    }
    if (matching.include.length === 0) return labels;
    const included: Label[] = [];
    for (const name of new Set(matching.include)) {
      const value = labelValue(one, name);
      if (value !== '') included.push([name, value]);
    }
    const others = labels.filter(([name]) => !matching.include.includes(name));
    return [...others, ...included].sort((a, b) => compareUtf8(a[0], b[0]));
  }

  /** Series of the one side that had no match, with the value that stands for their partner. */
  #fillRest(batch: RowBatch): boolean {
    const fill = this.#fillOfMany;
    if (fill === null) return batch.count > 0;
    const steps = this.#steps;
    for (; this.#rest < this.#unmatched.length && !batch.isFull; this.#rest++) {
      const { one, output } = this.#unmatched[this.#rest];
      const to = batch.count * steps;
      let found = 0;
      for (let step = 0; step < steps; step++) {
        batch.present[to + step] = 0;
        if (one.present[step] === 0 || one.used![step] !== 0) continue;
        found += this.#swapped
          ? this.#cell(batch, to + step, one.values[step], fill)
          : this.#cell(batch, to + step, fill, one.values[step]);
      }
      if (found === 0) continue;
      this.#evaluation.budget.takeSamples(found);
      batch.rows[batch.count++] = output;
    }
    return batch.count > 0;
  }
}
