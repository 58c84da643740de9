// What the API needs from the rest of the server, as narrow as it needs it; cli/ plugs the real parts in.
import type {
  BlockMeta,
  BuildInfo,
  FeaturesAnswer,
  FederationOrigins,
  FederationPreview,
  FederationServer,
  FlagsAnswer,
  NotificationsAnswer,
  RuntimeInfo,
  TsdbStatusAnswer,
  WalReplayAnswer,
} from '../answers/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { AnchoredRegexp, Labels, Logger, Matcher, RelabelRule } from '../model/index.ts';
import type { LanguageFeatures } from '../promql/index.ts';
import type { WebPagesOptions } from './web-pages.ts';

export interface ActiveTarget {
  readonly discoveredLabels: Labels;
  /** Of its series: without `__…`. */
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly globalUrl: string;
  /** '' when the last scrape went well. */
  readonly lastError: string;
  /** 0 before the first scrape. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationSeconds: number;
  readonly health: 'unknown' | 'up' | 'down';
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
}

export interface DroppedTarget {
  readonly discoveredLabels: Labels;
  readonly scrapePool: string;
}

export interface TargetsSource {
  /** Every pool, also those without targets. */
  scrapePools(): readonly string[];
  active(): readonly ActiveTarget[];
  /** Those that keep_dropped_targets lets keep. */
  dropped(): readonly DroppedTarget[];
  /** All that were dropped, by pool. */
  droppedCounts(): ReadonlyMap<string, number>;
  /** Of a pool's targets; null when there is no such pool. */
  relabelRules(scrapePool: string): readonly RelabelRule[] | null;
}

export interface MetricMetadata {
  readonly metric: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface MetadataSource {
  /** What the targets tell of each name (of one name when given), without repetition. */
  byName(metric?: string): ReadonlyMap<string, readonly MetricMetadata[]>;
  byTarget(): Iterable<{ readonly labels: Labels; readonly metrics: ReadonlyMap<string, MetricMetadata> }>;
}

/** Which series a question is about: the union of the selectors; none means all. */
export interface SeriesQuery {
  readonly selectors: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  /** 0: none. */
  readonly limit: number;
}

/** `json` is the encoded array; `truncated` says that the limit cut it. */
export interface EncodedList {
  readonly json: string | Uint8Array;
  readonly truncated: boolean;
}

/** Answered by the query workers. Rejections with an ApiError go to the client as they are. */
export interface SeriesSource {
  series(query: SeriesQuery, signal: AbortSignal): Promise<EncodedList>;
  labelNames(query: SeriesQuery, signal: AbortSignal): Promise<EncodedList>;
  labelValues(name: string, query: SeriesQuery, signal: AbortSignal): Promise<EncodedList>;
}

export interface StatusSource {
  /** The loaded configuration as YAML, secrets hidden. */
  configYaml(): string;
  readonly flags: FlagsAnswer;
  readonly buildInfo: BuildInfo;
  runtimeInfo(): RuntimeInfo;
  /** By category and name: what is here and enabled. */
  readonly features: FeaturesAnswer;
  /** What the operator should know now. Is asked before the server is ready, too. */
  notifications(): NotificationsAnswer;
  /** At most `limit` entries a list. */
  head(limit: number): Promise<TsdbStatusAnswer>;
}

export interface TsdbStatusSource {
  /** Is asked before the server is ready, too. */
  walReplay(): WalReplayAnswer;
  /** What stands in the meta.json of each block that is served, by minTime. */
  blockMetas(): readonly BlockMeta[] | Promise<readonly BlockMeta[]>;
}

/** What the admin API does to the store. Rejections become internal errors with their message, or are ApiErrors. */
export interface TsdbAdminPort {
  /** Makes `snapshots/<name>` in the data folder, of the blocks alone or of what is still in the head as well. @returns the name */
  snapshot(withHead: boolean): Promise<string>;
  /** Both times are part of the interval; infinite for since ever and for ever. */
  deleteSeries(matchers: readonly Matcher[], minTimeMs: number, maxTimeMs: number): Promise<void>;
  cleanTombstones(): Promise<void>;
}

export type AnswerEncoding = 'identity' | 'gzip' | 'zstd';

export interface QueryInput {
  readonly query: string;
  readonly startMs: number;
  /** As startMs for an instant query, whose step is 0. */
  readonly endMs: number;
  readonly stepMs: number;
  /** Null: as the server is set. */
  readonly timeoutMs: number | null;
  readonly lookbackMs: number | null;
  readonly statistics: 'none' | 'basic' | 'all';
  /** Of series in the answer; 0: none. */
  readonly limit: number;
  readonly encoding: AnswerEncoding;
  /** For the query log. */
  readonly client: { readonly address: string; readonly method: string; readonly path: string };
}

export interface QueryPort {
  /** What `time` is by default, ms. */
  now(): number;
  /**
   * Resolves with the whole answer as JSON where it is small. Of a larger one the response is begun by `begin`, and null says that all of it was
   * written. Rejections with an ApiError go to the client as they are, unless the response was begun: it is broken off then.
   */
  run(input: QueryInput, signal: AbortSignal, begin: () => RawResponse): Promise<Uint8Array | null>;
}

/** `starting` until the server takes requests, `stopping` from the first signal to end. */
export type ServerState = 'starting' | 'ready' | 'stopping';

export interface LifecycleControl {
  state(): ServerState;
  /** @throws Error whose message says why nothing was changed */
  reload(): Promise<void>;
  quit(): void;
}

/** A response that is written piece by piece from shared memory, without the framework. */
export interface RawResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(chunk: Uint8Array | string, done?: (error?: Error | null) => void): boolean;
  end(chunk?: Uint8Array | string): unknown;
  destroy(error?: Error): unknown;
  once(event: 'close', listener: () => void): unknown;
}

