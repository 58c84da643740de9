// and, or, unless: series of one side by whether the other side has a matching one at the step.
import type { VectorMatching } from '../parser/ast.ts';
import { MatchGroups } from './matching.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import { RowBatch } from './row-batch.ts';

export type SetOperator = 'and' | 'or' | 'unless';

export interface Sides {
  readonly left: VectorOperator;
  readonly right: VectorOperator;
}

export class SetOperation implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #sides: Sides;
  readonly #op: SetOperator;
  readonly #matching: VectorMatching;
  #list: SeriesList | null = null;
  #leftCount = 0;
  #leftGroups = new Int32Array(0);
  #rightGroups = new Int32Array(0);
  #groups = 0;
  /** By group and step: 1 where the side that is looked at has a value. */
  #present: Uint8Array | null = null;
  #leftEnded = false;

  constructor(evaluation: Evaluation, sides: Sides, op: SetOperator, matching: VectorMatching) {
    this.#evaluation = evaluation;
    this.#sides = sides;
    this.#op = op;
    this.#matching = matching;
  }

  async series(): Promise<SeriesList> {
    if (this.#list !== null) return this.#list;
    const left = await this.#sides.left.series();
    const right = await this.#sides.right.series();
    const groups = new MatchGroups(this.#matching);
    this.#leftGroups = await groups.of(left.series, this.#evaluation);
    this.#rightGroups = await groups.of(right.series, this.#evaluation);
    this.#groups = groups.count;
    this.#leftCount = left.series.length;
    if (this.#op !== 'or') this.#list = left;
    else
      this.#list = {
        series: [...left.series, ...right.series],
        oneName: right.series.length === 0 ? left.oneName : left.series.length === 0 && right.oneName,
      };
    return this.#list;
  }

  async next(batch: RowBatch): Promise<boolean> {
    if (this.#op === 'or') return this.#or(batch);
    this.#present ??= await this.#presence(batch.steps);
    if (!(await this.#sides.left.next(batch))) return false;
    keep(batch, this.#leftGroups, this.#present, this.#op === 'and' ? 1 : 0);
    return true;
  }

  async #or(batch: RowBatch): Promise<boolean> {
    if (this.#present === null) this.#present = this.#newPresence(batch.steps);
    if (!this.#leftEnded) {
      if (await this.#sides.left.next(batch)) {
        mark(batch, this.#leftGroups, this.#present);
        return true;
      }
      this.#leftEnded = true;
    }
    if (!(await this.#sides.right.next(batch))) return false;
    keep(batch, this.#rightGroups, this.#present, 0);
    for (let row = 0; row < batch.count; row++) batch.rows[row] += this.#leftCount;
    return true;
  }

  async #presence(steps: number): Promise<Uint8Array> {
    const present = this.#newPresence(steps);
    const batch = new RowBatch(steps);
    while (await this.#sides.right.next(batch)) mark(batch, this.#rightGroups, present);
    return present;
  }

  #newPresence(steps: number): Uint8Array {
    this.#evaluation.budget.takeBytes(this.#groups * steps);
    return new Uint8Array(this.#groups * steps);
  }
}

function mark({ rows, present, count, steps }: RowBatch, groups: Int32Array, marks: Uint8Array): void {
  for (let row = 0, cell = 0; row < count; row++) {
    const base = groups[rows[row]] * steps;
    for (let step = 0; step < steps; step++, cell++) marks[base + step] |= present[cell];
  }
}

/** Lets go of the values whose group is not marked so. */
function keep({ rows, present, count, steps }: RowBatch, groups: Int32Array, marks: Uint8Array, wanted: 0 | 1): void {
  for (let row = 0, cell = 0; row < count; row++) {
    const base = groups[rows[row]] * steps;
    for (let step = 0; step < steps; step++, cell++) if (marks[base + step] !== wanted) present[cell] = 0;
  }
}
