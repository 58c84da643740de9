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
  readonly #pieces: Buffer[] = [];

  constructor(window: Buffer) {
    this.#window = window;
  }

  head(): void {}

  data(length: number, offset: number): number {
    this.#pieces.push(Buffer.from(this.#window.subarray(offset, offset + length)));
    return length;
  }

  get whole(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
