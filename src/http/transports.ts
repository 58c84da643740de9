// The ways of requests to a server: plain sockets, or undici for HTTPS and proxies. One client owns one of these, with the files that its
// credentials and certificates come from.

import { createRequire } from 'node:module';
import type { HttpClientConfig } from '../config/index.ts';
import type { Transport } from './exchange.ts';
import { FreshFiles } from './fresh-files.ts';
import { PlainTransport } from './plain-transport.ts';
import { type Environment, proxyFor } from './proxy.ts';
import type { UndiciTransport } from './undici-transport.ts';

export class Transports {
  readonly files = new FreshFiles();
  readonly #environment: Environment;
  readonly #plain: PlainTransport;
  #undici: UndiciTransport | null = null;

  /** Plain sockets read into `window`, which belongs to these transports. `environment`: for proxy_from_environment. */
  constructor(window: Buffer, environment: Environment) {
    this.#environment = environment;
    this.#plain = new PlainTransport(window);
  }

  /** Throws ScrapeError 'proxy'. */
  of(url: URL, client: HttpClientConfig): Transport {
    const plain = url.protocol === 'http:' && proxyFor(url, client, this.#environment) === null;
    return plain ? this.#plain : this.#undiciTransport();
  }

  close(): void {
    this.#plain.close();
    this.#undici?.close();
  }

  /** undici takes more than 20 MB: only a server that has HTTPS targets or proxies loads it. */
  #undiciTransport(): UndiciTransport {
    if (this.#undici === null) {
      const module = createRequire(import.meta.url)('./undici-transport.ts') as typeof import('./undici-transport.ts');
      this.#undici = new module.UndiciTransport(this.files, this.#environment);
    }
    return this.#undici;
  }
}
