// Something that the server is to do, once for each call: never by itself, and never again after an error.
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { ask, type Parameters, type Told } from './ask.ts';
import type { ServerError } from './server-error.ts';

export type Action = UseMutationResult<Told<null>, ServerError, Parameters>;

/** Work on blocks takes as long as there are blocks; a server that went away is noticed before. */
const TIMEOUT_MS = 600_000;

/** When it is done, everything that is shown is asked for anew. */
export function useAction(path: string): Action {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (parameters: Parameters) => ask<null>(path, parameters, { method: 'POST', timeoutMs: TIMEOUT_MS }),
    onSuccess: () => void client.invalidateQueries(),
    retry: false,
    networkMode: 'always',
  });
}
