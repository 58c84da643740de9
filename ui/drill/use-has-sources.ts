import type { FederationServer } from '../../src/answers/index.ts';
import { useAnswer } from '../server/use-answer.ts';

/** Whether this server pulls from others at all: asked seldom, and of this server alone. */
export function useHasSources(): boolean {
  const { data } = useAnswer<FederationServer>('/federation', { depth: 1, history: 1 }, { everyMs: 60_000 });
  return (data?.data.sources.length ?? 0) > 0;
}
