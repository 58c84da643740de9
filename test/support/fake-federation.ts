// Sources of federation without scraping and network: a target as scraping shows it, and what a server says of itself.
import type { FederationServer } from '../../src/answers/index.ts';
import type { Asked } from '../../src/federation/asked.ts';
import type { SourceTarget } from '../../src/federation/index.ts';
import { type Pull, PullHistory } from '../../src/model/index.ts';
import { plainHttpClient } from './raw-server.ts';

export function fakeServer(more: Partial<FederationServer> = {}): FederationServer {
  return {
    id: 'ID',
    software: 'tributary',
    version: '1',
    externalUrl: '',
    externalLabels: { dc: 'eu1' },
    timeMs: 1,
    sources: [],
    consumers: [],
    warnings: [],
    truncated: false,
    ...more,
  };
}

export function fakeAsked(more: Partial<FederationServer> = {}): Asked {
  return { server: fakeServer(more), error: '', labelsKnown: true, nodes: 1 };
}

/** Its instance is `name:1`. @param pulls what the pulls brought: series, or null for one that failed */
export function fakeSource(name: string, more: Partial<SourceTarget> = {}, pulls: readonly (number | null)[] = []): SourceTarget {
  const history = new PullHistory();
  for (const series of pulls) history.record(fakePull({ ok: series !== null, series }));
  return {
    job: 'federate',
    instance: `${name}:1`,
    labels: [
      ['instance', `${name}:1`],
      ['job', 'federate'],
    ],
    base: `http://${name}:1`,
    selectors: ['up'],
    honorLabels: true,
    intervalMs: 15_000,
    report: { health: 'up', error: '', timestampMs: 5 },
    pulls: history,
    client: plainHttpClient,
    ...more,
  };
}

export function fakePull(more: Partial<Pull> = {}): Pull {
  return { timeMs: 5, ok: true, series: 1, bytes: 10, durationSeconds: 0.1, lagSeconds: 2, ...more };
}
