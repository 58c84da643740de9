// Gets small documents as a whole: what other servers say of themselves. The ways, TLS settings, proxies and credentials of scraping, and its
// limits: one deadline, and a bound of the decoded body. Redirects are not followed: an address that a server names is not asked.

import type { HttpClientConfig } from '../config/index.ts';
import type { BodySink } from './body-receiver.ts';
import type { Environment } from './proxy.ts';
import { createScrapeClient } from './scrape-client.ts';

/** A read of a plain connection. */
const WINDOW_BYTES = 64 * 1024;

export interface DocumentRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the whole exchange, on the monotonic clock. */
  readonly timeoutMs: number;
  /** Of the decoded body; a body of that size is too large already. */
  readonly limitBytes: number;
  readonly client: HttpClientConfig;
}

export interface DocumentClient {
  /** The decoded body of a 200. Rejects with a ScrapeError, worded as Go's client words it. */
  get(request: DocumentRequest): Promise<Buffer>;
  /** Closes all connections; requests that are under way, or come later, fail. */
  close(): void;
}

/** `environment`: for proxy_from_environment. */
export function createDocumentClient(environment: Environment = {}): DocumentClient {
  const window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  const client = createScrapeClient({ buffer: window }, { environment });
  return {
    async get({ url, headers, timeoutMs, limitBytes, client: config }) {
      const body = new Body(window);
      const request = { url, headers, timeoutMs, bodySizeLimitBytes: limitBytes, client: { ...config, followRedirects: false } };
      await client.scrape(request, body);
      return body.whole;
    },
    close: () => client.close(),
  };
}

class Body implements BodySink {
  readonly #window: Buffer;
  /** Grows by doubling: a body that comes byte by byte costs no more than another. */
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor(window: Buffer) {
    this.#window = window;
  }

  head(): void {
    // Whatever it calls itself: it is read as what it should be.
  }

  data(length: number, offset: number): number {
    const end = this.#length + length;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#window.copy(this.#bytes, this.#length, offset, offset + length);
    this.#length = end;
    return length;
  }

  get whole(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
