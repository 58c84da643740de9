// The targets that are other servers: those whose path ends in `/federate`. What federation needs to show them and to ask them, read-only.
import type { HttpClientConfig } from '../config/index.ts';
import { type Labels, labelValue, type PullHistory } from '../model/index.ts';
import type { ScrapePool } from './pool.ts';
import type { ScrapeReport, ScrapeTarget } from './target.ts';

export interface FederationSourceTarget {
  readonly job: string;
  readonly instance: string;
  /** Of its series: without `__…`. */
  readonly labels: Labels;
  /** The address that is scraped, before `/federate`; without credentials and parameters. */
  readonly base: string;
  /** `match[]`, as the URL has them: what relabelling set included. */
  readonly selectors: readonly string[];
  readonly honorLabels: boolean;
  readonly intervalMs: number;
  /** Of the newest scrape whenever it is read: whoever asks the source meanwhile may wait for some seconds. */
  readonly report: ScrapeReport;
  readonly pulls: PullHistory;
  /** How it is scraped, secrets included. */
  readonly client: HttpClientConfig;
}

interface Owner {
  readonly pool: ScrapePool;
  readonly target: ScrapeTarget;
}

export class FederationSourcesView {
  readonly #pools: () => Iterable<ScrapePool>;
  readonly #owner: (id: number) => Owner | undefined;

  /**
   * @param pools in the configuration's order
   * @param owner the target whose id stands in a series' record; undefined when it is gone
   */
  constructor(pools: () => Iterable<ScrapePool>, owner: (id: number) => Owner | undefined) {
    this.#pools = pools;
    this.#owner = owner;
  }

  *targets(): Generator<FederationSourceTarget> {
    for (const pool of this.#pools()) {
      for (const { scraper } of pool.loops.values()) {
        const source = shown(scraper.target, pool);
        if (source !== null) yield source;
      }
    }
  }

  /** The source that wrote a series last, by the id in its record; null when that was another target, or is gone. */
  ofOwner(id: number): FederationSourceTarget | null {
    const owner = this.#owner(id);
    return owner === undefined ? null : shown(owner.target, owner.pool);
  }
}

function shown(target: ScrapeTarget, { jobName, config }: ScrapePool): FederationSourceTarget | null {
  const { discovered, federateAddress, pulls } = target;
  if (federateAddress === null || pulls === null) return null;
  const { seriesLabels } = discovered;
  return {
    job: labelValue(seriesLabels, 'job') || jobName,
    instance: labelValue(seriesLabels, 'instance'),
    labels: seriesLabels,
    ...federateAddress,
    honorLabels: config.honorLabels,
    intervalMs: discovered.scrapeIntervalMs,
    get report() {
      return target.report;
    },
    pulls,
    client: config.httpClient,
  };
}
