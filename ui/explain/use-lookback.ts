// How old a sample may be for the server to answer with it: what it was started with.
import type { DurationText, FlagsAnswer } from '../../src/answers/index.ts';
import { useAnswer } from '../server/use-answer.ts';

/** Null until it is known. */
export function useLookback(): DurationText | null {
  return useAnswer<FlagsAnswer>('/status/flags').data?.data['query.lookback-delta'] ?? null;
}
