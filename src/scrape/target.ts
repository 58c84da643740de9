// A target of a pool: what discovery made of it, and how its last scrape went.
// Two targets of a pool with the same labels and URL are one target and scraped once.
import { createHash } from 'node:crypto';
import type { DiscoveredTarget } from '../discovery/index.ts';
import { type FederateAddress, federateAddress, formatLabels, type Labels, PullHistory } from '../model/index.ts';

export type TargetHealth = 'unknown' | 'up' | 'down';

/** How the last scrape went; replaced as a whole after each scrape. */
export interface ScrapeReport {
  readonly health: TargetHealth;
  /** '' when all went well. A target that is up has one when the head had no memory for some of its series. */
  readonly error: string;
  /** The scrape's timestamp; 0 before the first. */
  readonly timestampMs: number;
  readonly durationSeconds: number;
}

const NEVER_SCRAPED: ScrapeReport = { health: 'unknown', error: '', timestampMs: 0, durationSeconds: 0 };

export class ScrapeTarget {
  /** Names it among the targets of its pool. */
  readonly key: string;
  /** Names the series it writes, whatever its URL and timing: a target with the same one goes on where another was replaced. */
  readonly seriesKey: string;
  readonly #hash: bigint;
  /** A reload may bring other labels before relabelling and yet the same target. */
  discovered: DiscoveredTarget;
  report: ScrapeReport = NEVER_SCRAPED;
  /** Of a target that is another server; null for all others. Its URL is part of the key: it does not change. */
  readonly federateAddress: FederateAddress | null;
  /** Of a target that is another server. */
  pulls: PullHistory | null;

  constructor(discovered: DiscoveredTarget) {
    this.discovered = discovered;
    const digest = targetDigest(discovered);
    this.key = digest.toString('base64');
    this.#hash = digest.readBigUInt64BE(0);
    this.seriesKey = formatLabels(discovered.seriesLabels);
    this.federateAddress = federateAddress(discovered.url);
    this.pulls = this.federateAddress === null ? null : new PullHistory();
  }

  /** Goes on where `before`, which wrote the same series, ends: what was pulled from the same place is one history, whichever parameters it had. */
  goOnFor(before: ScrapeTarget): void {
    const place = (target: ScrapeTarget): string => target.discovered.url.split('?', 1)[0];
    if (this.pulls !== null && before.pulls !== null && place(this) === place(before)) this.pulls = before.pulls;
  }

  /** Where in its interval it is scraped (ms, a multiple of the grid), under a seed of the server's, so that the two servers of a pair differ. */
  offsetMs(seed: bigint, gridMs: number): number {
    const offsetMs = Number((this.#hash ^ seed) % BigInt(this.discovered.scrapeIntervalMs));
    return offsetMs - (offsetMs % gridMs);
  }
}

export function targetKey(discovered: DiscoveredTarget): string {
  return targetDigest(discovered).toString('base64');
}

function targetDigest(discovered: DiscoveredTarget): Buffer {
  return createHash('sha256').update(formatLabels(discovered.labels)).update('\n').update(discovered.url).digest();
}

/** Servers that differ in host name or external labels get different seeds, and so scrape the same targets at different times. */
export function offsetSeed(hostname: string, externalLabels: Labels): bigint {
  return createHash('sha256').update(hostname).update('\n').update(formatLabels(externalLabels)).digest().readBigUInt64BE(0);
}
