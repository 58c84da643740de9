// What an answer says of its own making, in words.
import type { QueryStatisticsAnswer } from '../../src/answers/index.ts';
import { formatCount } from '../format/number.ts';
import { formatSeconds } from '../format/time.ts';

type CostFact = readonly [name: string, value: string];

/** In the order in which it happens, the whole last. */
const TIMINGS: Readonly<Record<string, string>> = {
  execQueueTime: 'Waiting for its turn',
  queryPreparationTime: 'Reading series',
  innerEvalTime: 'Calculating',
  resultSortTime: 'Sorting the result',
  evalTotalTime: 'Evaluating in all',
  execTotalTime: 'In the server in all',
};
const SAMPLES: Readonly<Record<string, string>> = {
  totalQueryableSamples: 'Samples read',
  peakSamples: 'Samples in memory at once, at most',
};

/** Times, then samples. What has no words here, as of a newer server, has its name. */
export function costFacts({ timings, samples }: QueryStatisticsAnswer): readonly CostFact[] {
  return [...factsOf(timings, TIMINGS, formatSeconds), ...factsOf(samples, SAMPLES, formatCount)];
}

function factsOf(
  values: Readonly<Record<string, unknown>>,
  words: Readonly<Record<string, string>>,
  format: (n: number) => string,
): CostFact[] {
  const known = Object.keys(words).filter((name) => typeof values[name] === 'number');
  const others = Object.keys(values).filter((name) => typeof values[name] === 'number' && !Object.hasOwn(words, name));
  return [...known, ...others].map((name) => [Object.hasOwn(words, name) ? words[name] : name, format(values[name] as number)]);
}
