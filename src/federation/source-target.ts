// A target that is another server, as scraping knows it: the port through which federation sees it.
import type { FederationServer, FederationSource } from '../answers/index.ts';
import type { HttpClientConfig } from '../config/index.ts';
import { FEDERATE, isLoopback, type Labels, type PullHistory } from '../model/index.ts';

export interface SourceTarget {
  readonly job: string;
  readonly instance: string;
  readonly labels: Labels;
  /** The address that is scraped, before `/federate`; without credentials and parameters. */
  readonly base: string;
  readonly selectors: readonly string[];
  readonly honorLabels: boolean;
  readonly intervalMs: number;
  readonly report: { readonly health: 'unknown' | 'up' | 'down'; readonly error: string; readonly timestampMs: number };
  readonly pulls: PullHistory;
  /** How it is scraped, secrets included: never shown. */
  readonly client: HttpClientConfig;
}

/** Everything but what comes of asking the source. */
export type ShownTarget = Omit<FederationSource, 'webUrl' | 'warnings' | 'server' | 'serverAsOfMs' | 'serverError'>;

/** @param pulls how many of the last ones */
export function shownTarget(target: SourceTarget, pulls: number): ShownTarget {
  return {
    job: target.job,
    instance: target.instance,
    labels: Object.fromEntries(target.labels),
    url: scrapedUrl(target),
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

export const scrapedUrl = ({ base }: SourceTarget): string => base + FEDERATE;

/**
 * Where a browser finds the source's pages: where it says, else where it is scraped. A loopback address that it says means its own machine, which
 * is told apart by where it is scraped alone.
 */
export function webUrlOf({ base }: SourceTarget, said: FederationServer | null): string {
  const url = URL.parse(said?.externalUrl ?? '');
  return said === null || url === null || isLoopback(url.hostname) ? base.replace(/\/+$/, '') : said.externalUrl;
}
