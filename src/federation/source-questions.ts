// Asks sources what they are and what is below them. Whoever opens a page asks, so answers are kept some seconds and equal questions are one:
// a source is not asked more often for many readers than for one. What came by way of other servers (`via`) is asked anew for each way, since a
// loop is seen by it, but only so many ways at a time: a made-up `via` must not send requests through the whole tree.
// A question takes its own time, whatever time whoever asks has: one who is in a hurry leaves no failure behind for the others.
import type { DocumentClient } from '../http/index.ts';
import { ScrapeError } from '../http/index.ts';
import type { Clock } from '../model/index.ts';
import { type Asked, notAsked, unknownServer, whyNot } from './asked.ts';
import { ForeignServerReader } from './foreign-server.ts';
import { fieldsOf } from './foreign-values.ts';
import { type AskPath, askPrometheus } from './prometheus-source.ts';
import { besideFederate, type SourceTarget } from './source-target.ts';

/** What a whole answer may take at the top; each level gives the one below this part of its time. */
export const WHOLE_ANSWER_MS = 5000;
const PART_BELOW = 0.8;
/** Of its time a server waits this long for its sources, and uses the rest to answer. */
export const PART_OF_WAITING = 0.9;
const KEPT_MS = 5000;
const MOST_ASKED_AT_ONCE = 16;
/** Ways through other servers, of one source, within the time that answers are kept. */
const MOST_WAYS = 16;
/** Servers, sources and consumers in all answers that are kept. */
const MOST_KEPT_NODES = 20_000;
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;
/** Pulls of each source and consumer below; at the top there are more. */
const PULLS_BELOW = 30;
/** What others answer to a path that they do not know. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([400, 404, 405, 501]);

export interface SourceQuestion {
  /** Levels wanted of the source, itself included: at least 1. */
  readonly depth: number;
  /** Ids of the servers on the way, the one that asks being the last. */
  readonly via: readonly string[];
}

export interface SourceQuestionsOptions {
  readonly client: DocumentClient;
  readonly userAgent: string;
  readonly clock: Clock;
}

export class SourceQuestions {
  readonly #options: SourceQuestionsOptions;
  readonly #answers = new Map<string, Promise<Asked>>();
  /** Of questions that came by way of others, by source. */
  readonly #ways = new Map<string, number>();
  readonly #timers = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #keptNodes = 0;
  #closed = false;

  constructor(options: SourceQuestionsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  ask(target: SourceTarget, question: SourceQuestion): Promise<Asked> {
    const source = `${target.job}\n${target.url}`;
    const key = `${source}\n${question.depth} ${question.via.join(',')}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const foreign = question.via.length > 1;
    if (foreign && !this.#takeWay(source)) {
      return Promise.resolve(notAsked(`not asked: this server was asked about it in more than ${MOST_WAYS} ways within some seconds`));
    }
    const answer = this.#inTurn(target, question);
    this.#answers.set(key, answer);
    void answer.then(({ nodes }) => {
      const forget = (): void => {
        this.#keptNodes -= nodes;
        if (this.#answers.get(key) === answer) this.#answers.delete(key);
        if (foreign) this.#giveWay(source);
      };
      this.#keptNodes += nodes;
      if (this.#keptNodes > MOST_KEPT_NODES || this.#closed) forget();
      else this.#after(KEPT_MS, forget);
    });
    return answer;
  }

  /** The configuration has changed: other credentials, perhaps, at the same addresses. */
  forget(): void {
    this.#answers.clear();
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#options.client.close();
  }

  #takeWay(source: string): boolean {
    const ways = this.#ways.get(source) ?? 0;
    if (ways >= MOST_WAYS) return false;
    this.#ways.set(source, ways + 1);
    return true;
  }

  #giveWay(source: string): void {
    const ways = this.#ways.get(source)! - 1;
    if (ways === 0) this.#ways.delete(source);
    else this.#ways.set(source, ways);
  }

  async #inTurn(target: SourceTarget, question: SourceQuestion): Promise<Asked> {
    const { clock } = this.#options;
    const budgetMs = WHOLE_ANSWER_MS * PART_BELOW ** (question.via.length - 1) * PART_OF_WAITING;
    const begunMs = clock.monotonicMs();
    if (this.#running >= MOST_ASKED_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      const leftMs = budgetMs - (clock.monotonicMs() - begunMs);
      if (leftMs <= 0) return notAsked('not asked: too many sources were slow to answer before its turn came');
      return await this.#ask(target, question, leftMs);
    } catch (error) {
      return notAsked(`cannot ask it: ${whyNot(error)}`);
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #ask(target: SourceTarget, { depth, via }: SourceQuestion, budgetMs: number): Promise<Asked> {
    const { clock } = this.#options;
    const endMs = clock.monotonicMs() + budgetMs;
    const get = (path: string, parameters: Readonly<Record<string, string>>, limitBytes: number): Promise<unknown> =>
      this.#get(target, besideFederate(target, path, parameters), { limitBytes, timeoutMs: Math.max(1, endMs - clock.monotonicMs()) });
    const timeout = (WHOLE_ANSWER_MS * PART_BELOW ** via.length) / 1000;
    const parameters = { depth: String(depth), via: via.join(','), timeout: timeout.toFixed(3), history: String(PULLS_BELOW) };
    let data: unknown;
    try {
      data = await get('/api/v1/federation', parameters, ANSWER_LIMIT_BYTES);
    } catch (error) {
      if (error instanceof NotUnderstoodError) return unknownServer(error.message);
      if (!(error instanceof ScrapeError) || !NO_SUCH_PATH.has(error.status)) throw error;
      const ask: AskPath = (path, more, limitBytes) => get(`/api/v1${path}`, more, limitBytes);
      return await this.#askOther(ask);
    }
    const reader = new ForeignServerReader();
    const server = reader.read(data, depth);
    if (server === null) return unknownServer('it answers /api/v1/federation, but not with what that should be');
    return { server, error: '', labelsKnown: true, nodes: reader.nodes };
  }

  async #askOther(ask: AskPath): Promise<Asked> {
    try {
      return await askPrometheus(ask);
    } catch (error) {
      if (error instanceof NotUnderstoodError || (error instanceof ScrapeError && NO_SUCH_PATH.has(error.status)))
        return unknownServer(
          'it is neither a Tributary nor a Prometheus: it knows neither /api/v1/federation nor /api/v1/status/buildinfo',
        );
      throw error;
    }
  }

  /** @returns `data` of a successful answer @throws ScrapeError, NotUnderstoodError */
  async #get(target: SourceTarget, url: URL, bounds: { limitBytes: number; timeoutMs: number }): Promise<unknown> {
    const { client, userAgent } = this.#options;
    const headers = { Accept: 'application/json', 'Accept-Encoding': 'gzip', 'User-Agent': userAgent };
    const body = await client.get({ url, headers, client: target.client, ...bounds });
    let answer: unknown;
    try {
      answer = JSON.parse(body.toString());
    } catch {
      throw new NotUnderstoodError('its answer is no JSON');
    }
    const { status, data } = fieldsOf(answer);
    if (status !== 'success') throw new NotUnderstoodError('its answer is not that of a Prometheus-like API');
    return data;
  }

  #after(delayMs: number, callback: () => void): void {
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }
}

/** It answers 200 with something else. */
class NotUnderstoodError extends Error {}
