// A target that is another server, as scraping knows it: the port through which federation sees it.
import type { FederationSource } from '../answers/index.ts';
import type { HttpClientConfig } from '../config/index.ts';
import type { Labels, PullHistory } from '../model/index.ts';

export interface SourceTarget {
  readonly job: string;
  readonly instance: string;
  readonly labels: Labels;
  /** Without credentials and parameters; ends in `/federate`. */
  readonly url: string;
  readonly webUrl: string;
  readonly selectors: readonly string[];
  readonly honorLabels: boolean;
  readonly intervalMs: number;
  readonly report: { readonly health: 'unknown' | 'up' | 'down'; readonly error: string; readonly timestampMs: number };
  readonly pulls: PullHistory;
  /** How it is scraped, secrets included: never shown. */
  readonly client: HttpClientConfig;
}

/** Everything but what the source says of itself and what is wrong with it. */
export type ShownTarget = Omit<FederationSource, 'warnings' | 'server' | 'serverError'>;

/** @param pulls how many of the last ones */
export function shownTarget(target: SourceTarget, pulls: number): ShownTarget {
  return {
    job: target.job,
    instance: target.instance,
    labels: Object.fromEntries(target.labels),
    url: target.url,
    webUrl: target.webUrl,
    selectors: target.selectors,
    honorLabels: target.honorLabels,
    intervalSeconds: target.intervalMs / 1000,
    health: target.report.health,
    lastError: target.report.error,
    lastPullMs: target.report.timestampMs,
    pulls: target.pulls.pulls,
    failures: target.pulls.failures,
    history: target.pulls.columns(pulls),
  };
}

/** The address of what stands beside the target's `/federate`. */
export function besideFederate(target: SourceTarget, path: string, parameters: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(target.url);
  url.pathname = url.pathname.replace(/\/federate$/, path);
  url.search = new URLSearchParams(parameters).toString();
  return url;
}
