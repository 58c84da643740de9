// Everything that is not plain: HTTPS, proxies. undici does the work; its pieces are handed on as they come. Dispatchers are
// kept by what their connections depend on (TLS settings, the versions of their files, the proxy), so that a reloaded
// configuration with the same settings goes on with the same connections and a rotated certificate gets new ones.

import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { HttpClientConfig } from '../config/index.ts';
import { ScrapeError } from './errors.ts';
import type { Exchange, ExchangeHandler, ExchangeRequest, ResponseHead, Transport } from './exchange.ts';
import type { FreshFiles } from './fresh-files.ts';
import { type Environment, proxyFor } from './proxy.ts';
import { HEAD_LIMIT_BYTES } from './response-head.ts';
import { tlsFingerprint, tlsOptions } from './tls-options.ts';

/** Also how long a dispatcher that is not used any more is kept. */
const IDLE_LIMIT_MS = 5 * 60_000;
/** Of a connection that outlives the scrape that asked for it. */
const CONNECT_LIMIT_MS = 10_000;

interface Kept {
  readonly dispatcher: Dispatcher;
  usedMs: number;
}

export class UndiciTransport implements Transport {
  readonly #files: FreshFiles;
  readonly #environment: Environment;
  readonly #dispatchers = new Map<string, Kept>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(files: FreshFiles, environment: Environment) {
    this.#files = files;
    this.#environment = environment;
    this.#sweeper = setInterval(() => this.#sweep(), IDLE_LIMIT_MS).unref();
  }

  exchange(request: ExchangeRequest, handler: ExchangeHandler): Exchange {
    return new UndiciExchange(this.#dispatcherFor(request), request, handler);
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const { dispatcher } of this.#dispatchers.values()) void dispatcher.destroy();
    this.#dispatchers.clear();
  }

  #dispatcherFor({ url, client }: ExchangeRequest): Dispatcher {
    const proxy = proxyFor(url, client, this.#environment);
    const settings = [client.tls, tlsFingerprint(client.tls, this.#files), proxy?.href, proxy === null ? null : client.proxyConnectHeader];
    const key = JSON.stringify(settings);
    let kept = this.#dispatchers.get(key);
    if (kept === undefined) {
      kept = { dispatcher: this.#createDispatcher(client, proxy), usedMs: 0 };
      this.#dispatchers.set(key, kept);
    }
    kept.usedMs = performance.now();
    return kept.dispatcher;
  }

  #createDispatcher(client: HttpClientConfig, proxy: URL | null): Dispatcher {
    const tls = tlsOptions(client.tls, this.#files);
    const limits = {
      allowH2: false,
      keepAliveTimeout: IDLE_LIMIT_MS,
      keepAliveMaxTimeout: IDLE_LIMIT_MS,
      maxHeaderSize: HEAD_LIMIT_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    if (proxy === null) return new Agent({ ...limits, connect: { ...tls, timeout: CONNECT_LIMIT_MS } });
    const headers = Object.fromEntries(
      Object.entries(client.proxyConnectHeader).map(([name, values]) => [name.toLowerCase(), values.join(', ')]),
    );
    return new ProxyAgent({
      ...limits,
      uri: proxy.href.replace(/^socks5h:/, 'socks5:'),
      headers,
      proxyTunnel: false,
      requestTls: { ...tls, timeout: CONNECT_LIMIT_MS },
      proxyTls: { ...tls, servername: undefined, timeout: CONNECT_LIMIT_MS },
    });
  }

  #sweep(): void {
    const oldest = performance.now() - IDLE_LIMIT_MS;
    for (const [key, { dispatcher, usedMs }] of this.#dispatchers) {
      if (usedMs >= oldest) continue;
      this.#dispatchers.delete(key);
      void dispatcher.close();
    }
  }
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #dispatcher: Dispatcher;
  readonly #request: ExchangeRequest;
  readonly #handler: ExchangeHandler;
  #controller: Dispatcher.DispatchController | null = null;
  #answered = false;
  #over = false;
  #retried = false;

  constructor(dispatcher: Dispatcher, request: ExchangeRequest, handler: ExchangeHandler) {
    this.#dispatcher = dispatcher;
    this.#request = request;
    this.#handler = handler;
    this.#dispatch();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new ScrapeError('canceled', 'context canceled'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was waiting for a connection when it was given up.
    if (this.#over) controller.abort(new ScrapeError('canceled', 'context canceled'));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    if (this.#over || status < 200) return;
    this.#answered = true;
    const head: ResponseHead = { status, statusText, header: (name) => [headers[name]].flat()[0] ?? '' };
    if (!this.#handler.head(head)) this.cancel();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !this.#handler.data(chunk, chunk.length)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.end();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over || this.#retry(error)) return;
    this.#over = true;
    const cut = this.#answered && (error as NodeJS.ErrnoException).code === 'UND_ERR_SOCKET';
    this.#handler.failed(cut ? new ScrapeError('eof', 'unexpected EOF', { cause: error }) : error);
  }

  #dispatch(): void {
    const { method, url, headers, body } = this.#request;
    const options = {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      body,
      headers: Object.fromEntries([...headers].map(([name, values]) => [name, [...values]])),
    };
    this.#dispatcher.dispatch(options, this);
  }

  /** A kept connection may have been closed by the server just as it was used again: then the request goes out once more. */
  #retry(error: Error): boolean {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (this.#retried || this.#answered || !['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(code)) return false;
    this.#retried = true;
    this.#dispatch();
    return true;
  }
}
