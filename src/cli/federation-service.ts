// Federation, wired: the /federate answer with those who ask for it, the targets that are other servers, and the tree of them.
import { ulid } from 'ulid';
import type { FederationQuestions } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import {
  Consumers,
  FederateHandler,
  FederatePreviewer,
  FederationTree,
  OriginFinder,
  registerFederateMetrics,
  registerSourceMetrics,
  SourceClient,
  SourceQuestions,
  type SourceTarget,
} from '../federation/index.ts';
import { type BodyFetcher, createDocumentClient } from '../http/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import { systemClock } from '../model/index.ts';
import type { ScrapeSupervisor } from '../scrape/index.ts';
import type { WorkerPool } from '../worker/index.ts';
import { createFederationQuestions } from './federation-questions.ts';
import type { Settings } from './settings.ts';
import { TRIBUTARY_VERSION, USER_AGENT } from './version.ts';

export interface FederationParts {
  readonly pool: WorkerPool;
  readonly scraping: Pick<ScrapeSupervisor, 'federationMetadata' | 'federationSources' | 'owner'>;
  readonly config: () => Config;
  /** Asks federation sources about themselves, in the ways of scraping. */
  readonly fetcher: BodyFetcher;
  readonly settings: Pick<Settings, 'federate' | 'lookbackDeltaMs'>;
  readonly registry: MetricRegistry;
}

export class FederationService {
  readonly handler: FederateHandler;
  readonly tree: FederationTree;
  readonly asked: FederationQuestions;
  readonly #questions: SourceQuestions;

  constructor({ pool, scraping, config, fetcher, settings, registry }: FederationParts) {
    const externalLabels = () => config().global.externalLabels;
    const sources = (): Iterable<SourceTarget> => scraping.federationSources.targets();
    const consumers = new Consumers(Date.now);
    const answers = { pool, externalLabels, lookbackMs: settings.lookbackDeltaMs, ...settings.federate, now: Date.now };
    this.handler = new FederateHandler({
      ...answers,
      metadata: () => scraping.federationMetadata().names,
      counters: registerFederateMetrics(registry),
      consumers,
    });
    const finder = new OriginFinder({
      pool,
      owner: (id) => scraping.owner(id),
      sources: new SourceClient({ fetcher, now: () => performance.now() }),
    });
    this.asked = createFederationQuestions(new FederatePreviewer(answers), finder);
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
