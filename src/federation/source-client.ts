// Asks the HTTP API of sources: at the addresses of targets and nobody else's, in the ways in which they are scraped, so many sources at a time,
// and each within its time.
import type { DocumentClient } from '../http/index.ts';
import type { Clock } from '../model/index.ts';
import { fieldsOf } from './foreign-values.ts';
import type { SourceTarget } from './source-target.ts';

const MOST_AT_ONCE = 16;

/** `data` of the answer to a path below /api/v1, which is smaller than that. @throws ScrapeError, SourceError */
export type AskPath = (path: string, parameters: Parameters, limitBytes: number) => Promise<unknown>;
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Why there is no answer although nothing is wrong with the connection. */
export class SourceError extends Error {
  readonly code: 'not_understood' | 'no_turn';

  constructor(code: SourceError['code'], message: string) {
    super(message);
    this.name = 'SourceError';
    this.code = code;
  }
}

export interface SourceClientOptions {
  readonly client: DocumentClient;
  readonly userAgent: string;
  readonly clock: Clock;
}

export class SourceClient {
  readonly #options: SourceClientOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: SourceClientOptions) {
    this.#options = options;
  }

  /** Does `work`, which asks the target, when its turn comes. @param budgetMs for waiting and working @throws SourceError, and as `work` */
  async inTurn<T>(target: SourceTarget, budgetMs: number, work: (ask: AskPath) => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const endMs = clock.monotonicMs() + budgetMs;
    if (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      if (clock.monotonicMs() >= endMs) throw new SourceError('no_turn', 'too many sources were slow to answer before its turn came');
      return await work((path, parameters, limitBytes) => {
        const timeoutMs = Math.max(1, endMs - clock.monotonicMs());
        return this.#get(target, apiUrl(target, path, parameters), { limitBytes, timeoutMs });
      });
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** What is being asked, or comes later, fails. */
  close(): void {
    this.#options.client.close();
  }

  async #get(target: SourceTarget, url: URL, bounds: { limitBytes: number; timeoutMs: number }): Promise<unknown> {
    const { client, userAgent } = this.#options;
    const headers = { Accept: 'application/json', 'Accept-Encoding': 'gzip', 'User-Agent': userAgent };
    const body = await client.get({ url, headers, client: target.client, ...bounds });
    let answer: unknown;
    try {
      answer = JSON.parse(body.toString());
    } catch {
      throw new SourceError('not_understood', 'its answer is no JSON');
    }
    const { status, data } = fieldsOf(answer);
    if (status !== 'success') throw new SourceError('not_understood', 'its answer is not that of a Prometheus-like API');
    return data;
  }
}

/** Its API stands beside the `/federate` that is scraped. */
function apiUrl({ base }: SourceTarget, path: string, parameters: Parameters): URL {
  const url = new URL(`${base}/api/v1${path}`);
  for (const [name, values] of Object.entries(parameters)) for (const value of [values].flat()) url.searchParams.append(name, value);
  return url;
}
