// From which federation sources some series of the head came: the targets that wrote them last, and what these say of themselves. So a panel above
// finds the server below that has the detail. Only sources of the configuration are asked, and only when somebody wants to know.
import type { FederationOrigin, FederationOrigins } from '../answers/index.ts';
import type { HttpClientConfig } from '../config/index.ts';
import { ScrapeError } from '../http/index.ts';
import { type Labels, labelValue, type Matcher } from '../model/index.ts';
import type { SeriesOwner, WorkerPool } from '../worker/index.ts';
import { type SourceAddress, sourceAddress } from './source-address.ts';
import { SourceAnswerError } from './source-answers.ts';
import type { SourceClient } from './source-client.ts';

/** A target, as far as it matters here. */
export interface OwnerTarget {
  readonly scrapeUrl: string;
  /** Of its series. */
  readonly labels: Labels;
  readonly honorLabels: boolean;
  readonly httpClient: HttpClientConfig;
}

export interface OriginsOptions {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** The target whose id stands in a series' record; undefined when it is gone. */
  readonly owner: (id: number) => OwnerTarget | undefined;
  readonly sources: Pick<SourceClient, 'identity' | 'rules'>;
}

/** What sources are asked for. */
export interface OriginQuestions {
  readonly labels: boolean;
  readonly rules: boolean;
}

export interface FoundOrigins {
  readonly origins: FederationOrigins;
  /** Sentences on what is not told. */
  readonly warnings: readonly string[];
}

/** An origin before it is asked. */
interface Known {
  readonly address: SourceAddress;
  readonly target: OwnerTarget;
  readonly owner: SeriesOwner;
}

const MOST_SERIES = 10_000;
const MOST_NAMES = 50;
const MOST_ORIGINS = 50;
const TIMEOUT_MS = 30_000;
/** Times of JavaScript's Date, in ms. */
const MOST_MS = 8.64e15;

export class OriginFinder {
  readonly #options: OriginsOptions;

  constructor(options: OriginsOptions) {
    this.#options = options;
  }

  /** Of series in the head, however old their newest sample is. @throws WorkerError; a source that cannot be asked is told of instead */
  async find(selectors: readonly (readonly Matcher[])[], questions: OriginQuestions, signal?: AbortSignal): Promise<FoundOrigins> {
    const texts = selectors.map((matchers) => matchers.map(({ name, op, value }) => ({ name, op, value })));
    const selection = { selectors: texts, all: false, externalLabels: [], minT: -MOST_MS, maxT: MOST_MS };
    const limits = { mostSeries: MOST_SERIES, mostNames: MOST_NAMES };
    const { owners, selected } = await this.#options.pool.run(
      { type: 'owners', ...selection, ...limits },
      {},
      { timeoutMs: TIMEOUT_MS, signal },
    );
    const warnings: string[] = [];
    if (selected > MOST_SERIES) warnings.push(`${selected} series are selected: the first ${MOST_SERIES} were looked at`);
    const known: Known[] = [];
    let other = 0;
    for (const owner of owners) {
      const target = this.#options.owner(owner.id);
      const address = target === undefined ? null : sourceAddress(target.scrapeUrl);
      if (target === undefined || address === null) other += owner.series;
      else known.push({ address, target, owner });
    }
    if (known.length > MOST_ORIGINS)
      warnings.push(`the series came from ${known.length} federation sources: the ${MOST_ORIGINS} with the most are told`);
    const origins = await Promise.all(known.slice(0, MOST_ORIGINS).map((one) => this.#origin(one, questions, warnings)));
    return { origins: { origins, other }, warnings };
  }

  async #origin({ address, target, owner }: Known, questions: OriginQuestions, warnings: string[]): Promise<FederationOrigin> {
    const source = { base: address.base, client: target.httpClient };
    const ask = this.#options.sources;
    const [identity, found] = await Promise.all([
      questions.labels ? ask.identity(source).catch(unanswered) : null,
      questions.rules && owner.names.length > 0 ? ask.rules(source, owner.names).catch(unanswered) : null,
    ]);
    if (identity instanceof Error) warnings.push(`cannot tell the external labels of ${address.base}: ${identity.message}`);
    const said = identity instanceof Error ? null : identity;
    return {
      job: labelValue(target.labels, 'job'),
      instance: labelValue(target.labels, 'instance'),
      url: address.url,
      webUrl: said?.webUrl ?? address.base,
      externalLabels: Object.fromEntries(said?.externalLabels ?? []),
      honorLabels: target.honorLabels,
      series: owner.series,
      names: owner.names,
      rules: found === null || found instanceof Error ? [] : found.rules,
      rulesError: found === null ? '' : rulesError(address, found),
    };
  }
}

/** Why there is no answer. Anything else is no answer's fault. */
function unanswered(error: unknown): Error {
  if (error instanceof ScrapeError || error instanceof SourceAnswerError) return error;
  throw error;
}

function rulesError({ base }: SourceAddress, found: Error | { readonly left: boolean }): string {
  if (found instanceof Error) return `cannot tell the rules of ${base}: ${found.message}`;
  return found.left ? `${base} has more rules for these names than are told, or longer ones` : '';
}
