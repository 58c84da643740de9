// What the server tells of its /federate answers.
import type { MetricRegistry } from '../metrics/index.ts';
import type { Encoding } from '../worker/index.ts';

/** Why a request got no whole answer. */
const REFUSALS = ['bad_request', 'concurrency', 'too_many_series', 'timeout', 'out_of_memory', 'client_gone', 'failed'] as const;

export type Refusal = (typeof REFUSALS)[number];

export interface FederateCounters {
  /** A whole answer was sent; `gone` of the selected series had left the head before they were rendered. */
  answered(encoding: Encoding, series: number, bodyBytes: number, seconds: number, gone: number): void;
  /** Series of alerts that were selected by selectors that do not mean them, and are not in the answer. */
  alertsLeftOut(series: number): void;
  refused(reason: Refusal): void;
  /** Requests under way. */
  running(requests: number): void;
}

/** Where the request was good and the answer failed: what Prometheus counts as an error. */
const ERRORS: ReadonlySet<Refusal> = new Set(['timeout', 'out_of_memory', 'client_gone', 'failed']);

const ENCODINGS: readonly Encoding[] = ['identity', 'gzip', 'zstd'];

export function registerFederateMetrics(registry: MetricRegistry): FederateCounters {
  const requests = registry.counter({
    name: 'tributary_federate_requests_total',
    help: 'Answered /federate requests, by content encoding.',
    labelNames: ['encoding'],
  });
  const refusals = registry.counter({
    name: 'tributary_federate_refusals_total',
    help: 'Requests of /federate without a whole answer, by reason.',
    labelNames: ['reason'],
  });
  // All of them from the start, so that a rate() sees the first one.
  for (const encoding of ENCODINGS) requests.labels(encoding);
  for (const reason of REFUSALS) refusals.labels(reason);
  const series = registry.counter({ name: 'tributary_federate_series_total', help: 'Series sent in /federate answers.' }).labels();
  const bytes = registry.counter({ name: 'tributary_federate_bytes_total', help: 'Bytes of /federate bodies as sent.' }).labels();
  const alerts = registry
    .counter({
      name: 'tributary_federate_alerts_left_out_total',
      help: 'Series named ALERTS or ALERTS_FOR_STATE left out of /federate answers, since no selector means them (--federate.alerts).',
    })
    .labels();
  const duration = registry
    .histogram({ name: 'tributary_federate_duration_seconds', help: 'Time from a /federate request to the last byte of its answer.' })
    .labels();
  const active = registry.gauge({ name: 'tributary_federate_requests_active', help: 'Requests of /federate under way.' }).labels();
  const errors = registry
    .counter({
      name: 'prometheus_web_federation_errors_total',
      help: 'Total number of errors that occurred while sending federation responses.',
    })
    .labels();
  // Nothing warns yet; there from the start as in Prometheus.
  registry.counter({
    name: 'prometheus_web_federation_warnings_total',
    help: 'Total number of warnings that occurred while sending federation responses.',
  });
  return {
    answered: (encoding, count, bodyBytes, seconds, gone) => {
      requests.labels(encoding).inc();
      series.inc(count);
      bytes.inc(bodyBytes);
      duration.observe(seconds);
      errors.inc(gone);
    },
    alertsLeftOut: (count) => alerts.inc(count),
    refused: (reason) => {
      refusals.labels(reason).inc();
      if (ERRORS.has(reason)) errors.inc();
    },
    running: (count) => active.set(count),
  };
}
