import { expect, test } from 'vitest';
import { costFacts } from './cost-facts.ts';

test('timings and samples, in words', () => {
  const timings = { evalTotalTime: 0.002, execTotalTime: 0.0025, execQueueTime: 0, newTime: 1.5 };
  const samples = { totalQueryableSamples: 12_345, peakSamples: 10, totalQueryableSamplesPerStep: [[0, 1]] };
  expect(costFacts({ timings, samples })).toEqual([
    ['Waiting for its turn', '0 s'],
    ['Evaluating in all', '2 ms'],
    ['In the server in all', '2.5 ms'],
    ['newTime', '1.5 s'],
    ['Samples read', '12,345'],
    ['Samples in memory at once, at most', '10'],
  ]);
});
