// Federation, wired: the /federate answer with those who ask for it, the targets that are other servers, what these say of themselves, and the
// questions of the API about all of it.
import { ulid } from 'ulid';
import { ApiError, type ApiPorts } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import {
  Consumers,
  FederateHandler,
  FederatePreviewer,
  FederationTree,
  InstanceLevel,
  OriginFinder,
  PreviewError,
  registerFederateMetrics,
  registerSourceMetrics,
  SourceClient,
  SourceQuestions,
  SourceRules,
  webAddressOf,
} from '../federation/index.ts';
import { createDocumentClient } from '../http/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import { systemClock } from '../model/index.ts';
import type { ScrapeSupervisor } from '../scrape/index.ts';
import type { WorkerPool } from '../worker/index.ts';
import { told } from './query-service.ts';
import type { Settings } from './settings.ts';
import { TRIBUTARY_VERSION, USER_AGENT } from './version.ts';

export interface FederationParts {
  readonly pool: WorkerPool;
  readonly scraping: Pick<ScrapeSupervisor, 'federationMetadata' | 'federationSources'>;
  readonly config: () => Config;
  readonly settings: Pick<Settings, 'federate' | 'lookbackDeltaMs' | 'externalUrl' | 'isExternalUrlGiven'>;
  readonly registry: MetricRegistry;
}

export class FederationService {
  readonly ports: Pick<ApiPorts, 'federate' | 'federation'>;
  readonly #client: SourceClient;
  readonly #questions: SourceQuestions;
  readonly #rules: SourceRules;

  constructor({ pool, scraping, config, settings, registry }: FederationParts) {
    const { federationSources } = scraping;
    const id = ulid();
    const clock = systemClock;
    const consumers = new Consumers(clock.wallMs);
    const sources = () => federationSources.targets();
    const externalLabels = () => config().global.externalLabels;
    registerSourceMetrics(registry, sources);

    this.#client = new SourceClient({ client: createDocumentClient(process.env), userAgent: USER_AGENT, clock });
    this.#questions = new SourceQuestions(this.#client, clock);
    this.#rules = new SourceRules(this.#client, clock);

    const answers = { pool, externalLabels, lookbackMs: settings.lookbackDeltaMs, ...settings.federate, now: clock.wallMs };
    const metadata = () => scraping.federationMetadata().names;
    const handler = new FederateHandler({ ...answers, metadata, counters: registerFederateMetrics(registry), consumers });
    const previewer = new FederatePreviewer(answers);
    const source = (owner: number) => federationSources.ofOwner(owner);
    const finder = new OriginFinder({ pool, id, source, questions: this.#questions, rules: this.#rules });
    const externalUrl = settings.isExternalUrlGiven ? webAddressOf(settings.externalUrl.href) : '';
    const self = { id, version: TRIBUTARY_VERSION, externalUrl, externalLabels };
    const instances = new InstanceLevel({ pool, source, clock });
    const tree = new FederationTree({ ...self, sources, consumers, questions: this.#questions, instances, clock });
    this.ports = {
      federate: handler,
      federation: {
        tree: (question) => tree.answer(question),
        preview: (selectors, signal) => told(notRefused(previewer.preview(selectors, signal))),
        origins: (selectors, ask, signal) => told(finder.find(selectors, ask, signal)),
      },
    };
  }

  /** Another configuration is in force. */
  apply(): void {
    this.#questions.forget();
    this.#rules.forget();
  }

  stop(): void {
    this.#questions.close();
    this.#rules.close();
    this.#client.close();
  }
}

async function notRefused<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof PreviewError ? new ApiError('unavailable', error.message, { cause: error }) : error;
  }
}
