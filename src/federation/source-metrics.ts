// What the server tells of its sources: one of each for a target that is another server, gone with it.
import type { MetricRegistry } from '../metrics/index.ts';
import type { SourceTarget } from './source-target.ts';

const LABELS = ['job', 'instance'];

/** Two sources of the same job and instance are told together: the larger lag, the sum of the pulls. */
export function registerSourceMetrics(registry: MetricRegistry, sources: () => Iterable<SourceTarget>): void {
  const lag = registry.gauge({
    name: 'tributary_federation_source_lag_seconds',
    help: 'How old the newest sample of the last good pull was when it arrived; below zero where the source’s clock is ahead.',
    labelNames: LABELS,
  });
  const pulls = registry.counter({
    name: 'tributary_federation_source_pulls_total',
    help: 'Pulls from a source, since it is there.',
    labelNames: LABELS,
  });
  const failures = registry.counter({
    name: 'tributary_federation_source_pull_failures_total',
    help: 'Pulls from a source that failed, since it is there.',
    labelNames: LABELS,
  });
  registry.onCollect(() => {
    for (const family of [lag, pulls, failures]) family.clear();
    const lags = new Map<string, number>();
    for (const { job, instance, pulls: history } of sources()) {
      pulls.labels(job, instance).inc(history.pulls);
      failures.labels(job, instance).inc(history.failures);
      const { lastLagSeconds } = history;
      if (lastLagSeconds === null) continue;
      const key = JSON.stringify([job, instance]);
      const largest = Math.max(lastLagSeconds, lags.get(key) ?? Number.NEGATIVE_INFINITY);
      lags.set(key, largest);
      lag.labels(job, instance).set(largest);
    }
  });
}
