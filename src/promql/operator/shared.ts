// An aggregation that stands in a query more than once: evaluated once, its rows given to all who ask. Each of them counts the samples and says the
// annotations as if it were alone, with the places of its own text.
import { RecordedAnnotations } from '../annotations.ts';
import { SampleCounts } from '../sample-counts.ts';
import type { Evaluation, SeriesList, VectorOperator } from './operator.ts';
import type { RowBatch } from './row-batch.ts';
import { RowStore, StoredRows } from './row-store.ts';

export class SharedExpression {
  readonly annotations = new RecordedAnnotations();
  readonly counts: SampleCounts;
  /** Where the first of them stands in the query. */
  readonly start: number;
  readonly #operator: VectorOperator;
  readonly #evaluation: Evaluation;
  #store: Promise<RowStore> | null = null;

  /** `make` plans it for the evaluation that it is given. */
  constructor(evaluation: Evaluation, start: number, make: (own: Evaluation) => VectorOperator) {
    this.start = start;
    this.counts = new SampleCounts(evaluation.counts.perStep?.length ?? null);
    this.#evaluation = { ...evaluation, annotations: this.annotations, counts: this.counts };
    this.#operator = make(this.#evaluation);
  }

  series(): Promise<SeriesList> {
    return this.#operator.series();
  }

  rows(steps: number): Promise<RowStore> {
    this.#store ??= RowStore.of(this.#operator, this.#evaluation, steps);
    return this.#store;
  }
}

/** One of the places where it stands. */
export class SharedOperator implements VectorOperator {
  readonly #evaluation: Evaluation;
  readonly #shared: SharedExpression;
  readonly #start: number;
  #rows: StoredRows | null = null;

  constructor(evaluation: Evaluation, shared: SharedExpression, start: number) {
    this.#evaluation = evaluation;
    this.#shared = shared;
    this.#start = start;
  }

  series(): Promise<SeriesList> {
    return this.#shared.series();
  }

  async next(batch: RowBatch): Promise<boolean> {
    if (this.#rows === null) {
      const { annotations, counts, start } = this.#shared;
      this.#rows = new StoredRows(await this.#shared.rows(batch.steps));
      annotations.repeat(this.#evaluation.annotations, this.#start - start);
      this.#evaluation.counts.addAll(counts);
    }
    return this.#rows.next(batch);
  }
}
