// The answer to a panel's query. Asked again for each execution; one that is not wanted any more is broken off, here and in the server.
// While the next one is under way, the one before stays, and is known to be the one before.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryAnswer } from '../../src/answers/index.ts';
import type { Grid } from '../graph/range-data.ts';
import { ask, type Parameters, type Told } from '../server/ask.ts';
import type { ServerError } from '../server/server-error.ts';

/** The server ends a query itself, after --query.timeout (2 minutes if nothing else is said). */
const TIMEOUT_MS = 10 * 60_000;

export interface QueryResult<Q> {
  /** The question that was answered, which may be the one before. */
  readonly answer: (Told<QueryAnswer> & { readonly question: Q }) | null;
  readonly error: ServerError | null;
  readonly state: 'idle' | 'executing' | 'cancelled';
  /** `answer` is that of the question before. */
  readonly isOld: boolean;
  cancel(): void;
}

export interface InstantQuestion {
  readonly query: string;
  readonly timeMs: number;
  /** Of series; 0: none. */
  readonly limit: number;
}

export interface RangeQuestion extends Grid {
  readonly query: string;
}

/** Null asks nothing, and has no answer. */
export function useInstantResult(question: InstantQuestion | null): QueryResult<InstantQuestion> {
  return useResult('/query', question, ({ query, timeMs, limit }) => ({ query, time: timeMs / 1000, limit }));
}

export function useRangeResult(question: RangeQuestion | null): QueryResult<RangeQuestion> {
  return useResult('/query_range', question, ({ query, startMs, endMs, stepMs }) => ({
    query,
    start: startMs / 1000,
    end: endMs / 1000,
    step: stepMs / 1000,
  }));
}

function useResult<Q>(path: string, question: Q | null, parametersOf: (question: Q) => Parameters): QueryResult<Q> {
  const client = useQueryClient();
  const queryKey = [path, question];
  const { data, error, fetchStatus, isPending, isPlaceholderData } = useQuery<Told<QueryAnswer> & { readonly question: Q }, ServerError>({
    queryKey,
    enabled: question !== null,
    queryFn: async ({ signal }) => {
      const parameters = { ...parametersOf(question!), stats: 'true' };
      return { ...(await ask<QueryAnswer>(path, parameters, { signal, method: 'POST', timeoutMs: TIMEOUT_MS })), question: question! };
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    // Large answers are not kept: one that was shown is asked for again.
    gcTime: 0,
  });
  const isCancelled = question !== null && fetchStatus === 'idle' && (isPending || isPlaceholderData);
  return {
    // Once it is cancelled, the one before would stand for it.
    answer: question === null || error !== null || isCancelled ? null : (data ?? null),
    error,
    state: fetchStatus === 'fetching' ? 'executing' : isCancelled ? 'cancelled' : 'idle',
    isOld: isPlaceholderData,
    cancel: () => void client.cancelQueries({ queryKey, exact: true }),
  };
}
