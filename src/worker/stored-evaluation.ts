// A query over what is stored, for the jobs that ask one: with labels that are read when they are wanted.
import { type EngineOptions, evaluate, type QueryAnswer, type QueryTimes } from '../promql/index.ts';
import { type Querier, StorageError } from '../storage/index.ts';

/** Where the queries of a job look, and how it gives way. */
export interface StoredData {
  /** To be disposed of. `labelsAtOnce`: see HeadQuerier. */
  open(labelsAtOnce: boolean): Querier;
  /** See Evaluation. */
  breathe(): Promise<void> | null;
}

/** `take` reads what is wanted of the answer while its series can be read. @throws EvaluationError, StorageError, and whatever ends the job */
export async function evaluateStored<T>(
  query: string,
  times: QueryTimes,
  data: StoredData,
  options: EngineOptions,
  take: (answer: QueryAnswer) => T,
): Promise<T> {
  const once = async (labelsAtOnce: boolean): Promise<T> => {
    const querier = data.open(labelsAtOnce);
    try {
      return take(await evaluate(query, times, querier, options, () => data.breathe()));
    } finally {
      querier.dispose();
    }
  };
  try {
    return await once(false);
  } catch (error) {
    // Labels are read when they are wanted, since few are. Rarely their series goes before that.
    if (!(error instanceof StorageError && error.code === 'gone')) throw error;
    return once(true);
  }
}
