// The answer to a panel's query. Asked again for each execution; one that is not wanted any more is broken off, here and in the server.
// While the next one is under way, the one before stays.
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { QueryAnswer } from '../../src/answers/index.ts';
import type { Grid } from '../graph/range-data.ts';
import { ask, type Told } from '../server/ask.ts';
import type { ServerError } from '../server/server-error.ts';

/** The server ends a query itself, after --query.timeout (2 minutes if nothing else is said). */
const TIMEOUT_MS = 10 * 60_000;
const KEPT = {
  placeholderData: keepPreviousData,
  staleTime: Number.POSITIVE_INFINITY,
  // Large answers are not kept when nobody looks.
  gcTime: 30_000,
} as const;

export type QueryResult = UseQueryResult<Told<QueryAnswer>, ServerError>;

/** Null asks nothing. */
export function useInstantResult(
  question: { readonly query: string; readonly timeMs: number; readonly limit: number } | null,
): QueryResult {
  return useQuery<Told<QueryAnswer>, ServerError>({
    ...KEPT,
    queryKey: ['/query', question],
    enabled: question !== null,
    queryFn: ({ signal }) => {
      const { query, timeMs, limit } = question!;
      return ask('/query', { query, time: timeMs / 1000, limit, stats: 'true' }, { signal, method: 'POST', timeoutMs: TIMEOUT_MS });
    },
  });
}

/** The answer knows its grid: it may be shown beside the question for another one. */
export function useRangeResult(
  question: (Grid & { readonly query: string }) | null,
): UseQueryResult<Told<QueryAnswer> & { readonly grid: Grid }, ServerError> {
  return useQuery<Told<QueryAnswer> & { readonly grid: Grid }, ServerError>({
    ...KEPT,
    queryKey: ['/query_range', question],
    enabled: question !== null,
    queryFn: async ({ signal }) => {
      const { query, ...grid } = question!;
      const parameters = { query, start: grid.startMs / 1000, end: grid.endMs / 1000, step: grid.stepMs / 1000, stats: 'true' };
      return { ...(await ask<QueryAnswer>('/query_range', parameters, { signal, method: 'POST', timeoutMs: TIMEOUT_MS })), grid };
    },
  });
}
