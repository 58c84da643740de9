// Federation, wired: the /federate answer with those who ask for it, the targets that are other servers, and the tree of them.
import { ulid } from 'ulid';
import type { Config } from '../config/index.ts';
import {
  Consumers,
  FederateHandler,
  FederationTree,
  registerFederateMetrics,
  registerSourceMetrics,
  SourceQuestions,
  type SourceTarget,
} from '../federation/index.ts';
import { createDocumentClient } from '../http/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import { systemClock } from '../model/index.ts';
import type { ScrapeSupervisor } from '../scrape/index.ts';
import type { WorkerPool } from '../worker/index.ts';
import type { Settings } from './settings.ts';
import { TRIBUTARY_VERSION, USER_AGENT } from './version.ts';

export interface FederationParts {
  readonly pool: WorkerPool;
  readonly scraping: Pick<ScrapeSupervisor, 'federationMetadata' | 'federationSources'>;
  readonly config: () => Config;
  readonly settings: Pick<Settings, 'federate' | 'lookbackDeltaMs'>;
  readonly registry: MetricRegistry;
}

export class FederationService {
  readonly handler: FederateHandler;
  readonly tree: FederationTree;
  readonly #questions: SourceQuestions;

  constructor({ pool, scraping, config, settings, registry }: FederationParts) {
    const externalLabels = () => config().global.externalLabels;
    const sources = (): Iterable<SourceTarget> => scraping.federationSources.targets();
    const consumers = new Consumers(Date.now);
    this.handler = new FederateHandler({
      pool,
      externalLabels,
      metadata: () => scraping.federationMetadata().names,
      counters: registerFederateMetrics(registry),
      consumers,
      lookbackMs: settings.lookbackDeltaMs,
      ...settings.federate,
      now: Date.now,
    });
    registerSourceMetrics(registry, sources);
    this.#questions = new SourceQuestions({ client: createDocumentClient(process.env), userAgent: USER_AGENT, clock: systemClock });
    this.tree = new FederationTree({
      id: ulid(),
      version: TRIBUTARY_VERSION,
      externalLabels,
      sources,
      consumers,
      questions: this.#questions,
      clock: systemClock,
    });
  }

  /** Another configuration is in force. */
  apply(): void {
    this.#questions.forget();
  }

  stop(): void {
    this.#questions.close();
  }
}
