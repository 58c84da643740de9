// The targets that are other servers: those whose path ends in `/federate`. What federation needs to show them and to ask them, read-only.
import type { HttpClientConfig } from '../config/index.ts';
import { type Labels, labelValue, type PullHistory } from '../model/index.ts';
import { type ExternalAddress, globalUrl } from './global-url.ts';
import type { ScrapePool } from './pool.ts';
import { FEDERATE, type ScrapeReport, type ScrapeTarget } from './target.ts';

export interface FederationSourceTarget {
  readonly job: string;
  readonly instance: string;
  /** Of its series: without `__…`. */
  readonly labels: Labels;
  /** As scraped, without credentials and parameters; ends in `/federate`. */
  readonly url: string;
  /** Where a browser finds its pages. */
  readonly webUrl: string;
  /** `match[]`, as the URL has them: what relabelling set included. */
  readonly selectors: readonly string[];
  readonly honorLabels: boolean;
  readonly intervalMs: number;
  readonly report: ScrapeReport;
  readonly pulls: PullHistory;
  /** How it is scraped, secrets included. */
  readonly client: HttpClientConfig;
}

export class FederationSourcesView {
  readonly #pools: () => Iterable<ScrapePool>;
  readonly #external: ExternalAddress;

  /** @param pools in the configuration's order */
  constructor(pools: () => Iterable<ScrapePool>, external: ExternalAddress) {
    this.#pools = pools;
    this.#external = external;
  }

  *targets(): Generator<FederationSourceTarget> {
    for (const pool of this.#pools()) {
      for (const { scraper } of pool.loops.values()) {
        const { pulls } = scraper.target;
        if (pulls !== null) yield this.#show(scraper.target, pulls, pool);
      }
    }
  }

  #show({ discovered, report }: ScrapeTarget, pulls: PullHistory, { jobName, config }: ScrapePool): FederationSourceTarget {
    const url = new URL(discovered.url);
    const selectors = url.searchParams.getAll('match[]');
    url.search = '';
    url.username = '';
    url.password = '';
    const { seriesLabels } = discovered;
    return {
      job: labelValue(seriesLabels, 'job') || jobName,
      instance: labelValue(seriesLabels, 'instance'),
      labels: seriesLabels,
      url: url.href,
      webUrl: globalUrl(url.href.slice(0, 1 - FEDERATE.length), this.#external),
      selectors,
      honorLabels: config.honorLabels,
      intervalMs: discovered.scrapeIntervalMs,
      report,
      pulls,
      client: config.httpClient,
    };
  }
}
