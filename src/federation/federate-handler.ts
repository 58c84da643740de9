// GET and POST /federate: checks the request, has a query worker select, render and compress, and writes what it hands
// over straight to the socket. What can be refused is refused before the first byte; an answer that fails later is cut
// off so that the client notices.
import type { Matcher } from '../model/index.ts';
import { PromqlParseError, parseMetricSelector } from '../promql/index.ts';
import { type FederateRequest, type FederateResult, PieceWriter, WorkerError, type WorkerPool } from '../worker/index.ts';
import { type AnswerSettings, answeredRequest } from './answered-request.ts';
import type { Consumers, FederateClient, FederateOutcome } from './consumers.ts';
import { type AgreedMetadata, FamilyHeaders } from './family-headers.ts';
import type { FederateCounters, Refusal } from './federate-metrics.ts';
import { acceptsUtf8Names, contentType, encodingFor } from './negotiate.ts';

export interface FederateInput {
  readonly params: URLSearchParams;
  /** The headers Accept and Accept-Encoding, '' when absent. */
  readonly accept: string;
  readonly acceptEncoding: string;
  readonly client: FederateClient;
}

/** The part of an http.ServerResponse that is used. */
export interface FederateResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(chunk: Uint8Array, done?: (error?: Error | null) => void): boolean;
  end(chunk?: string): unknown;
  destroy(error?: Error): unknown;
  /** Emitted once, when the answer was sent or the client has left. */
  once(event: 'close', listener: () => void): unknown;
}

export interface FederateOptions extends AnswerSettings {
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly metadata: () => ReadonlyMap<string, AgreedMetadata>;
  readonly counters: FederateCounters;
  readonly consumers: Pick<Consumers, 'record'>;
  /** 0: no limit. */
  readonly maxSeries: number;
  /** 0: none. */
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
}

class RefusedError extends Error {
  readonly status: number;
  readonly reason: Refusal;

  constructor(status: number, reason: Refusal, message: string) {
    super(message);
    this.name = 'RefusedError';
    this.status = status;
    this.reason = reason;
  }
}

const RETRY_AFTER_SECONDS = 1;

export class FederateHandler {
  readonly #options: FederateOptions;
  #running = 0;

  constructor(options: FederateOptions) {
    this.#options = options;
  }

