// A whole body of bounded size, asked for by the client that scrapes: with its ways, credentials, decoders and kept connections. For the few
// questions that are asked of a target beside its metrics.
import type { HttpClientConfig } from '../config/index.ts';
import type { BodySink } from './body-receiver.ts';
import type { ScrapeClient } from './scrape-client.ts';

export interface BodyRequest {
  readonly url: URL;
  readonly timeoutMs: number;
  /** Of the decoded body. */
  readonly limitBytes: number;
  readonly client: HttpClientConfig;
}

export class BodyFetcher {
  readonly #client: ScrapeClient;
  readonly #window: Buffer;
  readonly #userAgent: string;

  /** `window`: the client's. */
  constructor(client: ScrapeClient, window: Buffer, userAgent: string) {
    this.#client = client;
    this.#window = window;
    this.#userAgent = userAgent;
  }

  /** The body of an answer with status 200. Redirects are not followed: no other server is asked. @throws ScrapeError */
  async get({ url, timeoutMs, limitBytes, client }: BodyRequest): Promise<Buffer> {
    const body = new CollectedBody(this.#window);
    const headers = { Accept: 'application/json', 'Accept-Encoding': 'gzip', 'User-Agent': this.#userAgent };
    const stays = { ...client, followRedirects: false };
    await this.#client.scrape({ url, headers, timeoutMs, bodySizeLimitBytes: limitBytes + 1, client: stays }, body);
    return body.bytes();
  }
}

class CollectedBody implements BodySink {
  readonly #window: Buffer;
  readonly #pieces: Buffer[] = [];

  constructor(window: Buffer) {
    this.#window = window;
  }

  head(): void {
    // Whatever it calls itself: it is read as what it should be.
  }

  data(length: number, offset: number): number {
    this.#pieces.push(Buffer.from(this.#window.subarray(offset, offset + length)));
    return length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
