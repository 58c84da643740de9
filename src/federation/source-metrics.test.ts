import { expect, test } from 'vitest';
import { fakePull, fakeSource } from '../../test/support/fake-federation.ts';
import { formatFamilies, MetricRegistry } from '../metrics/index.ts';
import { registerSourceMetrics } from './source-metrics.ts';

test('one of each for a source, gone with it', () => {
  let sources = [fakeSource('a', {}, [1, null]), fakeSource('b'), fakeSource('a', {}, [1])];
  sources[2].pulls.record(fakePull({ lagSeconds: -1 }));
  const registry = new MetricRegistry();
  registerSourceMetrics(registry, () => sources);
  const lines = (): string[] =>
    formatFamilies(registry.collect(), 'text')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  const name = 'tributary_federation_source';
  expect(lines()).toEqual([
    `${name}_lag_seconds{job="federate",instance="a:1"} 2`,
    `${name}_pull_failures_total{job="federate",instance="a:1"} 1`,
    `${name}_pull_failures_total{job="federate",instance="b:1"} 0`,
    `${name}_pulls_total{job="federate",instance="a:1"} 4`,
    `${name}_pulls_total{job="federate",instance="b:1"} 0`,
  ]);
  sources = [];
  expect(lines()).toEqual([]);
});
