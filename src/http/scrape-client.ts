// One scrape over HTTP: GET, redirects, decoding, limits, one deadline for all of it. The body goes to the sink through the
// window, piece by piece, as it arrives; nothing of it is kept here.

import type { HttpClientConfig } from '../config/index.ts';
import { BodyReceiver, type BodySink } from './body-receiver.ts';
import { networkError, ScrapeError, type ScrapeErrorCode } from './errors.ts';
import { type Exchange, type ExchangeHandler, ExchangeRequest, type ResponseHead } from './exchange.ts';
import type { Environment } from './proxy.ts';
import { isRedirect, REQUEST_LIMIT, redirectTarget } from './redirect.ts';
import { mayCarryCredentials, readsFiles, requestHeaders } from './request-headers.ts';
import { Transports } from './transports.ts';

export interface ScrapeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the whole scrape, on the monotonic clock. */
  readonly timeoutMs: number;
  /** Of the decoded body; a body of that size is too large already. 0: no limit. */
  readonly bodySizeLimitBytes: number;
  readonly client: HttpClientConfig;
}

export interface ScrapeResult {
  readonly status: number;
  /** Decoded. */
  readonly bodyBytes: number;
}

export interface ScrapeClient {
  /** Rejects with a ScrapeError, worded as Prometheus words it, or with what the sink threw. A request that comes again is not put together again. */
  scrape(request: ScrapeRequest, sink: BodySink): Promise<ScrapeResult>;
  /** Closes all connections; scrapes that are under way, or come later, fail. */
  close(): void;
}

export interface ScrapeWindow {
  /** Over the shared memory, where the sink reads. Owned by the client. */
  readonly buffer: Buffer;
}

export interface ScrapeClientOptions {
  /** For proxy_from_environment. */
  readonly environment?: Environment;
}

export function createScrapeClient(window: ScrapeWindow, options: ScrapeClientOptions = {}): ScrapeClient {
  return new WindowScrapeClient(window.buffer, options.environment ?? {});
}

class WindowScrapeClient implements ScrapeClient {
  readonly window: Buffer;
  readonly transports: Transports;
  readonly #running = new Set<Scrape>();
  readonly #prepared = new WeakMap<ScrapeRequest, ExchangeRequest>();
  #closed = false;

  constructor(window: Buffer, environment: Environment) {
    this.window = window;
    this.transports = new Transports(window, environment);
  }

  scrape(request: ScrapeRequest, sink: BodySink): Promise<ScrapeResult> {
    return new Promise((resolve, reject) => {
      const scrape = new Scrape(this, request, sink, { resolve, reject });
      this.#running.add(scrape);
      if (this.#closed) scrape.cancel();
      else scrape.start();
    });
  }

  /** The scrape is over. */
  forget(scrape: Scrape): void {
    this.#running.delete(scrape);
  }

  /** The request as it is sent first. Kept for the next scrape, but where credentials come from files, which may change. */
  prepare(request: ScrapeRequest): ExchangeRequest {
    const known = this.#prepared.get(request);
    if (known !== undefined) return known;
    const { url, headers, client } = request;
    const prepared = new ExchangeRequest(url, requestHeaders(headers, client, this.transports.files, true), client);
    if (!readsFiles(client)) this.#prepared.set(request, prepared);
    return prepared;
  }

  close(): void {
    this.#closed = true;
    for (const scrape of this.#running) scrape.cancel();
    this.transports.close();
  }
}

interface Settle {
  resolve(result: ScrapeResult): void;
  reject(error: unknown): void;
}

class Scrape implements ExchangeHandler {
  readonly #client: WindowScrapeClient;
  readonly #request: ScrapeRequest;
  readonly #sink: BodySink;
  readonly #settle: Settle;
  #url: URL;
  #requests = 0;
  /** No redirect has led to a server that must not see the credentials. */
  #trusted = true;
  #exchange: Exchange | null = null;
  #receiver: BodyReceiver | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(client: WindowScrapeClient, request: ScrapeRequest, sink: BodySink, settle: Settle) {
    this.#client = client;
    this.#request = request;
    this.#sink = sink;
    this.#settle = settle;
    this.#url = request.url;
  }

  start(): void {
    this.#deadline = setTimeout(() => this.#fail(this.#error('timeout', 'context deadline exceeded')), this.#request.timeoutMs);
    this.#send();
  }

  cancel(): void {
    this.#fail(this.#error('canceled', 'context canceled'));
  }

  head(head: ResponseHead): boolean {
    try {
      const location = isRedirect(head.status) && this.#request.client.followRedirects ? head.header('location') : '';
      if (location !== '') {
        this.#redirect(location);
        return false;
      }
      const { status, statusText } = head;
      if (status !== 200) throw new ScrapeError('status', `server returned HTTP status ${status} ${statusText}`.trimEnd(), { status });
      this.#receiver = new BodyReceiver(this.#client.window, this.#sink, this.#request.bodySizeLimitBytes, head, {
        resume: () => this.#exchange?.resume(),
        end: () => this.#finish(),
        failed: (error) => this.#fail(error),
      });
      this.#sink.head(head.status, head.header('content-type'));
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  data(source: Buffer, length: number): boolean {
    if (this.#over) return false;
    try {
      return this.#receiver!.data(source, length);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  end(): void {
    if (!this.#over) this.#receiver!.end();
  }

  failed(error: unknown): void {
    const { code, message, cause } = networkError(error);
    this.#fail(this.#error(code, message, cause));
  }

  #send(): void {
    try {
      const { headers, client } = this.#request;
      const request =
        this.#requests++ === 0
          ? this.#client.prepare(this.#request)
          : new ExchangeRequest(this.#url, requestHeaders(headers, client, this.#client.transports.files, this.#trusted), client);
      this.#exchange = this.#client.transports.of(this.#url, client).exchange(request, this);
      // It may have failed, and so ended the scrape, before there was anything to cancel.
      if (this.#over) this.#exchange.cancel();
    } catch (error) {
      this.failed(error);
    }
  }

  #redirect(location: string): void {
    let next: URL;
    try {
      next = redirectTarget(this.#url, location);
    } catch (error) {
      this.failed(error);
      return;
    }
    if (!mayCarryCredentials(this.#url, next)) this.#trusted = false;
    this.#url = next;
    if (this.#requests >= REQUEST_LIMIT) throw this.#error('redirect', `stopped after ${REQUEST_LIMIT} redirects`);
    this.#send();
  }

  /** As Go names what was asked for while there is no answer yet. */
  #error(code: ScrapeErrorCode, text: string, cause?: unknown): ScrapeError {
    return new ScrapeError(code, this.#receiver === null ? `Get ${JSON.stringify(this.#url.href)}: ${text}` : text, { cause });
  }

  #finish(): void {
    if (!this.#close()) return;
    this.#settle.resolve({ status: 200, bodyBytes: this.#receiver!.bytes });
  }

  #fail(error: unknown): void {
    if (!this.#close()) return;
    this.#exchange?.cancel();
    this.#settle.reject(error);
  }

  #close(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#client.forget(this);
    this.#receiver?.close();
    return true;
  }
}