export interface FederatePort {
  /** Answers the whole request, errors included. */
  handle(
    request: {
      readonly params: URLSearchParams;
      readonly accept: string;
      readonly acceptEncoding: string;
      /** Who asks: the address without the port. */
      readonly client: { readonly address: string; readonly userAgent: string };
    },
    response: RawResponse,
  ): Promise<void> | void;
}

export interface FederationTreeQuestion {
  /** Levels of servers, this one included; 0: this one without its sources and consumers. */
  readonly depth: number;
  /** Ids of the servers on the way to this one. */
  readonly via: readonly string[];
  /** Null: as long as it may take. */
  readonly timeoutMs: number | null;
  /** The last pulls of each source and consumer, at most. */
  readonly pulls: number;
}

/** A match[]: as it was written, and what it means. */
export interface WrittenSelector {
  readonly text: string;
  readonly matchers: readonly Matcher[];
}

/** Rejections with an ApiError go to the client as they are. */
export interface FederationPort {
  tree(question: FederationTreeQuestion): Promise<FederationServer>;
  preview(selectors: readonly WrittenSelector[], signal: AbortSignal): Promise<FederationPreview>;
  /** `ask`: what the sources are asked for. */
  origins(
    selectors: readonly (readonly Matcher[])[],
    ask: { readonly labels: boolean; readonly rules: boolean },
    signal: AbortSignal,
  ): Promise<{ readonly origins: FederationOrigins; readonly warnings: readonly string[] }>;
}

export interface AlertmanagersSource {
  /** The URLs that alerts are posted to. */
  active(): readonly string[];
  /** Those that relabelling took out. */
  dropped(): readonly string[];
}

export interface AlertView {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: string;
  readonly activeMs: number;
  /** 0: it fires for its own sake. */
  readonly keepFiringSinceMs: number;
  readonly value: number;
}

interface RuleViewBase {
  readonly name: string;
  readonly query: string;
  readonly labels: Labels;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError: string;
  readonly durationMs: number;
  /** 0 before the first one. */
  readonly lastEvaluationMs: number;
}

export interface RecordingRuleView extends RuleViewBase {
  readonly kind: 'recording';
}

export interface AlertingRuleView extends RuleViewBase {
  readonly kind: 'alerting';
  readonly state: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Labels;
  /** Pending and firing ones. */
  alerts(): readonly AlertView[];
  /** How many these were after the last evaluation. */
  alertCount(): number;
}

export type RuleView = RecordingRuleView | AlertingRuleView;

export interface RuleGroupView {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly limit: number;
  readonly durationMs: number;
  readonly lastEvaluationMs: number;
  readonly rules: readonly RuleView[];
}

export interface RulesSource {
  /** By file and name. */
  groups(): readonly RuleGroupView[];
}

export interface ApiPorts {
  readonly targets: TargetsSource;
  readonly metadata: MetadataSource;
  readonly series: SeriesSource;
  readonly status: StatusSource;
  readonly tsdbStatus: TsdbStatusSource;
  readonly tsdbAdmin: TsdbAdminPort;
  readonly query: QueryPort;
  readonly alertmanagers: AlertmanagersSource;
  readonly rules: RulesSource;
  readonly lifecycle: LifecycleControl;
  readonly federate: FederatePort;
  readonly federation: FederationPort;
  readonly registry: MetricRegistry;
  readonly logger: Logger;
}

export interface ApiOptions {
  readonly routePrefix: string;
  readonly enableLifecycle: boolean;
  readonly enableAdminApi: boolean;
  /** Parts of PromQL that are enabled. */
  readonly promqlFeatures: LanguageFeatures;
  readonly corsOrigin: AnchoredRegexp;
  readonly webPages: WebPagesOptions;
  /** Of /api/v1/notifications/live. */
  readonly maxNotificationsSubscribers: number;
}
