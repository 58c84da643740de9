// What notifying counts about itself, under Prometheus 3.14's names. An Alertmanager's label value is its URL; it goes with the last loop that
// sends there.

import type { Counter, Family, Gauge, Histogram, MetricRegistry, Summary } from '../metrics/index.ts';

const ALERTMANAGER = ['alertmanager'];

/** Of one Alertmanager. */
export interface SendMetrics {
  /** Alerts that arrived. */
  readonly sent: Counter;
  /** Alerts of batches that did not. */
  readonly errors: Counter;
  /** Those, and the ones that the queue had no room for or that were given up at the end. */
  readonly dropped: Counter;
  readonly queueLength: Gauge;
  /** Of a batch that arrived, in seconds. */
  latency(seconds: number): void;
}

export class NotifierMetrics {
  readonly #sent: Family<Counter>;
  readonly #errors: Family<Counter>;
  readonly #dropped: Family<Counter>;
  readonly #queueLength: Family<Gauge>;
  readonly #latency: Family<Summary>;
  readonly #latencyHistogram: Family<Histogram>;
  readonly #users = new Map<string, number>();

  /** `alertmanagers`: how many are sent to, asked at each collection. */
  constructor(registry: MetricRegistry, queueCapacity: number, alertmanagers: () => number) {
    const options = (name: string, help: string) => ({ name: `prometheus_notifications_${name}`, help, labelNames: ALERTMANAGER });
    this.#sent = registry.counter(options('sent_total', 'Alerts that an Alertmanager took.'));
    this.#errors = registry.counter(options('errors_total', 'Alerts that could not be sent to an Alertmanager.'));
    this.#dropped = registry.counter(options('dropped_total', 'Alerts that were given up: not sent, or no room in the queue.'));
    this.#queueLength = registry.gauge(options('queue_length', 'Alerts that wait to be sent.'));
    this.#latency = registry.summary({ ...options('latency_seconds', 'How long sending takes.'), quantiles: [0.5, 0.9, 0.99] });
    this.#latencyHistogram = registry.histogram({
      ...options('latency_histogram_seconds', 'How long sending takes.'),
      buckets: [0.01, 0.1, 1, 10],
    });
    const capacity = { name: 'prometheus_notifications_queue_capacity', help: 'Most alerts that wait for one Alertmanager.' };
    registry.gauge(capacity).labels().set(queueCapacity);
    const discovered = { name: 'prometheus_notifications_alertmanagers_discovered', help: 'Alertmanagers that alerts are sent to.' };
    registry.observed('gauge', discovered, alertmanagers);
  }

  /** Counters at 0 where nothing sent there before. To be given back by release(). */
  of(url: string): SendMetrics {
    this.#users.set(url, (this.#users.get(url) ?? 0) + 1);
    return {
      sent: this.#sent.labels(url),
      errors: this.#errors.labels(url),
      dropped: this.#dropped.labels(url),
      queueLength: this.#queueLength.labels(url),
      latency: (seconds) => {
        this.#latency.labels(url).observe(seconds);
        this.#latencyHistogram.labels(url).observe(seconds);
      },
    };
  }

  /** A loop that sent there ended. */
  release(url: string): void {
    const users = this.#users.get(url)! - 1;
    if (users > 0) {
      this.#users.set(url, users);
      return;
    }
    this.#users.delete(url);
    for (const family of [this.#sent, this.#errors, this.#dropped, this.#queueLength, this.#latency, this.#latencyHistogram])
      family.remove(url);
  }
}
