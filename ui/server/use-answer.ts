// An answer of the API in a component: asked once for all that show it, asked again while it is shown where `everyMs` says so.
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type Asking, ask, type Parameters, type Told } from './ask.ts';
import type { ServerError } from './server-error.ts';

export interface AnswerOptions extends Pick<Asking, 'method' | 'timeoutMs'> {
  readonly enabled?: boolean;
  /** Asked again after this time; not while the page is hidden. */
  readonly everyMs?: number;
  /** What takes long is the wait for other servers, which keeps nobody busy: `everyMs` holds however long an answer takes. */
  readonly isWaiting?: boolean;
  /** What was shown stays until the next answer. */
  readonly keepPrevious?: boolean;
}

export type AnswerResult<T> = UseQueryResult<Told<T>, ServerError>;

/** An answer that takes long is asked for less often: no page keeps a server, or its browser, busy with more than this part of the time. */
const BUSY_PART = 1 / 20;

/** Pages that show a state ask for it again this often. */
export const STATE_EVERY_MS = 10_000;

export function useAnswer<T>(path: string, parameters: Parameters = {}, options: AnswerOptions = {}): AnswerResult<T> {
  const { enabled, everyMs, isWaiting = false, keepPrevious, method, timeoutMs } = options;
  return useQuery<Told<T>, ServerError>({
    queryKey: [path, parameters],
    queryFn: ({ signal }) => ask<T>(path, parameters, { signal, method, timeoutMs }),
    enabled,
    refetchInterval:
      everyMs === undefined ? false : ({ state }) => (isWaiting ? everyMs : Math.max(everyMs, (state.data?.durationMs ?? 0) / BUSY_PART)),
    placeholderData: keepPrevious ? keepPreviousData : undefined,
  });
}