  /** Answers the request, errors included; never rejects. */
  async handle(input: FederateInput, response: FederateResponse): Promise<void> {
    const { counters, consumers } = this.#options;
    counters.running(++this.#running);
    const answer = new Answer(response);
    const begunAt = performance.now();
    const over = (error: string, sent: FederateOutcome['answer']): void => {
      const durationSeconds = (performance.now() - begunAt) / 1000;
      consumers.record(input.client, input.params.getAll('match[]'), { error, durationSeconds, answer: sent });
    };
    try {
      over('', await this.#answer(input, answer));
    } catch (error) {
      const refused = refusalOf(error);
      counters.refused(answer.clientGone ? 'client_gone' : refused.reason);
      over(answer.clientGone ? 'the client left before the answer was sent' : refused.message, null);
      answer.refuse(refused.status, refused.message);
    } finally {
      counters.running(--this.#running);
    }
  }

  async #answer(input: FederateInput, answer: Answer): Promise<FederateResult> {
    const { pool, counters, maxConcurrency, timeoutMs } = this.#options;
    if (this.#running > maxConcurrency) {
      throw new RefusedError(503, 'concurrency', `too many /federate requests at the same time: the limit is ${maxConcurrency}`);
    }
    const request = this.#requestOf(input);
    const headers = new FamilyHeaders(request.headers ? this.#options.metadata() : new Map(), request.utf8);
    const begunAt = performance.now();
    const result = await pool.run(
      request,
      {
        begin: () => answer.begin(request),
        piece: (bytes, release) => answer.write(bytes, release),
        headers: (names) => headers.of(names),
      },
      { timeoutMs, signal: answer.signal },
    );
    const spentMs = performance.now() - begunAt;
    await answer.finish(timeoutMs === 0 ? 0 : Math.max(timeoutMs - spentMs, 1));
    counters.answered(request.encoding, result.series, answer.bodyBytes, (performance.now() - begunAt) / 1000, result.gone);
    counters.alertsLeftOut(result.leftOut);
    return result;
  }

  #requestOf({ params, accept, acceptEncoding }: FederateInput): FederateRequest {
    const texts = params.getAll('match[]');
    if (texts.length === 0) {
      throw new RefusedError(
        400,
        'bad_request',
        'missing parameter match[]: at least one series selector is needed, for example /federate?match[]={job="prometheus"}',
      );
    }
    return {
      type: 'federate',
      ...answeredRequest(texts.map(parseSelector), this.#options),
      utf8: acceptsUtf8Names(accept),
      encoding: encodingFor(acceptEncoding),
      headers: params.get('metadata') === '1',
      maxSeries: this.#options.maxSeries,
    };
  }
}

function parseSelector(text: string): Matcher[] {
  try {
    return parseMetricSelector(text);
  } catch (error) {
    if (error instanceof PromqlParseError) throw new RefusedError(400, 'bad_request', error.message);
    throw error;
  }
}

function refusalOf(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof WorkerError) {
    switch (error.code) {
      case 'too_many_series':
        return new RefusedError(422, 'too_many_series', `${error.message} (--federate.max-series)`);
      case 'timeout':
        return new RefusedError(503, 'timeout', `${error.message} (--federate.timeout)`);
      case 'out_of_memory':
        return new RefusedError(503, 'out_of_memory', error.message);
      case 'cancelled':
        return new RefusedError(503, 'client_gone', error.message);
      case 'worker_died':
      case 'closed':
        return new RefusedError(503, 'failed', error.message);
    }
  }
  return new RefusedError(500, 'failed', error instanceof Error ? error.message : String(error));
}

/** The response, as far as it got. */
class Answer {
  readonly #response: FederateResponse;
  readonly #body: PieceWriter;
  #begun = false;

  constructor(response: FederateResponse) {
    this.#response = response;
    this.#body = new PieceWriter(response);
  }

  /** Aborted when the connection is closed. */
  get signal(): AbortSignal {
    return this.#body.signal;
  }

  get clientGone(): boolean {
    return this.#body.clientGone;
  }

  get bodyBytes(): number {
    return this.#body.bytes;
  }

  begin({ utf8, encoding }: FederateRequest): void {
    const headers: Record<string, string> = { 'Content-Type': contentType(utf8), Vary: 'Accept, Accept-Encoding' };
    if (encoding !== 'identity') headers['Content-Encoding'] = encoding;
    this.#begun = true;
    this.#response.writeHead(200, headers);
  }

  write(bytes: Buffer, release: () => void): void {
    this.#body.write(bytes, release);
  }

  /**
   * Ends the body, and resolves when the socket has taken all of it: until then its pieces of shared memory are in use.
   * @throws RefusedError when the client takes longer than `timeoutMs` (0: no limit) or has left
   */
  async finish(timeoutMs: number): Promise<void> {
    const state = await this.#body.finish(timeoutMs);
    if (state === 'late') throw new RefusedError(503, 'timeout', 'the client did not take the answer in time');
    if (state === 'gone') throw new RefusedError(503, 'client_gone', 'the client has left');
  }

  refuse(status: number, message: string): void {
    if (this.#begun) {
      // The status is out: only a connection that breaks off tells the client that the body is not whole.
      this.#response.destroy();
      return;
    }
    this.#body.ended();
    const headers: Record<string, string> = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
    if (status === 503) headers['Retry-After'] = String(RETRY_AFTER_SECONDS);
    this.#response.writeHead(status, headers);
    this.#response.end(`${message}\n`);
  }
}
