// Posts a body and takes the answer's status: what alerts are sent with. The same ways, TLS settings, proxies and credentials as scraping has,
// one deadline for all of it, redirects that repeat the request (307 and 308) followed. What the answer says beyond its status is read, so that
// the connection can be used again, and thrown away; an answer that goes on for too long is cut. A request that a kept connection ends without
// any answer is sent once more (the server may just have closed it), so what is posted must bear to come twice; alerts do.

import type { HttpClientConfig } from '../config/index.ts';
import { networkError, ScrapeError, type ScrapeErrorCode } from './errors.ts';
import { type Exchange, type ExchangeHandler, ExchangeRequest, type ResponseHead } from './exchange.ts';
import type { Environment } from './proxy.ts';
import { isRedirect, REQUEST_LIMIT, redirectTarget } from './redirect.ts';
import { mayCarryCredentials, requestHeaders } from './request-headers.ts';
import { Transports } from './transports.ts';

/** A read of a plain connection. */
const WINDOW_BYTES = 16 * 1024;
/** Of an answer's body; then the connection is closed instead of being used again. */
const ANSWER_LIMIT_BYTES = 64 * 1024;
/** It stands in the log. */
const STATUS_TEXT_LIMIT = 200;
/** What setTimeout takes at most; above that it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the whole exchange, on the monotonic clock. */
  readonly timeoutMs: number;
  readonly client: HttpClientConfig;
}

export interface PostAnswer {
  readonly status: number;
  /** As the server sent it, without the number; may be empty. */
  readonly statusText: string;
}

export interface PostClient {
  /** Resolves with any status; rejects with a ScrapeError, worded as Go's client words it, when there is no answer. */
  post(request: PostRequest): Promise<PostAnswer>;
  /** Closes all connections; requests that are under way, or come later, fail. */
  close(): void;
}

/** `environment`: for proxy_from_environment. */
export function createPostClient(environment: Environment = {}): PostClient {
  return new PooledPostClient(environment);
}

class PooledPostClient implements PostClient {
  readonly transports: Transports;
  readonly #running = new Set<Post>();
  #closed = false;

  constructor(environment: Environment) {
    this.transports = new Transports(Buffer.allocUnsafeSlow(WINDOW_BYTES), environment);
  }

  post(request: PostRequest): Promise<PostAnswer> {
    const url = URL.parse(request.url);
    if (url === null) return Promise.reject(new ScrapeError('protocol', `parse ${JSON.stringify(request.url)}: invalid URL`));
    return new Promise((resolve, reject) => {
      const post = new Post(this.transports, request, url, {
        resolve: (answer) => this.#running.delete(post) && resolve(answer),
        reject: (error) => this.#running.delete(post) && reject(error),
      });
      this.#running.add(post);
      if (this.#closed) post.cancel();
      else post.start();
    });
  }

  close(): void {
    this.#closed = true;
    for (const post of this.#running) post.cancel();
    this.transports.close();
  }
}

interface Settle {
  resolve(answer: PostAnswer): void;
  reject(error: ScrapeError): void;
}

class Post implements ExchangeHandler {
  readonly #transports: Transports;
  readonly #request: PostRequest;
  readonly #settle: Settle;
  #url: URL;
  #requests = 0;
  /** No redirect has led to a server that must not see the credentials. */
  #trusted = true;
  #exchange: Exchange | null = null;
  #answer: PostAnswer | null = null;
  #answerBytes = 0;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(transports: Transports, request: PostRequest, url: URL, settle: Settle) {
    this.#transports = transports;
    this.#request = request;
    this.#url = url;
    this.#settle = settle;
  }

  start(): void {
    const timeoutMs = Math.min(this.#request.timeoutMs, LONGEST_TIMER_MS);
    this.#deadline = setTimeout(() => this.#end('timeout', 'context deadline exceeded'), timeoutMs);
    this.#send();
  }

  cancel(): void {
    this.#end('canceled', 'context canceled');
  }

  head(head: ResponseHead): boolean {
    const { status, statusText } = head;
    const location = isRedirect(status) && this.#request.client.followRedirects ? head.header('location') : '';
    if (location === '') {
      this.#answer = { status, statusText: shortened(statusText) };
      return true;
    }
    try {
      this.#redirect(head, location);
    } catch (error) {
      this.failed(error);
    }
    return false;
  }

  data(_source: Buffer, length: number): boolean {
    this.#answerBytes += length;
    if (this.#answerBytes > ANSWER_LIMIT_BYTES) this.#end('protocol', 'the answer is too long');
    return !this.#over;
  }

  end(): void {
    this.#end('eof', 'EOF');
  }

  failed(error: unknown): void {
    const { code, message, cause } = networkError(error);
    this.#end(code, message, cause);
  }

  #send(): void {
    try {
      const { headers, client, body } = this.#request;
      if (this.#url.protocol !== 'http:' && this.#url.protocol !== 'https:')
        throw new ScrapeError('protocol', `unsupported protocol scheme ${JSON.stringify(this.#url.protocol.slice(0, -1))}`);
      this.#requests++;
      const request = new ExchangeRequest(this.#url, requestHeaders(headers, client, this.#transports.files, this.#trusted), client, body);
      this.#exchange = this.#transports.of(this.#url, client).exchange(request, this);
      // It may have failed before there was anything to cancel.
      if (this.#over) this.#exchange.cancel();
    } catch (error) {
      this.failed(error);
    }
  }

  /** The others (301 to 303) make a GET of a POST: nothing would be posted, and the answer would look well. */
  #redirect({ status, statusText }: ResponseHead, location: string): void {
    if (status !== 307 && status !== 308)
      throw new ScrapeError(
        'redirect',
        `redirected by ${status} ${shortened(statusText)} to ${JSON.stringify(shortened(location))}, which would not be posted to`,
      );
    const next = redirectTarget(this.#url, location);
    if (!mayCarryCredentials(this.#url, next)) this.#trusted = false;
    this.#url = next;
    if (this.#requests >= REQUEST_LIMIT) throw new ScrapeError('redirect', `stopped after ${REQUEST_LIMIT} redirects`);
    this.#send();
  }

  /** Once the status is there it is the outcome, however the body ends. */
  #end(code: ScrapeErrorCode, text: string, cause?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#exchange?.cancel();
    if (this.#answer !== null) this.#settle.resolve(this.#answer);
    else this.#settle.reject(new ScrapeError(code, `Post ${JSON.stringify(this.#url.href)}: ${text}`, { cause }));
  }
}

/** What a server says goes into the log. */
function shortened(text: string): string {
  return text.slice(0, STATUS_TEXT_LIMIT);
}
