// What the server tells of its queries, those of rules too, under Prometheus's names (promql/engine.go).
import type { MetricRegistry } from '../metrics/index.ts';

export interface ObservedQuery {
  readonly samples: number;
  readonly prepareMs: number;
  readonly evalMs: number;
  readonly sortMs: number;
}

interface Observed {
  observe(seconds: number): void;
}

export class EngineMetrics {
  readonly #samples: { inc(by?: number): void };
  readonly #queue: readonly Observed[];
  readonly #prepare: readonly Observed[];
  readonly #eval: readonly Observed[];
  readonly #sort: readonly Observed[];

  constructor(registry: MetricRegistry) {
    const labelNames = ['slice'];
    const families = [
      registry.summary({
        name: 'prometheus_engine_query_duration_seconds',
        help: 'Query timings',
        labelNames,
        quantiles: [0.5, 0.9, 0.99],
      }),
      registry.histogram({
        name: 'prometheus_engine_query_duration_histogram_seconds',
        help: 'Histogram of query timings.',
        labelNames,
        buckets: [0.01, 0.1, 1, 10],
      }),
    ];
    const of = (slice: string) => families.map((family) => family.labels(slice));
    this.#queue = of('queue_time');
    this.#prepare = of('prepare_time');
    this.#eval = of('inner_eval');
    this.#sort = of('result_sort');
    this.#samples = registry
      .counter({ name: 'prometheus_engine_query_samples_total', help: 'Samples that queries have looked at.' })
      .labels();
  }

  observe({ samples, prepareMs, evalMs, sortMs }: ObservedQuery, queuedMs: number): void {
    this.#samples.inc(samples);
    for (const family of this.#queue) family.observe(queuedMs / 1000);
    for (const family of this.#prepare) family.observe(prepareMs / 1000);
    for (const family of this.#eval) family.observe(evalMs / 1000);
    for (const family of this.#sort) family.observe(sortMs / 1000);
  }
}
