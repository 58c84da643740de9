// Servers, sources and consumers for tests.
import type { FederationConsumer, FederationServer, FederationSource, PullHistory } from '../../src/answers/index.ts';

export const NOW_MS = 1_800_000_000_000;

export function historyOf(columns: Partial<PullHistory> = {}): PullHistory {
  const { timesMs = [NOW_MS - 15_000, NOW_MS] } = columns;
  const each = <T>(value: T): T[] => timesMs.map(() => value);
  return { timesMs, ok: each(true), series: each(10), bytes: each(1000), durationSeconds: each(0.01), lagSeconds: each(2), ...columns };
}

export function serverOf(change: Partial<FederationServer> = {}): FederationServer {
  return {
    id: '',
    software: 'tributary',
    version: '0.1.0',
    externalUrl: '',
    externalLabels: {},
    timeMs: NOW_MS,
    sources: [],
    consumers: [],
    warnings: [],
    truncated: false,
    ...change,
  };
}

export function sourceOf(instance: string, change: Partial<FederationSource> = {}): FederationSource {
  return {
    job: 'federate',
    instance,
    labels: { job: 'federate', instance },
    url: `http://${instance}/federate`,
    webUrl: `http://${instance}`,
    selectors: ['up'],
    honorLabels: true,
    intervalSeconds: 15,
    health: 'up',
    lastError: '',
    lastPullMs: NOW_MS - 1000,
    pulls: 2,
    failures: 0,
    history: historyOf(),
    warnings: [],
    server: null,
    serverAsOfMs: 0,
    serverError: '',
    ...change,
  };
}

export function consumerOf(address: string, change: Partial<FederationConsumer> = {}): FederationConsumer {
  return {
    address,
    userAgent: 'Prometheus/2.42.0',
    selectors: ['up'],
    requests: 2,
    failures: 0,
    firstRequestMs: NOW_MS - 15_000,
    lastRequestMs: NOW_MS - 1000,
    lastError: '',
    history: historyOf(),
    warnings: [],
    ...change,
  };
}

/** `count` sources, each made of its number. */
export function sourcesOf(count: number, make: (i: number) => Partial<FederationSource> = () => ({})): FederationSource[] {
  return Array.from({ length: count }, (_, i) => sourceOf(`s${i}:9090`, make(i)));
}
