// Asks one target for its metrics and hands the body, window by window, to the target's cache.
// The parts of the request that do not change from scrape to scrape are made once.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ScrapeConfig } from '../config/index.ts';
import type { DiscoveredTarget } from '../discovery/index.ts';
import { acceptHeader } from '../exposition/index.ts';
import type { BodySink, ScrapeClient, ScrapeRequest } from '../http/index.ts';
import { quoteGo } from '../model/index.ts';
import { checkContentType } from './content-type.ts';
import { ScrapeFailure } from './errors.ts';
import type { ScrapeCache, SeriesResolver } from './scrape-cache.ts';

export class ScrapeRequester implements BodySink {
  readonly #client: ScrapeClient;
  readonly #target: DiscoveredTarget;
  readonly #config: ScrapeConfig;
  readonly #request: ScrapeRequest | null;
  /** Of the scrape under way. */
  #cache: ScrapeCache | null = null;
  #resolver: SeriesResolver | null = null;
  #contentType = '';
  /** The last one that was found good: targets do not change theirs. */
  #acceptedType: string | null = null;

  constructor(client: ScrapeClient, target: DiscoveredTarget, config: ScrapeConfig, userAgent: string) {
    this.#client = client;
    this.#target = target;
    this.#config = config;
    const url = URL.parse(target.url);
    this.#request = url === null ? null : { url, ...requestParts(target, config, userAgent) };
  }

  /**
   * Returns when the whole body has gone through the cache. One at a time.
   * @returns the uncompressed body's bytes
   * @throws ScrapeError of the client, ExpositionError of the cache, ScrapeFailure
   */
  async request(cache: ScrapeCache, resolver: SeriesResolver): Promise<number> {
    if (this.#request === null) throw new ScrapeFailure('target_url', `cannot scrape target: got ${quoteGo(this.#target.url)}, want a URL`);
    this.#cache = cache;
    this.#resolver = resolver;
    this.#contentType = '';
    const { bodyBytes } = await this.#client.scrape(this.#request, this);
    while (!cache.end(resolver)) await nextTurn();
    return bodyBytes;
  }

  head(_status: number, contentType: string): void {
    this.#contentType = contentType;
  }

  data(length: number, offset: number): number {
    // Not before the first byte: an empty body is an empty scrape, whatever its type.
    if (this.#contentType !== this.#acceptedType) {
      checkContentType(this.#contentType, this.#config.fallbackScrapeProtocol);
      this.#acceptedType = this.#contentType;
    }
    return this.#cache!.feed(length, this.#resolver!, offset);
  }
}

function requestParts(target: DiscoveredTarget, config: ScrapeConfig, userAgent: string): Omit<ScrapeRequest, 'url'> {
  return {
    headers: {
      Accept: acceptHeader(config.scrapeProtocols, 'allow-utf-8'),
      'Accept-Encoding': config.enableCompression ? 'gzip, zstd' : 'identity',
      'User-Agent': userAgent,
      'X-Prometheus-Scrape-Timeout-Seconds': String(target.scrapeTimeoutMs / 1000),
    },
    timeoutMs: target.scrapeTimeoutMs,
    bodySizeLimitBytes: config.bodySizeLimitBytes,
    client: config.httpClient,
  };
}
