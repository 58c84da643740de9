// One request and its response, without redirects: what a transport (plain sockets, undici) offers to a client.
// A handler's methods never throw and are called in order: head, data…, then exactly one of end and failed; nothing
// after cancel(), nor after head() answered false.

import type { HttpClientConfig } from '../config/index.ts';

/** Name as it is sent → its values, each a header of its own. */
export type RequestHeaders = ReadonlyMap<string, readonly string[]>;

export class ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Without Host, which the transport sends. Names and values are checked: no line breaks. */
  readonly headers: RequestHeaders;
  readonly client: HttpClientConfig;
  /** What is posted; null for a GET. */
  readonly body: Buffer | null;
  #text: string | null = null;

  constructor(url: URL, headers: RequestHeaders, client: HttpClientConfig, body: Buffer | null = null) {
    this.method = body === null ? 'GET' : 'POST';
    this.url = url;
    this.headers = headers;
    this.client = client;
    this.body = body;
  }

  /** As it stands on the wire of a plain connection: a character a byte. */
  get text(): string {
    this.#text ??= this.#write();
    return this.#text;
  }

  #write(): string {
    let text = `${this.method} ${this.url.pathname}${this.url.search} HTTP/1.1\r\nHost: ${this.url.host}\r\n`;
    for (const [name, values] of this.headers) for (const value of values) text += `${name}: ${value}\r\n`;
    if (this.body === null) return `${text}\r\n`;
    return `${text}Content-Length: ${this.body.length}\r\n\r\n${this.body.toString('latin1')}`;
  }
}

export interface ResponseHead {
  readonly status: number;
  /** As the server sent it, without the number; may be empty. */
  readonly statusText: string;
  /** The first value of that (lower case) name, '' when there is none. */
  header(name: string): string;
}

export interface ExchangeHandler {
  /** False: the response is not wanted any further. */
  head(head: ResponseHead): boolean;
  /**
   * The first `length` bytes of `source` are the next of the body, framing removed. `source` is reused after this
   * returns. False: no more until resume().
   */
  data(source: Buffer, length: number): boolean;
  end(): void;
  failed(error: unknown): void;
}

export interface Exchange {
  resume(): void;
  /** Ends it, and its connection if the response is not complete. Nothing happens when it is over. */
  cancel(): void;
}

export interface Transport {
  exchange(request: ExchangeRequest, handler: ExchangeHandler): Exchange;
  close(): void;
}
