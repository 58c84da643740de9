// Asks federation sources about themselves: their external labels, and the rules that make some series. Answers, failures too, are kept for some
// seconds; who asks the same thing meanwhile waits for the same answer. All exchanges for one answer share one deadline.
import type { HttpClientConfig } from '../config/index.ts';
import { type BodyFetcher, ScrapeError } from '../http/index.ts';
import {
  dataOf,
  identityOf,
  identityOfConfig,
  recordingRules,
  SourceAnswerError,
  type SourceIdentity,
  type SourceRule,
} from './source-answers.ts';

/** Whom to ask, and how: as the job that scrapes it. */
export interface AskedSource {
  /** What its API's paths begin with; no slash at its end. */
  readonly base: string;
  readonly client: HttpClientConfig;
}

export interface SourceClientOptions {
  readonly fetcher: Pick<BodyFetcher, 'get'>;
  /** Monotonic, ms. */
  readonly now: () => number;
}

interface Kept {
  readonly answer: Promise<unknown>;
  readonly untilMs: number;
}

const TIMEOUT_MS = 2_000;
const KEPT_MS = 10_000;
const MOST_KEPT = 256;
const MOST_AT_ONCE = 16;
const LIMIT_BYTES = 2 * 1024 * 1024;

export class SourceClient {
  readonly #options: SourceClientOptions;
  /** In the order in which they were asked. */
  readonly #kept = new Map<string, Kept>();
  #asking = 0;

  constructor(options: SourceClientOptions) {
    this.#options = options;
  }

  /** Ours tells it itself; of a Prometheus the configuration does. @throws ScrapeError, SourceAnswerError: their message says why it is not known */
  identity(source: AskedSource): Promise<SourceIdentity> {
    return this.#once(`identity ${source.base}`, async (deadlineMs) => {
      try {
        return identityOf(await this.#ask(source, '/api/v1/federation?depth=0', deadlineMs));
      } catch (error) {
        const isOther = error instanceof SourceAnswerError || (error instanceof ScrapeError && error.code === 'status');
        if (!isOther) throw error;
        return identityOfConfig(await this.#ask(source, '/api/v1/status/config', deadlineMs));
      }
    });
  }

  /** The source's recording rules for these names. @throws as identity() */
  rules(source: AskedSource, names: readonly string[]): Promise<{ readonly rules: readonly SourceRule[]; readonly left: boolean }> {
    const query = new URLSearchParams({ type: 'record' });
    for (const name of names) query.append('rule_name[]', name);
    return this.#once(`rules ${source.base} ${query}`, async (deadlineMs) =>
      recordingRules(await this.#ask(source, `/api/v1/rules?${query}`, deadlineMs), new Set(names)),
    );
  }

  #once<T>(key: string, ask: (deadlineMs: number) => Promise<T>): Promise<T> {
    const nowMs = this.#options.now();
    for (const [old, { untilMs }] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(old);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept.answer as Promise<T>;
    if (this.#asking >= MOST_AT_ONCE) return Promise.reject(new SourceAnswerError('too many sources are being asked: ask again'));
    this.#asking++;
    const answer = ask(nowMs + TIMEOUT_MS).finally(() => this.#asking--);
    answer.catch(() => undefined);
    this.#kept.set(key, { answer, untilMs: nowMs + KEPT_MS });
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return answer;
  }

  async #ask({ base, client }: AskedSource, path: string, deadlineMs: number): Promise<Readonly<Record<string, unknown>>> {
    const url = new URL(base + path);
    const timeoutMs = Math.max(1, deadlineMs - this.#options.now());
    try {
      return dataOf(await this.#options.fetcher.get({ url, timeoutMs, limitBytes: LIMIT_BYTES, client }));
    } catch (error) {
      if (!(error instanceof ScrapeError)) throw error;
      // The address may be long, and is told by whoever tells of this.
      throw new ScrapeError(error.code, error.message.replace(`Get ${JSON.stringify(url.href)}: `, ''), { cause: error });
    }
  }
}
