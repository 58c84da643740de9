// The sources of this server, as it knows them by its own pulls: none of them is asked.
import type { FederationServer, FederationSource } from '../../src/answers/index.ts';
import { useAnswer } from '../server/use-answer.ts';

/** So many pulls back the last good one is looked for. */
const PULLS = 30;
const NONE: readonly FederationSource[] = [];

export function useOwnSources(): readonly FederationSource[] {
  const { data } = useAnswer<FederationServer>('/federation', { depth: 1, history: PULLS }, { everyMs: 15_000 });
  return data?.data.sources ?? NONE;
}

/** Whether this server pulls from others at all. */
export function useHasSources(): boolean {
  return useOwnSources().length > 0;
}

/** When the last pull that brought something was made; null: not among the last. */
export function lastGoodPullMs({ history: { timesMs, ok } }: FederationSource): number | null {
  return timesMs[ok.lastIndexOf(true)] ?? null;
}
