// From which federation sources some series of the head came: the targets that wrote them last, and what these say of themselves. So a panel above
// finds the server below that has the detail. Only sources of the configuration are asked, and only when somebody wants to know.
import type { FederationOrigin, FederationOrigins } from '../answers/index.ts';
import type { Matcher } from '../model/index.ts';
import type { SeriesOwner, WorkerPool } from '../worker/index.ts';
import type { SourceQuestions } from './source-questions.ts';
import type { SourceRules } from './source-rules.ts';
import { type SourceTarget, scrapedUrl, webUrlOf } from './source-target.ts';

export interface OriginsOptions {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** Of this run of the server. */
  readonly id: string;
  /** The source whose id stands in a series' record; null when that is another target, or is gone. */
  readonly source: (owner: number) => SourceTarget | null;
  readonly questions: Pick<SourceQuestions, 'ask'>;
  readonly rules: Pick<SourceRules, 'ask'>;
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
  readonly target: SourceTarget;
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
  async find(selectors: readonly (readonly Matcher[])[], wanted: OriginQuestions, signal?: AbortSignal): Promise<FoundOrigins> {
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
      const target = this.#options.source(owner.id);
      if (target === null) other += owner.series;
      else known.push({ target, owner });
    }
    if (known.length > MOST_ORIGINS)
      warnings.push(`the series came from ${known.length} federation sources: the ${MOST_ORIGINS} with the most are told`);
    const origins = await Promise.all(known.slice(0, MOST_ORIGINS).map((one) => this.#origin(one, wanted, warnings)));
    return { origins: { origins, other }, warnings };
  }

  async #origin({ target, owner }: Known, wanted: OriginQuestions, warnings: string[]): Promise<FederationOrigin> {
    const { id, questions, rules } = this.#options;
    const [asked, found] = await Promise.all([
      wanted.labels ? questions.ask(target, { depth: 0, via: [id] }) : null,
      wanted.rules && owner.names.length > 0 ? rules.ask(target, owner.names) : null,
    ]);
    if (asked?.labelsKnown === false) warnings.push(`cannot tell the external labels of ${target.base}: ${asked.error}`);
    return {
      job: target.job,
      instance: target.instance,
      url: scrapedUrl(target),
      webUrl: webUrlOf(target, asked?.server ?? null),
      externalLabels: asked?.server?.externalLabels ?? {},
      honorLabels: target.honorLabels,
      series: owner.series,
      names: owner.names,
      rules: found?.rules ?? [],
      rulesError: found?.error ?? '',
    };
  }
}
