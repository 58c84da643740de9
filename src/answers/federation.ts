// /api/v1/federation and what lies below it: who pulls from whom, how fresh it is, what it costs. Not in Prometheus.
import type { LabelMap } from './envelope.ts';
import type { NamedCount } from './status.ts';
import type { TargetHealth } from './targets.ts';

/** A trap of federation that the server sees (docs/federation-api.md). */
export interface FederationWarning {
  readonly code:
    | 'no_honor_labels'
    | 'instance_level_series'
    | 'selector_matches_nothing'
    | 'colliding_external_labels'
    | 'no_external_labels'
    | 'loop';
  /** A sentence that says what to do. */
  readonly message: string;
}

/** The last pulls, oldest first; columns of one length. A value that is not known is null. */
export interface PullHistory {
  readonly timesMs: readonly number[];
  readonly ok: readonly boolean[];
  readonly series: readonly (number | null)[];
  /** Of the uncompressed body. */
  readonly bytes: readonly (number | null)[];
  readonly durationSeconds: readonly (number | null)[];
  /** How old the newest sample was when it arrived. */
  readonly lagSeconds: readonly (number | null)[];
}

/** A target whose path ends in `/federate`. */
export interface FederationSource {
  readonly job: string;
  readonly instance: string;
  readonly labels: LabelMap;
  /** As scraped, without credentials and parameters. */
  readonly url: string;
  /**
   * Where a browser finds the source's pages, no slash at its end; '' where it is not known: the source's `externalUrl`, else `url` before
   * `/federate`. A loopback address means the machine of the server that tells it.
   */
  readonly webUrl: string;
  readonly selectors: readonly string[];
  readonly honorLabels: boolean;
  readonly intervalSeconds: number;
  readonly health: TargetHealth;
  readonly lastError: string;
  /** 0: never. */
  readonly lastPullMs: number;
  /** Since the target is there. */
  readonly pulls: number;
  readonly failures: number;
  readonly history: PullHistory;
  readonly warnings: readonly FederationWarning[];
  /** What the source says of itself, or said before; null where it could not be asked. */
  readonly server: FederationServer | null;
  /** When it said so, by the clock of the server that asked, where it cannot be asked now: `server` is without what is below it then. 0: just now. */
  readonly serverAsOfMs: number;
  /** Why `server` is null or knows little; '' when nothing is missing. */
  readonly serverError: string;
}

/** Who asked this server's /federate: the same address, User-Agent and selectors are one consumer. */
export interface FederationConsumer {
  /** Without the port. */
  readonly address: string;
  readonly userAgent: string;
  readonly selectors: readonly string[];
  readonly requests: number;
  readonly failures: number;
  readonly firstRequestMs: number;
  readonly lastRequestMs: number;
  /** '' when the last request was answered. */
  readonly lastError: string;
  readonly history: PullHistory;
  readonly warnings: readonly FederationWarning[];
}

export interface FederationServer {
  /** Of this run of the server; '' where it has none (a Prometheus). */
  readonly id: string;
  readonly software: 'tributary' | 'prometheus' | 'unknown';
  readonly version: string;
  /** Where its operator says that browsers find it (`--web.external-url`); '' where nothing is said. */
  readonly externalUrl: string;
  readonly externalLabels: LabelMap;
  /** Its clock when it answered; 0 where it is not known. */
  readonly timeMs: number;
  readonly sources: readonly FederationSource[];
  readonly consumers: readonly FederationConsumer[];
  /** About the server as a whole. */
  readonly warnings: readonly FederationWarning[];
  /** Sources were left out: the tree is deeper, or larger, than one answer may be. */
  readonly truncated: boolean;
}

/** What a `match[]` would bring now: /api/v1/federation/preview. */
export interface FederationPreview {
  readonly series: number;
  /** Of the answer's text, and as sent with gzip. */
  readonly textBytes: number;
  readonly gzipBytes: number;
  /** Each selector alone. */
  readonly selectors: readonly { readonly selector: string; readonly series: number }[];
  /** The names with the most series. */
  readonly metrics: readonly NamedCount[];
  /** Labels by the text they cost, the worst first. */
  readonly labels: readonly {
    readonly name: string;
    readonly series: number;
    readonly values: number;
    readonly textBytes: number;
  }[];
  readonly warnings: readonly FederationWarning[];
}

/** From which sources series came: /api/v1/federation/origins. */
export interface FederationOrigins {
  readonly origins: readonly FederationOrigin[];
  /** Series that came by other ways: scraped here, or made by a rule here. */
  readonly other: number;
}

export interface FederationOrigin {
  readonly job: string;
  readonly instance: string;
  readonly url: string;
  /** As that of a FederationSource. */
  readonly webUrl: string;
  /** What the source puts on its series as they leave: they are not on them there. */
  readonly externalLabels: LabelMap;
  readonly honorLabels: boolean;
  readonly series: number;
  readonly names: readonly string[];
  /** Recording rules of the source that make series of these names. */
  readonly rules: readonly { readonly name: string; readonly query: string }[];
  /** Why `rules` may lack some; '' when not. */
  readonly rulesError: string;
}
